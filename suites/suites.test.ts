/** The suites themselves on trial: what they must pass, what they must not, and that register and suites agree. */
import { describe, expect, test } from 'vitest';
import { fixedProvisioner, noProvisioner } from '../harness/provision/existing-tasks.ts';
import { mutants } from '../harness/reference/mutants.ts';
import { startReference } from '../harness/reference/reference.ts';
import type { Clock } from '../harness/reference/tasks.ts';
import { variants } from '../harness/reference/variants.ts';
import { type Check, readSuites } from '../harness/run/clause.ts';
import { gather, judgeRun } from '../harness/run/report.ts';
import { type SimulatedServer, simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { nullServerKinds, startNullServer } from '../harness/testing/null-servers.ts';
import { loadRegister } from '../spec/register.ts';

const register = loadRegister();
const book = await readSuites();
const judged = (events: Awaited<ReturnType<typeof simulate>>) =>
  judgeRun(gather(events).checks, [...book.keys()], register, { strict: false });
const clausesThat = (events: Awaited<ReturnType<typeof simulate>>, ...verdicts: string[]) =>
  [...judged(events).clauseVerdicts].filter(([, verdict]) => verdicts.includes(verdict)).map(([id]) => id);

describe('register and suites', () => {
  test('every clause has a block', () => {
    expect(register.clauses.map(({ id }) => id).filter((id) => !book.get(id)?.length)).toEqual([]);
  });

  test('every block, positive control and cause names a clause', () => {
    const named = [...book.values()].flat().flatMap((check) => [check.clause, ...prerequisiteFinding(check)]);
    expect([...new Set(named)].filter((id) => !register.byId.has(id))).toEqual([]);
  });

  test('the cases of a clause have names of their own', () => {
    const twice = [...book].filter(
      ([, checks]) => new Set(checks.map(({ name }) => name)).size < checks.length,
    );
    expect(twice.map(([id]) => id)).toEqual([]);
  });

  test('no clause stands on itself, however far round', () => {
    const round = (id: string, path: readonly string[]): readonly string[] | undefined =>
      path.includes(id)
        ? [...path, id]
        : (book.get(id) ?? [])
            .flatMap(prerequisiteFinding)
            .map((other) => round(other, [...path, id]))
            .find((found) => found !== undefined);
    expect([...book.keys()].map((id) => round(id, [])).find((found) => found !== undefined)).toBeUndefined();
  });

  test.each([
    { level: 'must', atLeast: 2 },
    { level: 'should', atLeast: 1 },
  ])('every $level clause detects at least $atLeast faulty servers', ({ level, atLeast }) => {
    const convicted = (id: string) => mutants.filter(({ killedBy }) => killedBy.includes(id)).length;
    const asked = register.clauses.filter((clause) => clause.level === level);
    expect(asked.map(({ id }) => id).filter((id) => convicted(id) < atLeast)).toEqual([]);
  });
});

const prerequisiteFinding = ({ positiveControl, dependsOn }: Check): readonly string[] =>
  positiveControl === undefined ? dependsOn : [...dependsOn, positiveControl];

describe('a server that keeps the contract', () => {
  test('the reference passes every must clause, none skipped, and every should clause', async () => {
    const events = await simulate((clock) => startReference({ clock }));
    expect(judged(events).verdict).toBe('conformant');
    expect(clausesThat(events, 'fail', 'warn', 'inconclusive', 'skip')).toEqual([]);
  });

  test.each(variants)('$id is conformant: $says', async ({ rules, onTheWire }) => {
    const events = await simulate((clock) =>
      onTheWire ? startReference({ clock, rules }) : withoutNetwork({ clock, rules }),
    );
    expect(clausesThat(events, 'fail')).toEqual([]);
    // Without a guid that the provisioner names, none can be looked for.
    expect(judged(events).verdict).toBe(rules.control.namesGuid ? 'conformant' : 'incomplete');
  });
});

describe('a server whose tasks move by themselves', () => {
  /** Tasks that come, go on and expire under the eyes of a run, each at a time of its own. */
  const busy = async (clock: Clock) => {
    const server = await startReference({ clock });
    for (let index = 0; index < 40; index++) {
      const [afterMs, laterMs] = [index * 130, index * 130 + 700];
      const schedule = [
        { phase: 'committing', afterMs },
        { phase: index % 2 === 0 ? 'finished' : 'failed', afterMs: laterMs },
      ] as const;
      server.tasks.create({
        id: `q${index}`,
        phase: 'queued',
        schedule: [{ phase: 'running', afterMs }, ...schedule.slice(1)],
      });
      server.tasks.create({ id: `r${index}`, phase: 'running', schedule });
      server.tasks.create({ id: `f${index}`, phase: 'finished', resultTtlS: 1 + (index % 4) });
    }
    return server;
  };
  const ids = (letter: string) => Array.from({ length: 40 }, (_, index) => `${letter}${39 - index}`);

  test('is accused of nothing by a run that only looks', async () => {
    const events = await simulate(busy, { provisioner: noProvisioner });
    expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
    expect(clausesThat(events, 'pass')).toEqual(expect.arrayContaining(['list.status.200', 'list.schema']));
  });

  test('is accused of nothing by a run on tasks that it was given', async () => {
    const tasks = {
      queued: ids('q'),
      running: ids('r'),
      finished: ids('f'),
      failed: ['gone-1', 'gone-2', 'gone-3'],
    };
    const events = await simulate(busy, { provisioner: () => fixedProvisioner(tasks) });
    expect(events.filter(({ type }) => type === 'cut-short')).toEqual([]);
    expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
    expect(clausesThat(events, 'pass')).toEqual(expect.arrayContaining(['list.status.200', 'status.queued']));
  });
});

/** That there is a list at all, with a status and a media type: true of an empty one too. */
const saysNothingOfTasks = ['list.status.200', 'list.statuses', 'list.media-type'];

describe('a server that says nothing', () => {
  test.each(nullServerKinds.map((kind) => ({ kind })))(
    '$kind earns no pass that speaks of tasks',
    async ({ kind }) => {
      const events = await simulate(async (clock) => {
        const { url, close } = await startNullServer(kind, { clock });
        return { url, close, user: 'somebody', password: 'some password' };
      });
      expect(clausesThat(events, 'pass').filter((id) => !saysNothingOfTasks.includes(id))).toEqual([]);
    },
  );
});

test('a selection brings the clauses that it stands on, each once', async () => {
  const events = await simulate((clock) => startReference({ clock }), {
    selection: ['cancel.commit-phase.refused'],
  });
  const checks = gather(events).checks.filter(({ suite }) => suite !== 'every exchange');
  expect(checks.map(({ clause, name }) => `${clause} ${name}`).sort()).toEqual([
    'cancel.commit-phase.refused force=false',
    'cancel.commit-phase.refused force=omitted',
    'cancel.running.accepted force=false',
    'cancel.running.accepted force=omitted',
  ]);
});

/** A faithful cluster; the answer to the first cancel of a task is lost, and what comes after it is a second late. */
function losingFirstCancels(clock: Clock): SimulatedServer {
  const server = withoutNetwork({ clock, epochMs: 0 });
  const cancelled = new Set<string>();
  return {
    ...server,
    carry: (call) => {
      const answer = async () => {
        const isFirst = !cancelled.has(call.path);
        cancelled.add(call.path);
        if (!isFirst) await clock.sleep(1000);
        const answered = await server.carry?.(call).answer;
        if (isFirst || !answered) throw new Error('read ECONNRESET');
        return answered;
      };
      const isCancel = call.path.includes('/actions/cancel');
      const carried = isCancel ? { answer: answer(), abandon: () => {} } : server.carry?.(call);
      if (!carried) throw new Error('it has no carrier');
      return carried;
    },
  };
}

test('a cancel whose answer was lost may be the one of several that was accepted', async () => {
  const events = await simulate(losingFirstCancels, { selection: ['cancel.leaves'] });
  expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
  const twice = gather(events).checks.find(({ name }) => name.includes('times=2'));
  expect(twice).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('ECONNRESET') });
});
