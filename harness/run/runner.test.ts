import { describe, expect, test } from 'vitest';
import { type Clause, loadRegister, type Register } from '../../spec/register.ts';
import { loadValidators } from '../../spec/validators.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import type { RunEvent } from '../model/report.ts';
import { read } from '../model/requests.ts';
import { defaultSettings, type Profile } from '../model/settings.ts';
import { type CheckRecord, finding, judgeLost, type Level, type Verdict } from '../model/verdict.ts';
import type { Provisioner, Removal } from '../provision/provisioner.ts';
import { provisionerOf, worldOf } from '../testing/context-samples.ts';
import { lost, readOf, shownAs } from '../testing/exchange-samples.ts';
import { sampleResourceLog } from '../testing/resource-log-samples.ts';
import type { CheckContext } from './check-context.ts';
import { type Check, withControls } from './clause.ts';
import { Runner } from './runner.ts';

const validators = loadValidators();

/** A check that comes to a verdict, or does something. */
const check = (clause: string, does: Verdict | Check['run'], more: Partial<Check> = {}): Check => ({
  clause,
  name: 'once',
  suite: 'sample',
  moment: 'between',
  dependsOn: [],
  run: typeof does === 'string' ? async () => [finding(does, `${clause} came to ${does}`, [])] : does,
  ...more,
});

const [sample] = loadRegister().clauses;

/** A register that knows clauses by their level alone. */
function registerOf(levels: Readonly<Record<string, Level>>): Register {
  const clauses = Object.entries(levels).flatMap(([id, level]): Clause[] =>
    sample ? [{ ...sample, id, level }] : [],
  );
  const byId = new Map(clauses.map((clause) => [clause.id, clause]));
  return { edition: '7.8', clauses, byId, notTestable: [], notAsked: [] };
}

/** Without moving tasks there is no isolation probe: only the checks themselves are seen. */
const { moves: _, ...still } = provisionerOf();
const canaryless: Provisioner = still;

interface Told {
  readonly environment?: ReturnType<typeof worldOf>;
  readonly provisioner?: Provisioner;
  readonly levels?: Readonly<Record<string, Level>>;
  readonly selection?: readonly string[];
  readonly seed?: number;
  readonly profile?: Profile;
  readonly during?: (runner: Runner, event: RunEvent) => void;
}

async function run(checks: readonly Check[], told: Told = {}) {
  const {
    environment = worldOf(),
    provisioner = canaryless,
    levels = {},
    seed = 1,
    profile = 'quick',
    during,
  } = told;
  const book = Map.groupBy(checks, ({ clause }) => clause);
  const events: RunEvent[] = [];
  const runner = new Runner({
    book,
    register: registerOf(levels),
    selection: told.selection ?? [...book.keys()],
    runContext: {
      environment,
      provisioner,
      settings: { ...defaultSettings, seed, profile },
      validators,
      tag: 'tag',
      resourceLog: sampleResourceLog(),
      readsOnly: false,
      authenticates: true,
    },
    evidence: () => [],
    record: (event) => {
      events.push(event);
      during?.(runner, event);
    },
  });
  await runner.run();
  const records = events.flatMap((event) => (event.type === 'check' ? [event.check] : []));
  return { runner, events, records, of: recordsOf(records) };
}

const recordsOf =
  (records: readonly CheckRecord[]) =>
  (clause: string, name = 'once') =>
    records.find((record) => record.clause === clause && record.name === name);

