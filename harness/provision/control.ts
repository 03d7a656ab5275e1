/** Tasks by the task control protocol 1: held in their phase until they are moved or cancelled. */

import type { Call } from '../http/client.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import {
  type Exchange,
  json,
  type RecordedResponse,
  requestLine,
  unsentId,
  when,
} from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import { type Phase, phases, type Task } from '../model/task.ts';
import type { OwnProvisioner, Provisioner, Requester } from './provisioner.ts';

const root = '/_control/v1';

/** What `GET /_control/v1` says. */
export interface ControlCapabilities {
  readonly phases: ReadonlySet<Phase>;
  readonly age: boolean;
  readonly cancelFailure: boolean;
}

const control = (method: Request['method'], path: string, body?: unknown): Request => ({
  operation: 'control',
  method,
  path: root + path,
  ...(body === undefined ? {} : { body }),
});

/** The request that asks whether the target speaks the protocol. */
export const askForControl = (): Request => control('GET', '');

/** What the answer to it offers, or undefined where it isn't a 200 with `"protocol": 1`. */
export function offeredControl(answer: Exchange): ControlCapabilities | undefined {
  const value = answer.response?.status === 200 ? json(answer)?.value : undefined;
  if (typeof value !== 'object' || value === null || !('protocol' in value) || value.protocol !== 1)
    return undefined;
  const offered: readonly unknown[] = 'phases' in value && Array.isArray(value.phases) ? value.phases : [];
  return {
    phases: new Set(phases.filter((phase) => offered.includes(phase))),
    age: 'age' in value && value.age === true,
    cancelFailure: 'cancel_failure' in value && value.cancel_failure === true,
  };
}

/** A task whose making got no answer is given up, and another one is made: so many are asked for at most. */
const makings = 3;

/**
 * A request to move or age a task is sent once: the same one again could do it twice. Where its answer is lost, so is
 * the task, for it isn't known any more where it stands; the check may be tried again with another one.
 */
export function controlProvisioner({ send, newId }: Requester, offered: ControlCapabilities): Provisioner {
  const doubtful: Task[] = [];

  async function provision(
    phase: Phase,
    { resultTtlS, cancelFails }: { resultTtlS?: number; cancelFails?: boolean },
  ): Promise<Task> {
    if (!offered.phases.has(phase)) throw new Unreachable(`control: the target offers no phase ${phase}`);
    if (cancelFails && !offered.cancelFailure)
      throw new Unreachable('control: the target offers no cancel_failure');
    const wish = {
      ...(resultTtlS === undefined ? {} : { result_ttl: resultTtlS }),
      ...(cancelFails === undefined ? {} : { cancel_fails: cancelFails }),
    };
    const { id, answer } = await make({ phase, ...wish });
    expectStatus(answer, 201);
    const value = json(answer)?.value;
    const guid =
      typeof value === 'object' && value !== null && 'crdb_guid' in value ? value.crdb_guid : undefined;
    return {
      id,
      ...(typeof guid === 'string' ? { guid } : {}),
      held: true,
      history: [{ phase, when: when(answer) }],
      agedS: 0,
    };
  }

  /** Each try has an id of its own: a request that is late on its way makes no task that is known already. */
  async function make(body: Readonly<Record<string, unknown>>) {
    for (let making = 1; ; making++) {
      const id = newId();
      const answer = await send(control('POST', '/tasks', { ...body, id }));
      const status = answer.response?.status;
      if (answer.id === unsentId) return { id, answer };
      if (status !== 201 && status !== 409) doubtful.push({ id, held: true, history: [], agedS: 0 });
      if (answer.lost === undefined || making === makings) return { id, answer };
    }
  }

  return {
    name: 'control',
    choosesIds: true,
    doubtful,
    forRequester: (asker) => controlProvisioner(asker, offered),
    reaches: offered.phases,
    capabilities: [
      ...offered.phases,
      ...(offered.age ? ['age'] : []),
      ...(offered.cancelFailure ? ['cancel_failure'] : []),
    ],
    provision: (phase, wish = {}) => provision(phase, wish),
    existing: (phase) => provision(phase, {}),
    async remove({ id }) {
      const { response, lost } = await send(control('DELETE', `/tasks/${id}`));
      if (lost !== undefined) return 'lost';
      return response?.status === 204 ? 'gone' : 'not';
    },
    moves: {
      async move(task, phase) {
        const answer = await send({ ...control('POST', `/tasks/${task.id}/phase`, { phase }), urgent: true });
        expectStatus(answer, 204);
        return { ...task, history: [...task.history, { phase, when: when(answer) }] };
      },
    },
    ...(offered.age
      ? {
          ages: {
            async age(task, seconds) {
              expectStatus(
                await send({ ...control('POST', `/tasks/${task.id}/age`, { seconds }), urgent: true }),
                204,
              );
              return { ...task, agedS: task.agedS + seconds };
            },
          },
        }
      : {}),
  };
}

