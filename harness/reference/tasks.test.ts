import { describe, expect, test } from 'vitest';
import { rules } from './contract.ts';
import { FakeClock } from './fake-clock.ts';
import type { CancelEffect } from './rules.ts';
import { type Phase, phaseOf, phases } from './task.ts';
import { Tasks } from './tasks.ts';

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
    { alsoEnds: 'no other task', ended: ['b'] },
    { alsoEnds: 'neighbour', ended: ['a', 'b'] },
    { alsoEnds: 'all tasks', ended: ['a', 'b', 'c'] },
  ] as const)('touches $alsoEnds', ({ alsoEnds, ended }) => {
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
