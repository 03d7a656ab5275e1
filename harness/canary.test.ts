import { expect, test } from 'vitest';
import { disturbsNeighbours } from './canary.ts';
import { shownAs } from './exchange-samples.ts';
import type { Provisioner } from './provisioner.ts';
import { Scene } from './scene.ts';
import { defaultSettings } from './settings.ts';
import type { Stage } from './stage.ts';
import { provisionerOf, worldOf } from './stage-samples.ts';

/** A target that cancels and ages as told: one task alone, or all of them. */
async function disturbed(
  told: { cancels: 'one' | 'all' | 'one, and forgets what has ended'; ages: 'one' | 'all' },
  without: readonly string[] = [],
  unreadable = false,
) {
  const tasks = new Map<string, { status: string }>();
  const world = worldOf(({ operation, path }) => {
    const id = path.split('/')[3] ?? '';
    if (operation === 'cancel') {
      for (const [one, task] of tasks) {
        if (task.status === 'started' && (told.cancels === 'all' || one === id)) task.status = 'failed';
        if (task.status === 'finished' && told.cancels.endsWith('ended')) tasks.delete(one);
      }
    }
    const task = unreadable ? undefined : tasks.get(id);
    return task ? { body: shownAs(task.status, { id }) } : { status: 404 };
  });
  const made = provisionerOf();
  const full: Provisioner = {
    ...made,
    async provision(phase, wish) {
      const task = await made.provision(phase, wish);
      tasks.set(task.id, { status: phase === 'running' ? 'started' : phase });
      return task;
    },
    ages: {
      async age(task, seconds) {
        for (const [id, { status }] of [...tasks]) {
          if (status === 'finished' && (told.ages === 'all' || id === task.id)) tasks.delete(id);
        }
        return { ...task, agedS: task.agedS + seconds };
      },
    },
  };
  const { moves, ages, ...bare } = full;
  const provisioner: Provisioner = {
    ...bare,
    ...(moves && !without.includes('moves') ? { moves } : {}),
    ...(ages && !without.includes('ages') ? { ages } : {}),
  };
  const stage: Stage = {
    world,
    provisioner,
    settings: defaultSettings,
    authenticates: true,
    tag: 'tag',
    slowestEffectMs: 0,
    cutShort: new AbortController().signal,
    removed: new Set(),
    tellTask: () => {},
  };
  return {
    disturbs: await disturbsNeighbours(new Scene(stage, 'canary'), provisioner),
    sent: world.sent,
    stage,
  };
}

test.each([
  { cancels: 'one', ages: 'one', disturbs: false },
  { cancels: 'all', ages: 'one', disturbs: true },
  { cancels: 'one', ages: 'all', disturbs: true },
  { cancels: 'one, and forgets what has ended', ages: 'one', disturbs: true },
  { cancels: 'all', ages: 'all', disturbs: true },
] as const)(
  'cancelling touches $cancels, ageing touches $ages: neighbours are disturbed: $disturbs',
  async (row) => {
    expect((await disturbed(row)).disturbs).toBe(row.disturbs);
  },
);

test('ageing is tried only where the target can', async () => {
  expect((await disturbed({ cancels: 'one', ages: 'all' }, ['ages'])).disturbs).toBe(false);
});

test('nothing is tried where tasks are not made for the purpose', async () => {
  const { disturbs, sent } = await disturbed({ cancels: 'all', ages: 'all' }, ['moves']);
  expect([disturbs, sent]).toEqual([false, []]);
});

test('tasks that can never be read are not said to disturb each other', async () => {
  expect((await disturbed({ cancels: 'one', ages: 'one' }, [], true)).disturbs).toBe(false);
});