/** @throws {LostRace} the target didn't do what the protocol promises, or the answer was lost: no proof of anything */
function expectStatus(answer: Exchange, status: number): void {
  if (answer.lost === undefined && answer.response?.status === status) return;
  const got = answer.lost ?? `answered ${answer.response?.status}`;
  throw new LostRace(`the control protocol failed: ${requestLine(answer)}: ${got}, expected ${status}`, {
    byChance: answer.lost !== undefined,
  });
}

// ===== harness/provision/own.ts: A provisioner of the vendor's own, in the vendor's process: the task control protocol as functions. What it is asked goes the way of any request, so that evidence, brackets and judgement are those of the protocol over HTTP.

export const offeredBy = ({
  phases: reached = phases,
  age,
  cancelFailure = false,
}: OwnProvisioner): ControlCapabilities => ({
  phases: new Set(phases.filter((phase) => reached.includes(phase))),
  age: age !== undefined,
  cancelFailure,
});

/** Answers a request of the control protocol as a target would that speaks it. */
export type ControlAnswers = (call: Call) => Promise<RecordedResponse>;

/** @param tellThrown is told what a function of the provisioner threw, in one line */
export const answersOf =
  (own: OwnProvisioner, tellThrown: (line: string) => void): ControlAnswers =>
  async (call) => {
    const { id, act } = partsOf(call.path);
    const body: Body = call.body === undefined ? {} : JSON.parse(call.body); // it is the harness that wrote it
    const name = act ?? (call.method === 'DELETE' ? 'remove' : 'create');
    try {
      return await done(own, { name, id: id ?? body.id ?? '', body });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      tellThrown(`The provisioner's ${name} threw: ${why}`);
      return answer(500, { description: why });
    }
  };

/** What `harness/provision/control.ts` sends. */
interface Body {
  readonly id?: string;
  readonly phase?: Phase;
  readonly result_ttl?: number;
  readonly cancel_fails?: boolean;
  readonly seconds?: number;
}

interface Asked {
  readonly name: 'create' | 'move' | 'age' | 'remove';
  readonly id: string;
  readonly body: Body;
}

async function done(own: OwnProvisioner, { name, id, body }: Asked): Promise<RecordedResponse> {
  const { phase = 'queued', result_ttl, cancel_fails, seconds = 0 } = body;
  if (name === 'create') {
    const made = await own.create({
      id,
      phase,
      ...(result_ttl === undefined ? {} : { resultTtlS: result_ttl }),
      ...(cancel_fails === undefined ? {} : { cancelFails: cancel_fails }),
    });
    return answer(201, { id, ...(made?.crdbGuid === undefined ? {} : { crdb_guid: made.crdbGuid }) });
  }
  if (name === 'move') await own.move(id, phase);
  if (name === 'age') await own.age?.(id, seconds);
  if (name === 'remove') await own.remove?.(id);
  return answer(204);
}

/** The path may begin with the target's own prefix. */
function partsOf(path: string): { readonly id?: string; readonly act?: 'move' | 'age' } {
  const [, id, act] = /\/_control\/v1\/tasks(?:\/([^/]+)(?:\/(phase|age))?)?$/.exec(path) ?? [];
  return {
    ...(id === undefined ? {} : { id }),
    ...(act === undefined ? {} : { act: act === 'phase' ? 'move' : 'age' }),
  };
}

const answer = (status: number, body?: unknown): RecordedResponse => ({
  status,
  headers: body === undefined ? {} : { 'content-type': 'application/json' },
  body: body === undefined ? '' : JSON.stringify(body),
});
