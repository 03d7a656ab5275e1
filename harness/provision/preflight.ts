/** Before a run: checks that the target responds and accepts the login, and asks for the task control protocol. */
import { randomUUID } from 'node:crypto';
import { redirectedTo } from '../http/client.ts';
import { redirected, unreachable } from '../http/connection-errors.ts';
import type { Environment } from '../http/environment.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import { list, read } from '../model/requests.ts';
import { askForControl, type ControlCapabilities, offeredControl } from './control.ts';

export interface Preflight {
  /** The `Server` header of its first answer, or null. */
  readonly server: string | null;
  /** How it answered the list. */
  readonly listed: number | undefined;
  /** What the task control protocol offers; undefined if the target does not speak it. */
  readonly control: ControlCapabilities | undefined;
}

/**
 * Sends a list and a read, trying the login once, and asks for the control protocol.
 * @throws {UserError} exit 3: it can't be reached, is not an HTTP server, redirects elsewhere, or refuses the login
 */
export async function preflight(
  environment: Pick<Environment, 'send'>,
  target: Target,
  askControl: boolean,
): Promise<Preflight> {
  const answer = await environment.send(list());
  refuseRedirect(answer, target);
  if (answer.response?.status === 401) throw refused(target);
  if (answer.lost !== undefined) throw unreachable(answer.lost, target);
  // Some releases lack the list, and their 404 may not have checked the login.
  const second = await environment.send(read({ id: randomUUID() }));
  if (second.response?.status === 401) throw refused(target);
  const offer = askControl ? await environment.send(askForControl()) : undefined;
  // Without a response it is unknown whether the target speaks the protocol; a run without it would skip most checks.
  if (offer?.lost !== undefined && !offer.response) throw unreachable(offer.lost, target);
  return {
    server: answer.response?.headers.server ?? null,
    listed: answer.response?.status,
    control: offer && offeredControl(offer),
  };
}

function refuseRedirect({ response }: Exchange, target: Target): void {
  const master = response && redirectedTo(response, target.url);
  if (master) throw redirected(response.status, target, master);
}

export const refused = ({ login, url }: Target): UserError =>
  login
    ? new UserError(
        `${url.host} refused the login of ${login.user} (401). It was tried once: more attempts could lock the account.`,
        'Correct --user or the password; five bad logins within 15 minutes lock an account for 30 minutes.',
        3,
      )
    : new UserError(
        `${url.host} requires credentials (401), but --no-auth sends none.`,
        'Leave out --no-auth, and give --user and a password.',
        3,
      );