describe('a profile', () => {
  /** The isolation probe's pairs: what is done to 1 and 3 doesn't touch 2 and 4. */
  const canaries: Readonly<Record<string, string>> = { 1: 'failed', 2: 'started', 4: 'finished' };
  const undisturbed = () =>
    worldOf(({ path }) => ({ body: shownAs(canaries[path.split('/')[3] ?? ''] ?? 'started') }));
  const counted = async (profile: Profile, provisioner: Provisioner = provisionerOf()) => {
    const startedMs: number[] = [];
    const environment = undisturbed();
    const counting = check('counted', async () => {
      startedMs.push(environment.now().earliestMs);
      return [finding('pass', 'fine', [])];
    });
    const { of } = await run([counting], { environment, provisioner, profile });
    return { startedMs, record: of('counted') };
  };

  test.each<{ profile: Profile; tries: number }>([
    { profile: 'quick', tries: 1 },
    { profile: 'full', tries: 16 },
    { profile: 'nightly', tries: 18 },
  ])('$profile tries every check $tries times', async ({ profile, tries }) => {
    const { startedMs, record } = await counted(profile);
    expect(startedMs).toHaveLength(tries);
    expect(record).toMatchObject({ verdict: 'pass', reason: 'fine' });
  });

  test('nightly comes back a minute after the start', async () => {
    const { startedMs } = await counted('nightly');
    expect(startedMs.filter((ms) => ms >= 60_000)).toHaveLength(2);
  });

  test('where tasks are not made at will, each check is tried once', async () => {
    expect((await counted('nightly', canaryless)).startedMs).toHaveLength(1);
  });

  test('the tries of a check are told apart in what they send', async () => {
    const environment = undisturbed();
    const sending = check('sending', async ({ send }) => [
      finding('pass', 'sent', await send(read({ id: '7' }))),
    ]);
    await run([sending], { environment, provisioner: provisionerOf(), profile: 'full' });
    const names = environment.sent.map(({ sentFor }) => sentFor).filter((name) => name !== 'isolation probe');
    expect(new Set(names).size).toBe(16);
    expect(names).toContain('sending (once)');
    expect(names).toContain('sending (once), try 16');
  });
});

describe('a positive control', () => {
  test.each<{ control: Verdict; verdict: Verdict; because: string | undefined }>([
    { control: 'pass', verdict: 'pass', because: undefined },
    { control: 'fail', verdict: 'inconclusive', because: 'control' },
    { control: 'inconclusive', verdict: 'inconclusive', because: 'control' },
    { control: 'skip', verdict: 'skip', because: undefined },
  ])('that comes to $control makes it $verdict', async ({ control, verdict, because }) => {
    const { of } = await run([
      check('control', control),
      check('probe', 'pass', { positiveControl: 'control' }),
    ]);
    expect([of('probe')?.verdict, of('probe')?.because]).toEqual([verdict, because]);
  });

  test('that is skipped gives its reason', async () => {
    const { of } = await run([
      check('probe', 'fail', { positiveControl: 'control' }),
      check('control', async () => {
        throw new Unreachable('none: read-only');
      }),
    ]);
    expect(of('probe')).toMatchObject({ verdict: 'skip', reason: 'none: read-only' });
  });

  test('that failed takes away a fail too', async () => {
    const { of } = await run([
      check('control', 'fail'),
      check('probe', 'fail', { positiveControl: 'control' }),
    ]);
    expect(of('probe')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'not judged: prerequisite control did not pass: control came to fail',
      because: 'control',
    });
  });

  test('of the same phase counts alone', async () => {
    const { of } = await run([
      check('control', 'pass', { name: 'running', phase: 'running' }),
      check('control', 'fail', { name: 'queued', phase: 'queued' }),
      check('probe', 'pass', { name: 'running', phase: 'running', positiveControl: 'control' }),
      check('probe', 'pass', { name: 'queued', phase: 'queued', positiveControl: 'control' }),
      check('probe', 'pass', { name: 'failed', phase: 'failed', positiveControl: 'control' }),
    ]);
    expect(['running', 'queued', 'failed'].map((name) => of('probe', name)?.verdict)).toEqual([
      'pass',
      'inconclusive',
      'inconclusive', // a phase that the control has no row for stands on all of its rows
    ]);
  });

  test('passes where one of its rows passes and the others are out of reach', async () => {
    const { of } = await run([
      check('control', 'skip', { name: 'a' }),
      check('control', 'pass', { name: 'b' }),
      check('probe', 'pass', { positiveControl: 'control' }),
    ]);
    expect(of('probe')?.verdict).toBe('pass');
  });

  test('that has one of its own stands on that too', async () => {
    const { of } = await run([
      check('ground', 'fail'),
      check('control', 'pass', { positiveControl: 'ground' }),
      check('probe', 'pass', { positiveControl: 'control' }),
    ]);
    expect([of('control')?.because, of('probe')?.because]).toEqual(['ground', 'control']);
  });

  test('comes along with a selection, once, in the order of the book', () => {
    const book = Map.groupBy(
      [
        check('ground', 'pass'),
        check('other', 'pass'),
        check('control', 'pass', { positiveControl: 'ground' }),
        check('probe', 'pass', { positiveControl: 'control' }),
        check('second', 'pass', { positiveControl: 'control' }),
      ],
      ({ clause }) => clause,
    );
    expect(withControls(['second', 'probe'], book)).toEqual(['ground', 'control', 'probe', 'second']);
  });
});

