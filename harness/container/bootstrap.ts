/**
 * A node becomes a cluster: `GET /v1/bootstrap` until it answers, `POST /v1/bootstrap/create_cluster`, and polls until
 * it is one that lets in the login which that named. Source: requests/bootstrap. Knows nothing of containers.
 */

import type { Guard } from '../http/client.ts';
import { type Login, redactor } from '../http/target.ts';
import { type Exchange, json } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { answerText, textOf } from '../provision/databases.ts';
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
  /** How long it may take from now to the end, in milliseconds. */
  readonly limitMs: number;
  /** The cluster's name and its login, which the node is to take. */
  readonly cluster: string;
  readonly login: Login;
  readonly interrupt: AbortSignal;
  /** @throws what ends it: the node is gone */
  readonly look: () => Promise<void>;
  /** Is told how it goes on. */
  readonly say: (step: string) => void;
}

const pollMs = 200;

/** So many refusals of the login in a row are no accident; an account would be locked at five. */
const mostRefusals = 2;

/** Only what makes a cluster may change anything. */
export const bootstrapsOnly: Guard = {
  admit(request) {
    if (request.path !== createPath || request.method !== 'POST') readingOnly.admit(request);
  },
  heed: () => {},
};

const createPath = '/v1/bootstrap/create_cluster';

const asking = (path: string, credentials: 'own' | 'none'): Request => ({
  operation: 'other',
  method: 'GET',
  path,
  credentials,
});

/** @throws {NoCluster} it comes to nothing @throws {CalledOff} by the interrupt */
export async function bootstrap(node: Bootstrapping): Promise<void> {
  const patient = patienceOf(node);
  try {
    await created(node, patient);
    await letIn(node, patient);
    await refuseExpired(node);
  } catch (error) {
    if (!(error instanceof NoCluster)) throw error;
    throw new NoCluster(redactor(node.login)(error.message), error.remedy); // a node may say what it was told
  }
}

/** Returns while there is patience left, after a pause. */
type Patient = (because: string) => Promise<void>;

function patienceOf({ nowMs, limitMs, interrupt, look, wait }: Bootstrapping): Patient {
  const untilMs = nowMs() + limitMs;
  return async (because) => {
    if (interrupt.aborted) throw new CalledOff();
    await look();
    if (nowMs() > untilMs)
      throw new NoCluster(
        `it was no cluster after ${limitMs / 1000} s: ${because}`,
        'Give it more time with --container-timeout, or more memory: the vendor’s image wants 4 GB.',
      );
    await wait(pollMs, interrupt);
  };
}

/** Until the node says that it is a cluster, or asks for the login of one. */
async function created(node: Bootstrapping, patient: Patient): Promise<void> {
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
        'it is a cluster already, and nobody told its login',
        'Start it yourself, and test it with --target, --user and --password-from.',
      );
    }
    if (state === 'error' && accepted)
      throw new NoCluster(`its bootstrap failed: ${errorIn(answer)}`, readLogs);
    if (!accepted && (state === 'idle' || state === 'error')) {
      if (!asked) say('the API answers; creating the cluster');
      asked = true;
      const begun = await send(createCluster(cluster, login));
      const code = begun.lost === undefined ? begun.response?.status : undefined;
      // A lost answer says nothing, and a state that stays idle will tell. 409: it has begun.
      if (code !== undefined && code !== 200 && code !== 409 && code < 500)
        throw new NoCluster(`POST ${createPath} ${answerText(begun)}`, readLogs);
      accepted = code === 200 || code === 409;
    }
    await patient(
      `GET /v1/bootstrap ${state === undefined ? answerText(answer) : `shows the state ${state}`}`,
    );
  }
}

const readLogs =
  'What it answerText above may tell why; with docker run the image can be looked at for longer.';

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

/** Until the cluster answers the login: its API may start anew at the end of a bootstrap. */
async function letIn({ send }: Bootstrapping, patient: Patient): Promise<void> {
  for (let refusals = 0; ; ) {
    const answer = await send(asking('/v1/cluster', 'own'));
    const status = answer.lost === undefined ? answer.response?.status : undefined;
    if (status === 200) return;
    if (status === 401 && ++refusals === mostRefusals)
      throw new NoCluster('it refuses the login that it was bootstrapped with', readLogs);
    await patient(`GET /v1/cluster ${answerText(answer)}`);
  }
}

/** A cluster without a valid licence makes no databases. Not every cluster shows one. */
async function refuseExpired({ send }: Bootstrapping): Promise<void> {
  const answer = await send(asking('/v1/license', 'own'));
  const value = answer.response?.status === 200 ? json(answer)?.value : undefined;
  if (fieldIn(value, 'expired') !== true) return;
  const since = textOf(value, 'expiration_date');
  throw new NoCluster(
    `its licence ran out${since === undefined ? '' : ` (${since.slice(0, 40)})`}, and without one it makes no databases`,
    'Take a newer image, whose trial licence is younger; or start it yourself with a licence, and test it with --target.',
  );
}

function fieldIn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

const statusIn = (answer: Exchange): unknown => fieldIn(json(answer)?.value, 'bootstrap_status');

const stateIn = (answer: Exchange): string | undefined => textOf(statusIn(answer), 'state');

/** The error code of a bootstrap that failed, with its message where it gives one. */
function errorIn(answer: Exchange): string {
  const status = statusIn(answer);
  const message = textOf(fieldIn(status, 'error_details'), 'message');
  const code = textOf(status, 'error_code') ?? 'no error code';
  return message === undefined ? code : `${code} (${message.slice(0, 200)})`;
}
