import { expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import { defaultSettings } from '../model/settings.ts';
import type { Provisioner } from '../provision/provisioner.ts';
import { provisionerOf, worldOf } from '../testing/context-samples.ts';
import { shownAs, type Told } from '../testing/exchange-samples.ts';
import { sampleResourceLog } from '../testing/resource-log-samples.ts';
import { CheckContext } from './check-context.ts';
import { probeIsolation } from './isolation-probe.ts';
import type { RunContext } from './run-context.ts';
import { TimeBudget } from './time-budget.ts';

/**
 * A target that cancels and ages as told: one task alone, or all of them.
 * @param spoilt what becomes of a read, by the status that it would show; undefined: nothing
 */
async function disturbed(
  told: {
    cancels: 'one' | 'all' | 'one, and the one made 32 later' | 'one, and forgets what has ended';
    ages: 'one' | 'all';
  },
  without: readonly string[] = [],
  spoilt: (status: string) => Told | undefined = () => undefined,
) {
  const tasks = new Map<string, { status: string }>();
  const environment = worldOf(({ operation, path }) => {
    const id = path.split('/')[3] ?? '';
    const ids = [...tasks.keys()];
    if (operation === 'list')
      return {
        body: [...tasks]
          .filter(([, { status }]) => status === 'started')
          .map(([one, { status }]) => shownAs(status, { id: one })),
      };
    if (operation === 'cancel') {
      for (const [one, task] of tasks) {
        const isLater = told.cancels.endsWith('later') && ids.indexOf(one) - ids.indexOf(id) === 32;
        const isHit = told.cancels === 'all' || isLater || one === id;
        if (task.status === 'started' && isHit) task.status = 'failed';
        if (task.status === 'finished' && told.cancels.endsWith('ended')) tasks.delete(one);
      }
    }
    const task = tasks.get(id);
    if (operation === 'read' && task) {
      const spoiltAs = spoilt(task.status);
      if (spoiltAs) return spoiltAs;
    }
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
  const runContext: RunContext = {
    environment,
    provisioner,
    validators: loadValidators(),
    settings: defaultSettings,
    authenticates: true,
    tag: 'tag',
    slowestEffectMs: 0,
    resourceLog: sampleResourceLog(),
    readsOnly: false,
    cutShort: new AbortController().signal,
    removed: new Set(),
    timeBudget: new TimeBudget(),
    recordAssignment: () => {},
    recordTask: () => {},
  };
  return {
    disturbs: (await probeIsolation(new CheckContext(runContext, 'isolation probe'), provisioner)).map(
      ({ attributedTo }) => attributedTo,
    ),
    sent: environment.sent,
    runContext,
  };
}

test.each([
  { cancels: 'one', ages: 'one', broken: [] },
  { cancels: 'all', ages: 'one', broken: ['cancel.that-task-alone'] },
  { cancels: 'one, and the one made 32 later', ages: 'one', broken: ['cancel.that-task-alone'] },
  { cancels: 'one', ages: 'all', broken: ['expiry.that-task-alone'] },
  { cancels: 'one, and forgets what has ended', ages: 'one', broken: ['cancel.that-task-alone'] },
  { cancels: 'all', ages: 'all', broken: ['cancel.that-task-alone'] },
] as const)('a cancel changes $cancels, ageing changes $ages: broken is $broken', async (row) => {
  expect((await disturbed(row)).disturbs).toEqual(row.broken);
});

test('ageing is tried only where the target can', async () => {
  expect((await disturbed({ cancels: 'one', ages: 'all' }, ['ages'])).disturbs).toEqual([]);
});

test('nothing is tried where tasks are not made for the purpose', async () => {
  const { disturbs, sent } = await disturbed({ cancels: 'all', ages: 'all' }, ['moves']);
  expect([disturbs, sent]).toEqual([[], []]);
});

const one = { cancels: 'one', ages: 'one' } as const;
const all = { cancels: 'all', ages: 'all' } as const;

test.each<{ spoilt: string; told: Told }>([
  { spoilt: 'refused', told: { status: 401 } },
  { spoilt: 'not found', told: { status: 404 } },
  { spoilt: 'broken', told: { status: 500 } },
  { spoilt: 'lost', told: { lost: 'no answer within 10 s' } },
  { spoilt: 'too long to be read whole', told: { body: '{"id":"7","status":"failed"}', truncated: true } },
  { spoilt: 'no JSON', told: { body: '<html>' } },
  { spoilt: 'of no documented status', told: { body: shownAs('completed') } },
])('where every read is $spoilt, no neighbour is seen to change', async ({ told }) => {
  expect((await disturbed(all, [], () => told)).disturbs).toEqual([]);
});

test('a wrong status that stays as it is shows no disturbance', async () => {
  const asQueued = (status: string) => (status === 'started' ? { body: shownAs('queued') } : undefined);
  expect((await disturbed(one, [], asQueued)).disturbs).toEqual([]);
});

test('a neighbour that is lost from sight after the change is not seen to change', async () => {
  const after = (status: string) => (status === 'failed' ? { status: 500 } : undefined);
  expect((await disturbed({ cancels: 'all', ages: 'one' }, [], after)).disturbs).toEqual([]);
});
