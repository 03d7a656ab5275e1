/** Exploration in simulated time: it finds faults, shrinks them to a few steps, and accuses no faithful server. */
import { describe, expect, test } from 'vitest';
import { speaksFor } from '../judge/oracle/diagnose.ts';
import { effectClauses } from '../judge/oracle/effects.ts';
import { historiesOf } from '../judge/oracle/histories.ts';
import { operationsOf } from '../judge/oracle/operation.ts';
import { fairHistory } from '../judge/oracle/oracle.ts';
import type { RunEvent } from '../model/report.ts';
import type { Settings } from '../model/settings.ts';
import { contractButWhen } from '../reference/contract.ts';
import { mutants } from '../reference/mutants.ts';
import type { RulesInTime } from '../reference/rules.ts';
import { singleVariants, variants } from '../reference/variants.ts';
import { simulations } from '../simulate/likeness.ts';
import { type SimulationOptions, simulate, withoutNetwork } from '../simulate/simulation.ts';
import { gather } from './report.ts';

const exploring = (
  rules: RulesInTime | undefined,
  settings: Partial<Settings>,
  more: SimulationOptions = {},
): Promise<readonly RunEvent[]> =>
  simulate((clock) => withoutNetwork({ clock, ...(rules ? { rules } : {}) }), {
    selection: [],
    ...more,
    settings: { concurrency: 5, ...settings },
  });

/** The clauses that the rules of the oracle hold against single answers. */
const guardingClauses = [
  ...['queued', 'started', 'finished', 'failed', 'ended-stays', 'forward-only'].map((one) => `status.${one}`),
  ...['change-shows', 'change-shows-at-once'].map((one) => `status.${one}`),
  ...['status.200', 'status.404', 'named-guid', 'changes-nothing'].map((one) => `read.${one}`),
  ...['holds-running', 'agrees-with-read', 'no-duplicates', 'empty'].map((one) => `list.${one}`),
  ...['keeps-fields', 'false-is-plain'].map((one) => `verbose.${one}`),
  ...['default', 'at-creation', 'on-read'].flatMap((by) => [`expiry.${by}.kept`, `expiry.${by}.gone`]),
  ...['failed.kept', 'cancelled.kept', 'unfinished', 'cancel', 'list'].map((one) => `expiry.${one}`),
  ...['queued', 'running', 'forced'].map((one) => `cancel.${one}.accepted`),
  ...['commit-phase.refused', 'commit-phase.forced', 'ended.refused'].map((one) => `cancel.${one}`),
  ...['status.404', 'status.409', 'leaves', 'stays-out'].map((one) => `cancel.${one}`),
  ...['not-finished', 'still-readable'].map((one) => `cancel.${one}`),
];

const failed = (events: readonly RunEvent[]) =>
  gather(events).checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
const coverageOf = (events: readonly RunEvent[]) => events.find((event) => event.type === 'oracle')?.coverage;

