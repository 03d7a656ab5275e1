/** What a run by `/v1/crdbs` proves on a faithful cluster, how long it takes, and what it leaves: in simulated time. */
import { expect, test } from 'vitest';
import { type CrdbsOptions, takingS } from '../harness/reference/crdbs-options.ts';
import type { Databases } from '../harness/reference/databases.ts';
import type { DirectReference } from '../harness/reference/reference.ts';
import { phaseOf } from '../harness/reference/task.ts';
import { gather } from '../harness/run/report.ts';
import { type SimulationOptions, simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { clausesThat, judged } from '../harness/testing/suites/verdicts.ts';

async function run(
  crdbs: Partial<CrdbsOptions>,
  settings: SimulationOptions['settings'] = {},
  /** What somebody does to the first test database 20 s after the start. */
  disturb?: (databases: Databases, guid: string) => void,
) {
  let reference: DirectReference | undefined;
  const events = await simulate(
    (clock) =>
      withoutNetwork({ clock, crdbs }, (made) => {
        reference = made;
        const { databases } = made.side ?? {};
        if (databases && disturb)
          void clock.sleep(20_000).then(() => disturb(databases, `${databases.shown()[0]?.guid}`));
      }),
    { crdbs: {}, settings },
  );
  const { exchanges } = gather(events);
  const lastMs = Math.max(...exchanges.map(({ receivedAt }) => receivedAt));
  const { summary } = judged(events);
  return {
    ...summary.must,
    broken: clausesThat(events, 'fail', 'warn'),
    passed: clausesThat(events, 'pass'),
    cutShort: events.filter(({ type }) => type === 'cut-short'),
    durationS: lastMs / 1000,
    databases: reference?.side?.databases.shown().length,
    unfinished: [...(reference?.tasks.all() ?? [])].filter(
      (task) => !['finished', 'failed'].includes(phaseOf(task)) && task.cancelledMs === undefined,
    ),
    readable: [...(reference?.tasks.all() ?? [])].filter(
      ({ readTtl, resultTtlS }) => readTtl === undefined && resultTtlS === undefined,
    ),
  };
}

test.each([
  { operationS: 1, withinS: 180 },
  { operationS: 6, withinS: 360 },
])('operations of $operationS s: 58 or more of 67 must clauses are proven within $withinS s', async (row) => {
  const found = await run({ takesMs: takingS(row.operationS) });
  expect(found).toMatchObject({ broken: [], cutShort: [], total: 67, databases: 0, unfinished: [] });
  expect(found.proven).toBeGreaterThanOrEqual(58);
  expect(found.durationS).toBeLessThanOrEqual(row.withinS);
  expect(found.readable.length).toBeLessThanOrEqual(60);
});

test('full proves the default retention too, in about 10 minutes', async () => {
  const found = await run({ takesMs: takingS(1) }, { profile: 'full' });
  expect(found).toMatchObject({ broken: [], cutShort: [], databases: 0 });
  expect(found.passed).toEqual(expect.arrayContaining(['expiry.default.kept', 'expiry.default.gone']));
  expect(found.durationS).toBeLessThanOrEqual(700);
});

test('forced cancels are added where the user allows them', async () => {
  const found = await run({ takesMs: takingS(1) }, { allowForce: true });
  expect(found.passed).toContain('cancel.commit-phase.forced');
});

const theirs = { id: 'theirs', resultTtlS: undefined, fails: false };

test.each<{
  what: string;
  disturb: (databases: Databases, guid: string) => void;
  left: number;
  least: number;
}>([
  { what: 'deleted', disturb: (databases, guid) => databases.lose(guid), left: 0, least: 50 },
  {
    what: 'resized',
    disturb: (databases, guid) =>
      void databases.update(guid, { default_db_config: { memory_size: 209_715_200 } }, theirs),
    left: 0,
    least: 58,
  },
  {
    what: 'renamed',
    disturb: (databases, guid) => void databases.update(guid, { name: 'theirs' }, theirs),
    left: 1,
    least: 58,
  },
])('a test database that somebody has $what in the middle of the run breaks no clause', async (row) => {
  const found = await run({ takesMs: takingS(1) }, {}, row.disturb);
  expect(found).toMatchObject({ broken: [], unfinished: [], databases: row.left });
  expect(found.cutShort.length).toBe(row.left); // what is left is said
  expect(found.proven).toBeGreaterThanOrEqual(row.least);
});
