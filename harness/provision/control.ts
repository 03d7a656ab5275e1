/** Tasks by the task control protocol 1: held in their phase until they are moved or cancelled. */

import { isRecord, textOf } from '../../spec/record.ts';
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
import { type Phase, phases, type Task, type Wish } from '../model/task.ts';
import { okBody } from './databases.ts';
import type { OwnProvisioner, Provisioner, Requester } from './provisioner.ts';

const root = '/_control/v1';
/** What `GET /_control/v1` says. */
export interface ControlCapabilities {
  readonly phases: ReadonlySet<Phase>;
  readonly age: boolean;
  readonly cancelFailure: boolean;
}

export const control = (method: Request['method'], path: string, body?: unknown): Request => ({
  operation: 'control',
  method,
  path: root + path,
  ...(body === undefined ? {} : { body }),
});

export const askForControl = (): Request => control('GET', '');

/** What the answer to it offers, or undefined where it isn't a 200 with `"protocol": 1`. */
export function offeredControl(answer: Exchange): ControlCapabilities | undefined {
  const value = okBody(answer);
  if (!isRecord(value) || value.protocol !== 1) return undefined;
  const offered: readonly unknown[] = Array.isArray(value.phases) ? value.phases : [];
  return {
    phases: new Set(phases.filter((phase) => offered.includes(phase))),
    age: value.age === true,
    cancelFailure: value.cancel_failure === true,
  };
}

/** How many times a task is requested, each time with a new id, while no response arrives. */
const mostCreations = 3;

/**
 * A request to move or age a task is sent once, because a second one could have the effect twice. Where its response is
 * lost, the task's phase is unknown, and the check may be tried again with another task.
 */
export function controlProvisioner({ send, newId }: Requester, offered: ControlCapabilities): Provisioner {
  const doubtful: Task[] = [];

  async function provision(phase: Phase, wish: Wish): Promise<Task> {
    const { resultTtlS, cancelFails } = wish;
    if (!offered.phases.has(phase))
      throw new Unreachable(`control: the target’s control protocol offers no phase ${phase}`);
    if (cancelFails && !offered.cancelFailure)
      throw new Unreachable('control: the target’s control protocol offers no cancel_failure');
    const { id, answer } = await make(wish.id, {
      phase,
      ...(resultTtlS === undefined ? {} : { result_ttl: resultTtlS }),
      ...(cancelFails === undefined ? {} : { cancel_fails: cancelFails }),
    });
    expectSuccess(answer, 201);
    const guid = textOf(json(answer)?.value, 'crdb_guid');
    return {
      id,
      ...(guid === undefined ? {} : { guid }),
      held: true,
      history: [{ phase, when: when(answer) }],
      agedS: 0,
    };
  }

  /** Each request has an id of its own: one that arrives late can't make a task that a check already uses. */
  async function make(wanted: string | undefined, body: Readonly<Record<string, unknown>>) {
    for (let creation = 1; ; creation++) {
      const id = wanted ?? newId();
      const answer = await send(control('POST', '/tasks', { ...body, id }));
      const status = answer.response?.status;
      if (answer.id === unsentId) return { id, answer };
      if (status !== 201 && status !== 409) doubtful.push({ id, held: true, history: [], agedS: 0 });
      if (answer.lost === undefined || creation === mostCreations || wanted !== undefined)
        return { id, answer };
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
      const answer = await send(control('DELETE', `/tasks/${id}`));
      if (answer.lost !== undefined) return 'lost';
      return succeeded(answer) ? 'gone' : 'not';
    },
    moves: {
      async move(task, phase) {
        const answer = await send({ ...control('POST', `/tasks/${task.id}/phase`, { phase }), urgent: true });
        expectSuccess(answer, 204);
        return { ...task, history: [...task.history, { phase, when: when(answer) }] };
      },
    },
    ...(offered.age
      ? {
          ages: {
            async age(task, seconds) {
              expectSuccess(
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

/** Whether a request was answered with success, whatever status that is: the check of the protocol names a wrong one. */
export const succeeded = ({ response, lost }: Pick<Exchange, 'response' | 'lost'>): boolean =>
  lost === undefined && response !== undefined && response.status >= 200 && response.status < 300;

/** @throws {LostRace} the target refused, or the response was lost: that proves nothing */
function expectSuccess(answer: Exchange, documented: number): void {
  if (succeeded(answer)) return;
  const got = answer.lost ?? `answered ${answer.response?.status}`;
  throw new LostRace(`the control protocol failed: ${requestLine(answer)}: ${got}, expected ${documented}`, {
    byChance: answer.lost !== undefined,
  });
}

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

/** @param report receives what a function of the provisioner threw, in one line */
export const answersOf =
  (own: OwnProvisioner, report: (line: string) => void): ControlAnswers =>
  async (call) => {
    // The path may begin with the target's own prefix.
    const [, id, act] = /\/_control\/v1\/tasks(?:\/([^/]+)(?:\/(phase|age))?)?$/.exec(call.path) ?? [];
    const body: ControlBody = call.body === undefined ? {} : JSON.parse(call.body); // the harness wrote it
    const name = act === 'phase' ? 'move' : (act ?? (call.method === 'DELETE' ? 'remove' : 'create'));
    try {
      return await done(own, { name, id: id ?? body.id ?? '', body });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      report(`The provisioner’s ${name} threw: ${why}`);
      return answer(500, { description: why });
    }
  };

/** The bodies that this file sends. */
interface ControlBody {
  readonly id?: string;
  readonly phase?: Phase;
  readonly result_ttl?: number;
  readonly cancel_fails?: boolean;
  readonly seconds?: number;
}

async function done(
  own: OwnProvisioner,
  { name, id, body }: { readonly name: string; readonly id: string; readonly body: ControlBody },
): Promise<RecordedResponse> {
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
  if (name === 'remove') {
    if (!own.remove) return answer(405, { description: 'the provisioner has no function “remove”' });
    await own.remove(id);
  }
  return answer(204);
}

const answer = (status: number, body?: unknown): RecordedResponse => ({
  status,
  headers: body === undefined ? {} : { 'content-type': 'application/json' },
  body: body === undefined ? '' : JSON.stringify(body),
});