describe('a clause that must only not be broken', () => {
  test.each<{ other: Verdict; verdict: Verdict }>([
    { other: 'pass', verdict: 'pass' },
    { other: 'skip', verdict: 'pass' },
    { other: 'inconclusive', verdict: 'pass' },
    { other: 'fail', verdict: 'inconclusive' },
  ])('and comes to $other leaves $verdict', async ({ other, verdict }) => {
    const { of } = await run([check('other', other), check('probe', 'pass', { dependsOn: ['other'] })]);
    expect(of('probe')?.verdict).toBe(verdict);
    expect(of('probe')?.because).toBe(verdict === 'pass' ? undefined : 'other');
  });

  test('and came to nothing because of another such clause takes the proof away too', async () => {
    const blaming = (because: string) =>
      check('other', async () => [finding('inconclusive', 'no telling', [], { because })]);
    const both = { dependsOn: ['third', 'other'] };
    const checks = (because: string) => [
      check('third', 'pass'),
      blaming(because),
      check('probe', 'fail', both),
    ];
    const explained = await run(checks('third'));
    expect(explained.of('probe')).toMatchObject({ verdict: 'inconclusive', because: 'other' });
    const unexplained = await run(checks('a clause that the probe does not name'));
    expect(unexplained.of('probe')).toMatchObject({ verdict: 'fail' });
  });

  test('and is not part of the run counts for nothing', async () => {
    const { of, records } = await run(
      [check('other', 'fail'), check('probe', 'pass', { dependsOn: ['other', 'nowhere'] })],
      { selection: ['probe'] },
    );
    expect([of('probe')?.verdict, records.length]).toEqual(['pass', 1]);
  });
});

describe('a check whose clause one cause breaks together with another', () => {
  const seeing =
    (seen: string, verdict: 'fail' | 'pass' = 'fail') =>
    async () => [finding(verdict, `answered ${seen}`, [], { seen })];
  const named = (name: string, seen: string, verdict?: 'pass') =>
    check('other', seeing(seen, verdict), { name });

  test('is that same fault where every row of the other failed on the very answer', async () => {
    const probe = check('probe', seeing('404'), { sameFaultAs: 'other' });
    const { of } = await run([named('a', '404'), named('b', '404'), probe]);
    expect(of('probe')).toMatchObject({ verdict: 'inconclusive', because: 'other' });
  });

  test.each([
    { why: 'it saw another answer', others: [named('a', '404'), named('b', '404')], seen: '400' },
    { why: 'a row of the other passed', others: [named('a', '404'), named('b', '200', 'pass')], seen: '404' },
    { why: 'the other was not run', others: [], seen: '404' },
  ])('stays a fault of its own where $why', async ({ others, seen }) => {
    const { of } = await run([...others, check('probe', seeing(seen), { sameFaultAs: 'other' })]);
    expect(of('probe')).toMatchObject({ verdict: 'fail' });
  });

  test('passes, whatever the other came to', async () => {
    const probe = check('probe', seeing('404', 'pass'), { sameFaultAs: 'other' });
    const { of } = await run([named('a', '404'), probe]);
    expect(of('probe')).toMatchObject({ verdict: 'pass' });
  });
});

