/**
 * A provisioner of the vendor's own, in the vendor's process: the task control protocol as functions. What it is asked
 * goes the way of any request, so that evidence, brackets and judgement are those of the protocol over HTTP.
 */
import type { Call } from '../client.ts';
import type { RecordedResponse } from '../exchange.ts';
import { type Phase, phases } from '../record.ts';
import type { ControlCapabilities } from './control.ts';

/** A task as the harness wants it. */
export interface NewTask {
  /** Always chosen by the harness. */
  readonly id: string;
  readonly phase: Phase;
  /** What `X-Result-TTL` at its creation would be, in seconds. */
  readonly resultTtlS?: number;
  /** A cancel of it that would be accepted ends in 409. */
  readonly cancelFails?: boolean;
}

/** Each function may return a promise; what it does is done when it returns. */
export interface OwnProvisioner {
  /** The phases that it can bring about; all five where they are left out. */
  readonly phases?: readonly Phase[];
  /** Whether it makes tasks whose cancel fails; false where it is left out. */
  readonly cancelFailure?: boolean;
  /**
   * Makes a task, which stays in its phase until it is moved or its cancel is accepted.
   * @returns nothing, or the guid of its database where that is known
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a vendor's function that returns nothing is what is meant
  create(task: NewTask): MadeTask | void | Promise<MadeTask | void>;
  /** Moves a task on: queued → running → committing → finished or failed, skipping allowed. */
  move(id: string, phase: Phase): unknown;
  /** As if so many seconds more had passed for the retention of this one task. It adds up. */
  age?(id: string, seconds: number): unknown;
  /** Removes a task, also one that is gone. Left out, tasks are left to the target. */
  remove?(id: string): unknown;
}

export interface MadeTask {
  readonly crdbGuid?: string;
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