describe('a fault is found, named and shrunk to the steps that it needs', () => {
  test.each([
    {
      mutant: 'cancels-in-commit',
      clause: 'cancel.commit-phase.refused',
      script: /^create 0 committing; cancel 0/,
    },
    { mutant: 'default-60', clause: 'expiry.default.kept', script: /^create 0 (finished|failed); age 0/ },
    {
      mutant: 'bad-ttl-keeps-for-ever',
      clause: 'expiry.malformed-ttl',
      script: /^create 0 finished( ttl=\d+)?; read 0 ttl=/,
    },
    { mutant: 'running-as-queued', clause: 'status.started', script: /^create 0 running$/ },
    {
      // the scripts of one task alone do not show it
      mutant: 'cancels-finished-before',
      seed: 2,
      clause: 'cancel.that-task-alone',
      script: /^create 0 finished.*; create 1 (queued|running).*cancel 1/,
    },
    { mutant: 'queued-as-failed', clause: 'status.queued', script: /^create 0 queued$/ },
    {
      mutant: 'removed-id-stays-gone',
      clause: 'read.status.200',
      script: /^create 0 \w+; remove 0; create 0 \w+/,
    },
    {
      mutant: 'list-keeps-removed',
      clause: 'list.empty',
      script: /^create 0 (running|committing); remove 0; list$/,
    },
    {
      // also where the list of another script has shown it
      mutant: 'queued-listed-as-started',
      clause: 'list.agrees-with-read',
      script: /^create 0 queued; list$/,
    },
  ])('$mutant', async ({ mutant, clause, script, seed = 1 }) => {
    const events = await exploring(mutants.find(({ id }) => id === mutant)?.rules, { exploreS: 3, seed });
    const found = failed(events).find((check) => check.clause === clause);
    expect(found).toMatchObject({ suite: 'oracle' });
    expect(/--replay '(.*)'/.exec(found?.reason ?? '')?.[1]).toMatch(script);
  });

  test.each(['cancels-in-commit', 'default-60'])(
    '%s: it comes again from its text, and no step of it can be left out',
    async (mutant) => {
      const rules = mutants.find(({ id }) => id === mutant)?.rules;
      const [found] = failed(await exploring(rules, { exploreS: 2 }));
      const text = /--replay '(.*)'/.exec(found?.reason ?? '')?.[1] ?? '';
      const clausesOf = async (replay: string) =>
        failed(await exploring(rules, { replay })).map(({ clause }) => clause);
      expect(await clausesOf(text)).toEqual([found?.clause]);
      const steps = text.split('; ');
      const shorter = steps
        .map((_, at) => steps.toSpliced(at, 1).join('; '))
        .filter((script) => script.startsWith('create'));
      expect(shorter.length).toBeGreaterThan(0);
      for (const script of shorter) expect(await clausesOf(script), script).toEqual([]);
    },
  );

  test('also one that no suite looks for', async () => {
    const rules = contractButWhen(
      ({ task, query }) => task?.cancelFails === true && query.get('verbose') === 'true',
      { read: { rewrite: (body) => ({ ...body, crdb_guid: 'another' }) } },
    );
    const [found] = failed(await exploring(rules, { exploreS: 2, seed: 1 }));
    expect(found?.reason).toMatch(/--replay 'create 0 \w+ cancel_fails; read 0 verbose'/);
  });
});

test.each([
  { mutant: 'list-open', clauses: ['list.status.401'] },
  { mutant: 'read-overlooks-unknown-user', clauses: ['auth.unknown-user'] },
  { mutant: 'read-is-array', clauses: ['read.schema'] },
  { mutant: 'cancel-is-202', clauses: ['cancel.statuses'] },
])('single answers of scripts are judged too: $mutant', async ({ mutant, clauses }) => {
  const rules = mutants.find(({ id }) => id === mutant)?.rules;
  const found = failed(await exploring(rules, { exploreS: 2 }));
  expect([...new Set(found.map(({ clause }) => clause))]).toEqual(clauses);
  expect(
    found.every(({ name, exchanges }) => /^seen in exploration/.test(name) && exchanges.length > 0),
  ).toBe(true);
});

test.each([
  { mutant: 'running-to-finished-never-read', script: /^create 0 running; move 0 finished$/ },
  { mutant: 'list-frozen', script: /^create 0 \w+; (list; move 0 \w+|move 0 \w+; list)$/ },
])('what never shows is told from what shows late: $mutant', async ({ mutant, script }) => {
  const [found] = failed(await exploring(mutants.find(({ id }) => id === mutant)?.rules, { exploreS: 2 }));
  expect(found?.clause).toBe('status.change-shows');
  expect(/--replay '(.*)'/.exec(found?.reason ?? '')?.[1]).toMatch(script);
});

test('that a task is looked up before the login is refused is advice', async () => {
  const rules = mutants.find(({ id }) => id === 'read-looks-up-first')?.rules;
  const events = await exploring(rules, { exploreS: 8 }, { selection: ['auth.before-lookup'] });
  expect(failed(events).map(({ clause, verdict }) => `${clause} ${verdict}`)).toEqual([
    'auth.before-lookup warn',
  ]);
});

