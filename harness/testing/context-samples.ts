/** A environment without a network and a provisioner without a target, for own tests. Nothing else uses them. */

import { SimulatedClock } from '../http/clock.ts';
import type { Environment } from '../http/environment.ts';
import { bracket } from '../model/bracket.ts';
import type { Request } from '../model/requests.ts';
import { phases, type Task } from '../model/task.ts';
import type { Provisioner } from '../provision/provisioner.ts';
import { answerTo, type Told } from './exchange-samples.ts';

export interface SampleWorld extends Environment {
  readonly sent: readonly Request[];
}

/** A environment in simulated time that answers everything at once. @param answer by default a 200 without a body */
export function worldOf(answer: (request: Request, nowMs: number) => Told = () => ({})): SampleWorld {
  const clock = new SimulatedClock();
  const sent: Request[] = [];
  return {
    sent,
    async send(request) {
      sent.push(request);
      return answerTo(request, clock.nowMs(), answer(request, clock.nowMs()));
    },
    now: () => bracket(clock.nowMs(), clock.nowMs()),
    wait: (ms, signal) => clock.sleep(ms, signal),
    close() {},
  };
}

export interface SampleProvisioner extends Provisioner {
  /** What was done, in order: `make 1 running`, `move 1 finished`, `age 1 by 60`, `remove 1`. */
  readonly done: readonly string[];
}

/** Makes tasks 1, 2, 3 … at the instant 0, held, and notes what is done to them. */
export function provisionerOf(more: Partial<Provisioner> = {}): SampleProvisioner {
  const done: string[] = [];
  let made = 0;
  const make = async (phase: Task['history'][number]['phase']): Promise<Task> => {
    const id = String(++made);
    done.push(`make ${id} ${phase}`);
    return { id, held: true, history: [{ phase, when: bracket(0, 0) }], agedS: 0 };
  };
  return {
    done,
    name: 'control',
    choosesIds: true,
    reaches: new Set(phases),
    capabilities: [],
    provision: make,
    existing: make,
    async remove({ id }) {
      done.push(`remove ${id}`);
      return 'gone';
    },
    moves: {
      async move(task, phase) {
        done.push(`move ${task.id} ${phase}`);
        return { ...task, history: [...task.history, { phase, when: bracket(0, 0) }] };
      },
    },
    ages: {
      async age(task, seconds) {
        done.push(`age ${task.id} by ${seconds}`);
        return { ...task, agedS: task.agedS + seconds };
      },
    },
    ...more,
  };
}
