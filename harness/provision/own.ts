/**
 * A provisioner of the vendor's own, in the vendor's process: the task control protocol as functions. What it is asked
 * goes the way of any request, so that evidence, brackets and judgement are those of the protocol over HTTP.
 */
import type { Call } from '../http/client.ts';
import type { RecordedResponse } from '../model/exchange.ts';
import { type Phase, phases } from '../model/task.ts';
import type { ControlCapabilities } from './control.ts';
import type { OwnProvisioner } from './own-provisioner.ts';

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