test('checks that come first or last go one by one, the others of a moment together', async () => {
  const order: string[] = [];
  const noted =
    (name: string): Check['run'] =>
    async ({ wait }) => {
      order.push(`${name} begins`);
      await wait(1000, 'a test');
      order.push(`${name} ends`);
      return [];
    };
  const moments = ['last', 'between', 'first', 'empty'] as const;
  const checks = moments.flatMap((moment) =>
    [1, 2].map((number) => check(`${moment} ${number}`, noted(`${moment} ${number}`), { moment })),
  );
  await run(checks);
  const oneByOne = (moment: string) =>
    [1, 2].flatMap((number) => [`${moment} ${number} begins`, `${moment} ${number} ends`]);
  const together = (moment: string) =>
    ['begins', 'ends'].flatMap((what) => [1, 2].map((number) => `${moment} ${number} ${what}`));
  const inEitherOrder = order.map((_, at) => order.slice(at & ~1, (at & ~1) + 2).sort()[at & 1]);
  expect(inEitherOrder).toEqual([
    ...together('empty'),
    ...oneByOne('first'),
    ...together('between'),
    ...oneByOne('last'),
  ]);
});

test('what waits for an expiry begins before the others, and then what lets time pass', async () => {
  const plain = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((clause) => check(clause, 'pass'));
  const { events } = await run([
    ...plain,
    check('watches', 'pass', { letsTimePass: true }),
    check('waits', 'pass', { way: 'waiting' }),
  ]);
  const begun = events.flatMap((event) => (event.type === 'begun' ? [event.clause] : []));
  expect(begun.slice(0, 2)).toEqual(['waits', 'watches']);
});

test('the others begin in the order that the seed draws, and it changes no verdict', async () => {
  const checks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((clause, index) =>
    check(clause, index % 2 ? 'pass' : 'skip'),
  );
  const begun = async (seed: number) => {
    const { events, of } = await run(checks, { seed });
    return {
      order: events.flatMap((event) => (event.type === 'begun' ? [event.clause] : [])).join(''),
      verdicts: checks.map(({ clause }) => of(clause)?.verdict),
    };
  };
  const [one, again, two] = [await begun(1), await begun(1), await begun(2)];
  expect(one).toEqual(again);
  expect(one.order).not.toBe(two.order);
  expect(one.verdicts).toEqual(two.verdicts);
});

describe('a check that throws', () => {
  const thrown = (error: unknown) =>
    run([
      check('breaks', async ({ provision }) => {
        await provision('running');
        throw error;
      }),
      check('after', async ({ send }) => [finding('pass', 'x', await send(read({ id: '7' })))], {
        moment: 'last',
      }),
    ]);

  test.each([
    { error: new Unreachable('no such phase'), verdict: 'skip', reason: 'no such phase' },
    { error: new LostRace('it had gone'), verdict: 'inconclusive', reason: 'it had gone (tried 7 times)' },
  ])('$error.constructor.name is $verdict, and the run goes on', async ({ error, verdict, reason }) => {
    const { of, events } = await thrown(error);
    expect(of('breaks')).toMatchObject({ verdict, reason });
    expect(of('after')?.verdict).toBe('pass');
    expect(events.filter(({ type }) => type === 'cut-short')).toEqual([]);
  });

  test.each([
    { error: new TypeError('x is not a function'), words: 'x is not a function' },
    { error: 'a mere text', words: 'a mere text' },
  ])('$words: a fault of ours cuts the run short', async ({ error, words }) => {
    const { of, events } = await thrown(error);
    expect(of('breaks')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the program itself failed in this check',
    });
    expect(events.filter(({ type }) => type === 'cut-short')).toMatchObject([
      { fault: 'harness', reason: expect.stringContaining(words) },
    ]);
    expect(of('after')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the run was cut short before this check was done',
    });
  });

  test.each([
    { why: 'nothing', does: async () => [] },
    { why: 'a fault of ours', does: () => Promise.reject(new TypeError('ours')) },
    { why: 'a race', does: () => Promise.reject(new LostRace('it had gone', { byChance: false })) },
  ])('gives its tasks back: $why', async ({ does }) => {
    const provisioner = provisionerOf();
    const { moves: _, ...withoutMoves } = provisioner;
    await run(
      [
        check('a', async ({ provision }: CheckContext) => {
          await provision('running');
          await provision('queued');
          return does();
        }),
      ],
      { provisioner: withoutMoves },
    );
    expect(provisioner.done).toEqual(['make 1 running', 'make 2 queued', 'remove 1', 'remove 2']);
  });
});

