/** Before a run: is the target there, is it what it should be, does it know us, and what can be provisioned on it? */
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
  /** What it offers by the task control protocol, or undefined where it doesn't speak it. */
  readonly control: ControlCapabilities | undefined;
}

/**
 * Asks the target for its list, with one login tried once, and for the control protocol.
 * @throws {UserError} exit 3: it can't be reached, is no HTTP server, points elsewhere, or refuses the login
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
  // Some releases lack the list, and what answers there then may not have looked at the login.
  const second = await environment.send(read({ id: randomUUID() }));
  if (second.response?.status === 401) throw refused(target);
  const offer = askControl ? await environment.send(askForControl()) : undefined;
  // Without an answer it isn't known whether the protocol is spoken: a run without it would leave out nearly all.
  if (offer?.lost !== undefined && !offer.response) throw unreachable(offer.lost, target);
  return {
    server: answer.response?.headers.server ?? null,
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
        `${url.host} refused the login of ${login.user} (401): nothing could be tested. It was tried once, for more could lock the account.`,
        'Mend --user or the password; several bad logins in a row lock an account for half an hour.',
        3,
      )
    : new UserError(
        `${url.host} asks for credentials (401), and --no-auth says that there are none: nothing could be tested.`,
        'Give --user and --password-env in the place of --no-auth.',
        3,
      );
