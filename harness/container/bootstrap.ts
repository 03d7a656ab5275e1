/**
 * Makes a cluster of a node: polls `GET /v1/bootstrap`, sends `POST /v1/bootstrap/create_cluster`, and polls until the
 * new cluster accepts its login. Source: requests/bootstrap. Knows nothing of containers.
 */

import { field, textOf } from '../../spec/record.ts';
import type { Guard } from '../http/client.ts';
import { redactor } from '../http/redaction.ts';
import type { Login } from '../http/target.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { answerText, okBody } from '../provision/databases.ts';
import { readingOnly } from '../provision/guard.ts';

/** The user interrupted the boot, and it was undone. */
export class CalledOff extends Error {}

/** Why a node did not become a cluster, and what to do next. */
export class NoCluster extends Error {
  readonly remedy: string;

  constructor(problem: string, remedy: string) {
    super(problem);
    this.name = 'NoCluster';
    this.remedy = remedy;
  }
}

export interface Bootstrapping {
  readonly send: (request: Request) => Promise<Exchange>;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
  /** Limit of the whole bootstrap, in milliseconds. */
  readonly limitMs: number;
  /** The name and the login that the new cluster gets. */
  readonly cluster: string;
  readonly login: Login;
  readonly interrupt: AbortSignal;
  /** @throws the reason where the container has ended */
  readonly look: () => Promise<void>;
  readonly say: (step: string) => void;
}

const pollMs = 200;

/** Two refusals in a row are no accident; five lock the account. */
const mostRefusals = 2;

/** Allows the one request that creates a cluster, and reads. */
export const bootstrapsOnly: Guard = {
  admit(request) {
    if (request.path !== createPath || request.method !== 'POST') readingOnly.admit(request);
  },
  observe: () => {},
};

const createPath = '/v1/bootstrap/create_cluster';

const asking = (path: string, credentials: 'own' | 'none'): Request => ({
  operation: 'other',
  method: 'GET',
  path,
  credentials,
});

/** @throws {NoCluster} the node does not become a cluster @throws {CalledOff} by the interrupt */
export async function bootstrap(node: Bootstrapping): Promise<void> {
  const nextPoll = pollsOf(node);
  try {
    await created(node, nextPoll);
    await letIn(node, nextPoll);
    await refuseExpired(node);
  } catch (error) {
    if (!(error instanceof NoCluster)) throw error;
    throw new NoCluster(redactor(node)(error.message), error.remedy); // a node may echo its login
  }
}

/** Pauses until the next poll; throws once the time is up. */
type NextPoll = (because: string) => Promise<void>;

function pollsOf({ nowMs, limitMs, interrupt, look, wait }: Bootstrapping): NextPoll {
  const untilMs = nowMs() + limitMs;
  return async (because) => {
    if (interrupt.aborted) throw new CalledOff();
    await look();
    if (nowMs() > untilMs)
      throw new NoCluster(
        `it did not become a cluster within ${limitMs / 1000} s: ${because}`,
        'Give it more memory: the vendor’s image needs 4 GB. The log above may show another cause.',
      );
    await wait(pollMs, interrupt);
  };
}

/** Waits until the node is a cluster, or requires the login of one. */
async function created(node: Bootstrapping, nextPoll: NextPoll): Promise<void> {
  const { send, cluster, login, say } = node;
  let asked = false;
  let accepted = false;
  for (;;) {
    const answer = await send(asking('/v1/bootstrap', 'none'));
    const status = answer.lost === undefined ? answer.response?.status : undefined;
    const state = status === 200 ? stateIn(answer) : undefined;
    if (status === 401 || state === 'completed') {
      if (asked) return;
      throw new NoCluster(
        'it is already a cluster, and its login is not known',
        'Start it yourself and test it with --target, --user and --password-from.',
      );
    }
    if (state === 'error' && accepted)
      throw new NoCluster(`its bootstrap failed: ${errorIn(answer)}`, readLogs);
    if (!accepted && (state === 'idle' || state === 'error')) {
      if (!asked) say('the API answers; creating the cluster');
      asked = true;
      const begun = await send(createCluster(cluster, login));
      const code = begun.lost === undefined ? begun.response?.status : undefined;
      // After a lost response the state shows whether the bootstrap has begun. 409: it has.
      if (code !== undefined && code !== 200 && code !== 409 && code < 500)
        throw new NoCluster(`POST ${createPath} ${answerText(begun)}`, readLogs);
      accepted = code === 200 || code === 409;
    }
    await nextPoll(
      `GET /v1/bootstrap ${state === undefined ? answerText(answer) : `shows the state ${state}`}`,
    );
  }
}

const readLogs =
  'Its response or its last log lines may show why; start the image with docker run to look further.';

const createCluster = (name: string, { user, password }: Login): Request => ({
  operation: 'other',
  method: 'POST',
  path: createPath,
  credentials: 'none',
  body: {
    action: 'create_cluster',
    cluster: { nodes: [], name },
    credentials: { username: user, password },
  },
});

/** Waits until the cluster accepts its login: its API may restart at the end of a bootstrap. */
async function letIn({ send }: Bootstrapping, nextPoll: NextPoll): Promise<void> {
  for (let refusals = 0; ; ) {
    const answer = await send(asking('/v1/cluster', 'own'));
    const status = answer.lost === undefined ? answer.response?.status : undefined;
    if (status === 200) return;
    if (status === 401 && ++refusals === mostRefusals)
      throw new NoCluster('it refuses the login that it was created with', readLogs);
    await nextPoll(`GET /v1/cluster ${answerText(answer)}`);
  }
}

/** A cluster without a valid licence makes no databases. Not every cluster shows one. */
async function refuseExpired({ send }: Bootstrapping): Promise<void> {
  const answer = await send(asking('/v1/license', 'own'));
  const value = okBody(answer);
  if (field(value, 'expired') !== true) return;
  const since = textOf(value, 'expiration_date');
  throw new NoCluster(
    `its licence has expired${since === undefined ? '' : ` (${since.slice(0, 40)})`}, so it creates no databases`,
    'Use a newer image, whose trial licence is still valid; or start it yourself with a licence and test it with --target.',
  );
}

const statusIn = (answer: Exchange): unknown => field(json(answer)?.value, 'bootstrap_status');

const stateIn = (answer: Exchange): string | undefined => textOf(statusIn(answer), 'state');

/** The error code of a bootstrap that failed, with its message where it gives one. */
function errorIn(answer: Exchange): string {
  const status = statusIn(answer);
  const message = textOf(field(status, 'error_details'), 'message');
  const code = textOf(status, 'error_code') ?? 'no error code';
  return message === undefined ? code : `${code} (${message.slice(0, 200)})`;
}