describe('a check that the network took away', () => {
  /** A check whose first answers are lost, then one that is as it came. */
  async function losing(losses: number, then: Verdict = 'pass', more: Partial<Check> = {}) {
    let asked = 0;
    const environment = worldOf(() => (++asked > losses ? {} : lost));
    const one = check(
      'lossy',
      async ({ send }) => {
        const answer = await send(read({ id: '7' }));
        return [judgeLost(answer) ?? finding(then, `it came to ${then}`, answer)];
      },
      more,
    );
    const { of } = await run([one, check('stands', 'pass', { positiveControl: 'lossy' })], { environment });
    return { environment, record: of('lossy'), standing: of('stands') };
  }

  test.each<{ losses: number; verdict: Verdict; tries: number }>([
    { losses: 0, verdict: 'pass', tries: 1 },
    { losses: 1, verdict: 'pass', tries: 2 },
    { losses: 3, verdict: 'pass', tries: 4 },
    { losses: 9, verdict: 'inconclusive', tries: 7 },
    { losses: 2, verdict: 'fail', tries: 3 },
    { losses: 0, verdict: 'fail', tries: 1 },
    { losses: 0, verdict: 'skip', tries: 1 },
    { losses: 0, verdict: 'observed', tries: 1 },
  ])(
    '$losses times is tried $tries times in all, and comes to $verdict',
    async ({ losses, verdict, tries }) => {
      const { environment, record } = await losing(losses, verdict);
      expect(record?.verdict).toBe(verdict);
      expect(environment.sent).toHaveLength(tries);
    },
  );

  test.each(['first', 'between', 'last'] as const)(
    'is tried again, also as one of the %s',
    async (moment) => {
      const { record } = await losing(1, 'pass', { moment });
      expect(record?.verdict).toBe('pass');
    },
  );

  test('says so, and shows what was lost', async () => {
    const { record } = await losing(2);
    expect(record?.reason).toBe(
      'it came to pass (2 of 3 tries were lost: GET /v1/crdb_tasks/7: read ECONNRESET)',
    );
    expect(record?.exchanges).toHaveLength(3);
  });

  test('says how often it was tried where it never came to anything', async () => {
    const { record } = await losing(9);
    expect(record?.reason).toBe('GET /v1/crdb_tasks/7: read ECONNRESET (tried 7 times)');
  });

  test('is waited for by what stands on it', async () => {
    expect((await losing(2)).standing?.verdict).toBe('pass');
    expect((await losing(9)).standing).toMatchObject({ verdict: 'inconclusive', because: 'lossy' });
  });

  test.each<{ losses: number; own: Verdict; verdict: Verdict; why: string }>([
    { losses: 9, own: 'fail', verdict: 'inconclusive', why: 'the fault may be the other clause’s' },
    { losses: 9, own: 'pass', verdict: 'pass', why: 'a proof that it is right needs no other' },
    { losses: 2, own: 'fail', verdict: 'fail', why: 'the other one is not broken' },
  ])('takes no blame from others: after $losses losses $own comes to $verdict, for $why', async (row) => {
    let asked = 0;
    const environment = worldOf(() => (++asked > row.losses ? {} : lost));
    const lossy = check('lossy', async ({ send }) => {
      const answer = await send(read({ id: '7' }));
      return [judgeLost(answer) ?? finding('pass', 'fine', answer)];
    });
    const { of } = await run([lossy, check('after', row.own, { dependsOn: ['lossy'] })], { environment });
    expect(of('after')?.verdict).toBe(row.verdict);
  });

  test('takes no blame that a doubt lays on a third clause', async () => {
    const environment = worldOf(({ path }) => (path.endsWith('/7') ? lost : { status: 404 }));
    const lossy = check('lossy', async ({ send }) => [
      judgeLost(await send(read({ id: '7' }))) ?? finding('pass', 'fine', []),
    ]);
    const blaming = check(
      'blaming',
      async ({ send }) => [
        finding('inconclusive', 'not found', await send(read({ id: '8' })), {
          because: 'third',
          attributedTo: 'third',
        }),
      ],
      { dependsOn: ['lossy'] },
    );
    const { records } = await run([lossy, blaming], { environment, provisioner: provisionerOf() });
    expect(records.filter(({ clause }) => clause === 'third')).toEqual([]);
  });

  test('takes no blame from what stands on it by another clause', async () => {
    const environment = worldOf(() => lost);
    const lossy = check('lossy', async ({ send }) => [
      judgeLost(await send(read({ id: '7' }))) ?? finding('pass', 'fine', []),
    ]);
    const between = check('between', 'fail', { dependsOn: ['lossy'] });
    const { of } = await run([lossy, between, check('after', 'fail', { dependsOn: ['between'] })], {
      environment,
    });
    expect(of('between')).toMatchObject({ verdict: 'inconclusive', because: 'lossy' });
    expect(of('after')).toMatchObject({ verdict: 'inconclusive', because: 'between' });
  });

  test('is not tried again and again where every try costs all patience', async () => {
    let tries = 0;
    const hanging = check('hanging', async ({ send }) => {
      tries++;
      const answer = { ...(await send(read({ id: '7' }))), receivedAt: 11_000 };
      return [judgeLost(answer) ?? finding('pass', 'fine', answer)];
    });
    await run([hanging], { environment: worldOf(() => ({ lost: 'no answer within 10 s' })) });
    expect(tries).toBe(2);
  });

  test('is tried again on tasks of its own, after a pause', async () => {
    const { environment } = await losing(9);
    expect(environment.sent.map(({ sentFor }) => sentFor)).toEqual([
      'lossy (once)',
      ...[2, 3, 4, 5, 6, 7].map((serial) => `lossy (once), try ${serial}`),
    ]);
    expect(environment.now().latestMs).toBeGreaterThanOrEqual(19_000);
  });

  test('is not tried again for the fault of a clause', async () => {
    let tries = 0;
    const broken = check('broken', async () => {
      tries++;
      return [finding('inconclusive', 'no task to be seen', [], { because: 'read.schema' })];
    });
    await run([broken]);
    expect(tries).toBe(1);
  });

  test('passes nothing that it never sent', async () => {
    const careless = check('careless', async ({ send }) => {
      await send(read({ id: '7' }));
      return [finding('pass', 'nothing happened', [])];
    });
    const { of } = await run([careless], { environment: worldOf(() => lost) });
    expect(of('careless')?.verdict).toBe('inconclusive');
  });
});

