/** For own tests: asks a cluster without a network, on a clock that moves when it is told to, and notes all answers. */

import { FakeClock } from './fake-clock.ts';
import { faceOf, type Incoming } from './handler.ts';
import { basic } from './requests-in.ts';
import type { RulesInTime } from './rules.ts';
import type { Phase } from './task.ts';
import { Tasks } from './tasks.ts';

export function teller(rulesInTime: RulesInTime) {
  const clock = new FakeClock();
  const tasks = new Tasks(clock);
  const login = { user: 'user', password: 'password' };
  const face = faceOf({ tasks, login, nowMs: () => clock.nowMs(), epochMs: 0 }, rulesInTime);
  const told: string[] = [];
  const own = basic(login.user, login.password);
  const ask = (method: string, target: string, change: Partial<Incoming> = {}): void => {
    const [path = '', query = ''] = target.split('?');
    const incoming = { method, path, query, authorization: own, resultTtl: undefined, body: '', ...change };
    const { reply, afterMs } = face(incoming);
    told.push(JSON.stringify([method, target, reply, afterMs]));
  };
  const one = (id: string): string => `/v1/crdb_tasks/${id}`;
  const cancel = (id: string): string => `${one(id)}/actions/cancel`;
  return {
    told,
    tasks,
    clock,
    /** The right credentials. */
    own,
    ask,
    one,
    cancel,
    list: (): void => ask('GET', '/v1/crdb_tasks'),
    held: (id: string, phase: Phase): string => tasks.create({ id, phase }).id,
  };
}

export type Teller = ReturnType<typeof teller>;