describe('8 s of exploration', async () => {
  const events = await exploring(undefined, { exploreS: 8 });
  const settings = { graceMs: 2000, settleMs: 10_000, defaultTtlS: 500 };
  const histories = historiesOf(operationsOf(gather(events).exchanges), { settings, unknown: 'absent' });
  const fair = histories.map(fairHistory);

  test('sends more than 2,000 requests', () =>
    expect(coverageOf(events)?.exploration?.requests).toBeGreaterThan(2000));

  test.each(guardingClauses)('%s could have been broken, and was not', (clause) =>
    expect(coverageOf(events)?.upheld[clause]).toBeGreaterThan(0),
  );

  // Not refuted: a refused cancel of an ended task and a malformed TTL may have any effect; one in the commit phase may
  // show its effect only after the settle time.
  const unrefuted = ['cancel.ended.untouched', 'expiry.malformed-ttl', 'cancel.commit-phase.untouched'];
  test.each(effectClauses.filter((clause) => !unrefuted.includes(clause)))(
    '%s: had it acted each time, some history would be impossible',
    (clause) => expect(speaksFor(clause, fair)).toBeGreaterThan(0),
  );
});

describe('no faithful server is accused', () => {
  const tried = [
    { id: 'the reference', rules: undefined },
    ...variants.slice(0, 3),
    ...singleVariants.slice(-2),
  ];
  test.each(tried)('$id', async ({ rules }) => {
    const events = await exploring(rules, { exploreS: 1, seed: 3 });
    expect(failed(events)).toEqual([]);
    expect(coverageOf(events)?.exploration?.requests).toBeGreaterThan(300);
  });

  test('by databases, what that provisioner can make is explored', async () => {
    const { start, ...how } = simulations.crdbs({});
    const events = await simulate(start, { ...how, selection: [], settings: { exploreS: 30 } });
    expect(failed(events)).toEqual([]);
    expect(coverageOf(events)?.exploration?.scripts).toBeGreaterThan(1);
  });
});

describe('a replay', () => {
  const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
  const replay = 'create 0 committing; cancel 0; read 0 verbose';

  test('shows the violation again', async () => {
    expect(failed(await exploring(rules, { replay })).map(({ clause }) => clause)).toEqual([
      'cancel.commit-phase.refused',
    ]);
  });

  test('names a refused request that has had its effect', async () => {
    const refused = mutants.find(({ id }) => id === 'verbose-malformed-sets-ttl')?.rules;
    const found = await exploring(refused, {
      replay: 'create 0 finished; read 0 verbose=maybe ttl=60; age 0 400',
    });
    expect(failed(found).map(({ clause }) => clause)).toEqual(['verbose.malformed']);
  });

  test('passes the clauses that it could have broken, and no others', async () => {
    const { checks } = gather(await exploring(undefined, { replay }));
    expect(checks.map(({ clause, verdict }) => `${clause} ${verdict}`).sort()).toEqual([
      'cancel.commit-phase.refused pass',
      'read.named-guid pass',
      'read.status.200 pass',
      'status.forward-only pass',
      'status.started pass',
      'verbose.keeps-fields pass',
    ]);
  });

  test('leaves out a step that makes no sense there', async () => {
    const events = await exploring(undefined, { replay: 'create 0 finished; move 0 running; read 0' });
    const moves = gather(events).exchanges.filter(({ request }) => request.path.endsWith('/phase'));
    expect([moves, failed(events)]).toEqual([[], []]);
  });
});

test('what the suites found broken explains what exploring sees: one cause, one finding', async () => {
  const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
  const events = await exploring(rules, { exploreS: 1 }, { selection: ['cancel.commit-phase.refused'] });
  expect(failed(events).filter(({ suite }) => suite === 'oracle')).toEqual([]);
  expect(failed(events).some(({ suite }) => suite === 'cancel')).toBe(true);
});

test('a target that only reads is not explored, and the report says nothing of it', async () => {
  const events = await exploring(undefined, { exploreS: 1 }, { readsOnly: true });
  expect(coverageOf(events)?.exploration).toBeUndefined();
});