describe('tasks whose removal was lost', () => {
  const removing = async (answers: readonly Removal[], moment: Check['moment'] = 'between') => {
    const asked: number[] = [];
    const environment = worldOf();
    const { moves: _, ...motionless } = provisionerOf();
    const provisioner: Provisioner = {
      ...motionless,
      async remove() {
        asked.push(environment.now().earliestMs);
        return answers[asked.length - 1] ?? 'gone';
      },
    };
    const making = check(
      'making',
      async ({ provision }) => {
        await provision('running');
        return [finding('pass', 'made', [])];
      },
      { moment },
    );
    const emptied = check('emptied', async ({ removed }) => [finding('pass', [...removed].join(), [])], {
      moment: 'last',
    });
    const { of } = await run([making, emptied], { environment, provisioner });
    return { asked, removed: of('emptied')?.reason };
  };

  test('are removed before the last checks', async () => {
    expect(await removing(['lost', 'lost', 'gone'])).toEqual({ asked: [0, 0, 1000], removed: '1' });
  });

  test('are removed after the last checks, where one of these made them', async () => {
    expect((await removing(['lost', 'gone'], 'last')).asked).toEqual([0, 0]);
  });

  test('are given up after a while', async () => {
    expect((await removing(Array.from({ length: 9 }, () => 'lost' as const))).asked).toEqual([
      0, 0, 1000, 3000, 7000, 11_000, 15_000, 19_000,
    ]);
  });

  test('are asked for once where the target would not', async () => {
    expect((await removing(['not'])).asked).toEqual([0]);
  });
});

