import { describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/reference-client.ts';
import { rules } from './contract.ts';
import type { CancelEffect, RetentionRules } from './rules.ts';
import { type Phase, phaseOf, phases } from './task.ts';
import { type NewTask, Tasks } from './tasks.ts';

const graceful = rules.cancel.effect.graceful;

/** A task in a cluster of its own. */
function alone(wanted: Parameters<Tasks['create']>[0]) {
  const clock = new FakeClock();
  const tasks = new Tasks(clock);
  const task = tasks.create({ id: 'one', ...wanted });
  const phase = () => {
    const now = tasks.get('one');
    return now && phaseOf(now);
  };
  return { clock, tasks, task, phase };
}

const forward: readonly [Phase, Phase][] = [
  ['queued', 'running'],
  ['queued', 'committing'],
  ['queued', 'finished'],
  ['queued', 'failed'],
  ['running', 'committing'],
  ['running', 'finished'],
  ['running', 'failed'],
  ['committing', 'finished'],
  ['committing', 'failed'],
];
const everyMove = phases.flatMap((from) => phases.map((to) => ({ from, to })));

test.each(everyMove)('$from → $to: moves forward only, skipping allowed', ({ from, to }) => {
  const { tasks, task, phase } = alone({ phase: from });
  const expected = forward.some(([a, b]) => a === from && b === to);
  expect([tasks.move(task, to), phase()]).toEqual([expected, expected ? to : from]);
});

test('a held task stays in its phase', () => {
  const { clock, phase } = alone({ phase: 'running' });
  clock.pass(1e9);
  expect(phase()).toBe('running');
});

test.each([
  { atMs: 999, expected: 'queued' },
  { atMs: 1000, expected: 'running' },
  { atMs: 2999, expected: 'running' },
  { atMs: 3000, expected: 'finished' },
  { atMs: 9000, expected: 'finished' },
])('a schedule moves a task by itself: $expected at $atMs ms', ({ atMs, expected }) => {
  const { clock, phase } = alone({
    phase: 'queued',
    schedule: [
      { phase: 'running', afterMs: 1000 },
      { phase: 'finished', afterMs: 3000 },
    ],
  });
  clock.pass(atMs);
  expect(phase()).toBe(expected);
});

test('a scheduled task ended when its schedule says, not when it was looked at', () => {
  const { clock, tasks, task } = alone({
    phase: 'running',
    schedule: [{ phase: 'finished', afterMs: 1000 }],
  });
  clock.pass(9000);
  tasks.get('one');
  expect(task.endedOwnMs).toBe(1000);
});

test('a task that is moved by hand leaves its schedule', () => {
  const { clock, tasks, task, phase } = alone({
    phase: 'queued',
    schedule: [{ phase: 'failed', afterMs: 1000 }],
  });
  tasks.move(task, 'running');
  clock.pass(2000);
  expect(phase()).toBe('running');
});

describe('cancel', () => {
  test('overrules the hold: the task has failed after the delay', () => {
    const { clock, tasks, task, phase } = alone({ phase: 'running' });
    tasks.cancel(task, graceful);
    const atOnce = phase();
    clock.pass(graceful.afterMs);
    expect([atOnce, phase()]).toEqual(['running', 'failed']);
  });

  test('overrules the schedule', () => {
    const { clock, tasks, task, phase } = alone({
      phase: 'queued',
      schedule: [{ phase: 'finished', afterMs: 10 }],
    });
    tasks.cancel(task, graceful);
    clock.pass(1000);
    expect(phase()).toBe('failed');
  });

  test('a second one does not put off the first', () => {
    const { clock, tasks, task, phase } = alone({ phase: 'running' });
    const slow: CancelEffect = { ...graceful, afterMs: 100 };
    tasks.cancel(task, slow);
    clock.pass(60);
    tasks.cancel(task, slow);
    clock.pass(40);
    expect(phase()).toBe('failed');
  });

  test('the task can no longer be moved', () => {
    const { tasks, task } = alone({ phase: 'running' });
    tasks.cancel(task, graceful);
    expect(tasks.move(task, 'finished')).toBe(false);
  });

  test.each([
    { also: [], ended: ['b'] },
    { also: ['a'], ended: ['a', 'b'] },
    { also: ['a', 'c'], ended: ['a', 'b', 'c'] },
  ])('of one task ends $also too, by its effect', ({ also, ended }) => {
    const alsoEnds: CancelEffect['alsoEnds'] = ({ id }) => also.includes(id);
    const tasks = new Tasks(new FakeClock());
    const made = ['a', 'b', 'c'].map((id) => tasks.create({ id, phase: 'running' }));
    const [, second] = made;
    if (second) tasks.cancel(second, { ...graceful, afterMs: 0, alsoEnds });
    expect(made.filter((task) => phaseOf(task) === 'failed').map(({ id }) => id)).toEqual(ended);
  });
});

test('an id that is made again is another task, last in the order', () => {
  const tasks = new Tasks(new FakeClock());
  const [first] = ['a', 'b', 'a'].map((id) => tasks.create({ id, phase: 'running' }));
  const all = [...tasks.all()];
  expect([all.map(({ id }) => id), all[1]?.guid === first?.guid]).toEqual([['b', 'a'], false]);
});

test.each([
  { match: 'exact', id: 'Task', found: undefined },
  { match: 'any case', id: 'TASK', found: 'task' },
  { match: 'prefix', id: 'ta', found: 'task' },
  { match: 'prefix', id: 'tx', found: undefined },
] as const)('an id matches by $match: $id', ({ match, id, found }) => {
  const tasks = new Tasks(new FakeClock());
  tasks.create({ id: 'task', phase: 'running' });
  expect(tasks.named(id, { ...rules.ids, match })?.id).toBe(found);
});

// ── retention ──

const contract = rules.retention;
const readTtl = (change: Partial<RetentionRules['readTtl']>): Partial<RetentionRules> => ({
  readTtl: { ...contract.readTtl, ...change },
});

const creationTtl = (change: Partial<RetentionRules['creationTtl']>): Partial<RetentionRules> => ({
  creationTtl: { ...contract.creationTtl, ...change },
});

interface Row {
  readonly why: string;
  readonly wanted?: Partial<NewTask>;
  /** Events, each after so many seconds. */
  readonly meanwhile?: readonly {
    readonly afterS?: number;
    readonly ageS?: number;
    readonly ttlS?: number | null;
  }[];
  readonly rules?: Partial<RetentionRules>;
  /** The first whole second after these events at which it has expired. */
  readonly goneAtS: number;
}

// biome-ignore format: a row a line
const rows: readonly Row[] = [
  { why: '500 s by default', goneAtS: 500 },
  { why: 'the TTL at creation', wanted: { resultTtlS: 60 }, goneAtS: 60 },
  { why: 'ageing counts as time', meanwhile: [{ ageS: 499 }], goneAtS: 1 },
  { why: 'ageing adds up', meanwhile: [{ ageS: 200 }, { ageS: 200 }], goneAtS: 100 },
  { why: 'a TTL on a read counts from the end', meanwhile: [{ afterS: 10, ttlS: 60 }], goneAtS: 50 },
  { why: 'a TTL on a read overrules the one at creation', wanted: { resultTtlS: 9 }, meanwhile: [{ ttlS: 60 }], goneAtS: 60 },
  { why: 'a plain read changes nothing', meanwhile: [{ afterS: 100, ttlS: null }], goneAtS: 400 },
  { why: 'failed like finished', wanted: { phase: 'failed' }, goneAtS: 500 },
  { why: 'from the end of a task that ran for long', wanted: { phase: 'running', schedule: [{ phase: 'finished', afterMs: 90_000 }] }, meanwhile: [{ afterS: 90 }], goneAtS: 500 },
  { why: 'an unfinished task outlives it', wanted: { phase: 'running' }, meanwhile: [{ ageS: 1e6 }], goneAtS: Number.POSITIVE_INFINITY },
  { why: 'rule: from that read', rules: readTtl({ from: 'that read' }), meanwhile: [{ afterS: 10, ttlS: 60 }], goneAtS: 60 },
  { why: 'rule: from that read, and ageing', rules: readTtl({ from: 'that read' }), meanwhile: [{ afterS: 10, ttlS: 60 }, { ageS: 40 }], goneAtS: 20 },
  { why: 'rule: the header is ignored', rules: readTtl({ on: 'no task' }), meanwhile: [{ ttlS: 60 }], goneAtS: 500 },
  { why: 'rule: only prolongs', rules: readTtl({ makes: Math.max }), meanwhile: [{ ttlS: 60 }], goneAtS: 500 },
  { why: 'rule: from creation', rules: { from: 'creation' }, wanted: { phase: 'running', schedule: [{ phase: 'finished', afterMs: 90_000 }] }, meanwhile: [{ afterS: 90 }], goneAtS: 410 },
  { why: 'rule: from the start', rules: { from: 'start' }, wanted: { phase: 'queued', schedule: [{ phase: 'running', afterMs: 30_000 }, { phase: 'finished', afterMs: 90_000 }] }, meanwhile: [{ afterS: 90 }], goneAtS: 440 },
  { why: 'rule: from the last read', rules: { from: 'last read' }, meanwhile: [{ afterS: 100, ttlS: null }], goneAtS: 500 },
  { why: 'rule: never', rules: { defaultS: Number.POSITIVE_INFINITY }, meanwhile: [{ ageS: 1e9 }], goneAtS: Number.POSITIVE_INFINITY },
  { why: 'rule: half of it for failed ones', rules: { share: { finished: 1, failed: 0.5, cancelled: 1 } }, wanted: { phase: 'failed' }, goneAtS: 250 },
  { why: 'rule: unfinished ones expire', rules: { unfinished: 'expire' }, wanted: { phase: 'running', resultTtlS: 60 }, goneAtS: 60 },
  { why: 'rule: the reaper runs every 7 s', rules: { reaperStepMs: 7000 }, wanted: { resultTtlS: 60 }, goneAtS: 63 },
  { why: 'rule: the TTL at creation is ignored', rules: creationTtl({ makes: (defaultS) => defaultS }), wanted: { resultTtlS: 60 }, goneAtS: 500 },
];

test.each(rows)(
  '$why: gone after $goneAtS s',
  ({ wanted = {}, meanwhile = [], rules: changed = {}, goneAtS }) => {
    const clock = new FakeClock();
    const tasks = new Tasks(clock);
    tasks.create({ id: 'one', phase: 'finished', ...wanted });
    const now = () => {
      const task = tasks.get('one');
      if (!task) throw new Error('the task is kept until it is removed');
      return task;
    };
    for (const { afterS = 0, ageS = 0, ttlS } of meanwhile) {
      clock.pass(afterS * 1000);
      const task = now();
      if (ttlS !== undefined) tasks.noteRead(task, ttlS);
      tasks.age(task, ageS);
    }
    const expired = () => tasks.isExpired(now(), { ...contract, ...changed });
    const lastS = Math.min(goneAtS, 10_000);
    clock.pass((lastS - 1) * 1000);
    const before = expired();
    clock.pass(1000);
    expect([before, expired()]).toEqual([false, goneAtS === lastS]);
  },
);

test.each([
  { on: 'that task', early: false, late: false },
  { on: 'all tasks', early: true, late: true },
  { on: 'later tasks too', early: false, late: true },
] as const)('a TTL on a read is for $on', ({ on, early, late }) => {
  const clock = new FakeClock();
  const tasks = new Tasks(clock);
  const before = tasks.create({ phase: 'finished' });
  clock.pass(10);
  tasks.noteRead(tasks.create({ phase: 'finished' }), 60);
  const after = tasks.create({ phase: 'finished' });
  clock.pass(60_000);
  const changed = { ...contract, ...readTtl({ on }) };
  expect([before, after].map((task) => tasks.isExpired(task, changed))).toEqual([early, late]);
});

test.each([
  { on: 'that task', expired: false },
  { on: 'later tasks too', expired: true },
] as const)('a TTL at creation is for $on', ({ on, expired }) => {
  const clock = new FakeClock();
  const tasks = new Tasks(clock);
  tasks.create({ phase: 'finished', resultTtlS: 60 });
  const later = tasks.create({ phase: 'finished' });
  clock.pass(60_000);
  expect(tasks.isExpired(later, { ...contract, ...creationTtl({ on }) })).toBe(expired);
});

test('a clock that counts whole seconds may be up to a second early, never late', () => {
  const clock = new FakeClock();
  const tasks = new Tasks(clock);
  clock.pass(900);
  const task = tasks.create({ phase: 'finished', resultTtlS: 2 });
  clock.pass(1099);
  const before = tasks.isExpired(task, { ...contract, clockStepMs: 1000 });
  clock.pass(1);
  expect([before, tasks.isExpired(task, { ...contract, clockStepMs: 1000 })]).toEqual([false, true]);
});