describe('a run that is cut short', () => {
  const waiting = (clause: string) =>
    check(clause, async ({ wait, send }) => {
      await wait(1000, 'a test');
      return [finding('pass', 'x', await send(read({ id: '7' })))];
    });
  const checks = [
    waiting('a'),
    waiting('b'),
    { ...waiting('c'), moment: 'last' as const },
    check('d', 'pass'),
  ];

  test('has a record of every check, sends nothing more, and says why once', async () => {
    const environment = worldOf();
    const { records, events, of } = await run(checks, {
      environment,
      during: (runner, { type }) => {
        if (type !== 'waiting') return;
        runner.cutShort('interrupted', 'interrupted');
        runner.cutShort('again', 'time');
      },
    });
    expect(records).toHaveLength(4);
    expect(of('d')?.verdict).toBe('pass'); // what is done stays
    expect(['a', 'b', 'c'].map((clause) => of(clause)?.verdict)).toEqual(Array(3).fill('inconclusive'));
    expect(environment.sent).toEqual([]);
    expect(events.filter(({ type }) => type === 'cut-short')).toEqual([
      { type: 'cut-short', reason: 'interrupted', fault: 'interrupted' },
    ]);
    expect(events.at(-1)).toEqual({ type: 'end' });
  });
});

describe('the level of a clause', () => {
  test.each<{ level: Level; found: Verdict; verdict: Verdict }>([
    { level: 'must', found: 'fail', verdict: 'fail' },
    { level: 'should', found: 'fail', verdict: 'warn' },
    { level: 'may', found: 'fail', verdict: 'observed' },
    { level: 'may', found: 'pass', verdict: 'observed' },
    { level: 'should', found: 'pass', verdict: 'pass' },
    { level: 'should', found: 'inconclusive', verdict: 'inconclusive' },
  ])('$level: $found is $verdict', async ({ level, found, verdict }) => {
    const { of } = await run([check('a', found)], { levels: { a: level } });
    expect(of('a')?.verdict).toBe(verdict);
  });

  test('lowers nothing for what stands on it: a broken should is a broken control', async () => {
    const { of } = await run([check('a', 'fail'), check('b', 'pass', { positiveControl: 'a' })], {
      levels: { a: 'should', b: 'must' },
    });
    expect([of('a')?.verdict, of('b')?.verdict]).toEqual(['warn', 'inconclusive']);
  });
});

describe('the records', () => {
  test('say how many there will be, before any check begins', async () => {
    const { events } = await run([check('a', 'pass'), check('b', 'pass')]);
    expect(events[0]).toEqual({ type: 'planned', checks: 2, everyExchange: 0 });
  });

  test('a check that found nothing looked at nothing', async () => {
    const { of } = await run([check('a', async () => [])]);
    expect(of('a')).toMatchObject({ verdict: 'skip', reason: 'nothing was looked at' });
  });

  test('the worst finding decides, and all exchanges are named once', async () => {
    const [one, two] = [readOf(), readOf()];
    const { of } = await run([
      check('a', async () => [
        finding('pass', 'good', [one, two]),
        finding('fail', 'bad', one, { seen: 'x' }),
      ]),
    ]);
    expect(of('a')).toMatchObject({ verdict: 'fail', reason: 'bad', seen: 'x', exchanges: [one.id, two.id] });
  });

  test('what a check sends is judged by the structural clauses, and named where it is wrong', async () => {
    const environment = worldOf(() => ({ status: 500 }));
    const { of } = await run(
      [check('a', async ({ send }) => [await send(read({ id: '7' }))].map(() => finding('pass', 'x', [])))],
      { environment, levels: { 'read.statuses': 'must' } },
    );
    expect(of('read.statuses', 'seen in a (once)')).toMatchObject({ verdict: 'fail', seen: '500' });
  });
});
