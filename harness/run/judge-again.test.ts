import { beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../model/report.ts';
import { noProvisioner } from '../provision/existing-tasks.ts';
import { mutants } from '../reference/mutants.ts';
import type { RulesInTime } from '../reference/rules.ts';
import { type SimulationOptions, simulate, withoutNetwork } from '../simulate/simulation.ts';
import { clausesOf, differences, run, target } from '../testing/evidence-samples.ts';
import { loadContract } from './contract.ts';
import { judgeAgain, type RunEvidence } from './judge-again.ts';
import { gather } from './report.ts';

const contract = await loadContract();

/** A run, and what judging it again comes to. */
async function twice(
  rules?: RulesInTime,
  options?: SimulationOptions,
  change = (all: RunEvidence['exchanges']) => all,
) {
  const crdbs = options?.crdbs ? { crdbs: {} } : {};
  const events = await simulate(
    (clock) => withoutNetwork({ clock, ...crdbs, ...(rules ? { rules } : {}) }),
    options,
  );
  const { checks, exchanges, assignments } = gather(events);
  const evidence = {
    target: target(options?.crdbs ? 'crdbs' : options?.provisioner ? 'none' : 'control'),
    run,
    exchanges: change(exchanges),
    ...(assignments ? { assignments } : {}),
  };
  return { before: checks, after: gather(await judgeAgain(evidence, clausesOf(checks), contract)).checks };
}

describe('the same evidence comes to the same records, word for word', () => {
  test.each([
    { says: 'of the reference' },
    { says: 'of a faulty server', mutant: 'cancels-in-commit' },
    { says: 'of a server on which tasks affect each other', mutant: 'read-ttl-for-all' },
    { says: 'of a server on which one cancel cancels all, where waits are left out', mutant: 'cancels-all' },
    { says: 'of a server that refuses two cancels at once', mutant: 'running-force-omitted-is-406' },
  ])('$says', async ({ mutant }) => {
    const { before, after } = await twice(mutants.find(({ id }) => id === mutant)?.rules);
    expect(differences(before, after)).toEqual([]);
  });

  test('of single answers of an exploration', async () => {
    const rules = mutants.find(({ id }) => id === 'scheme-alone')?.rules;
    const { before, after } = await twice(rules, {
      selection: ['list.status.401'],
      settings: { exploreS: 8 },
    });
    expect(before.filter(({ verdict }) => verdict === 'fail').map(({ clause }) => clause)).toContain(
      'auth.malformed',
    );
    const bySuites = (checks: typeof before) => checks.filter(({ suite }) => suite !== 'oracle');
    expect(differences(bySuites(before), bySuites(after))).toEqual([]);
  });

  test('of a run that only reads', async () => {
    const { before, after } = await twice(undefined, { provisioner: noProvisioner });
    expect(differences(before, after)).toEqual([]);
  });

  test.each([
    { says: 'of a cluster whose tasks move by themselves' },
    { says: 'of one with a fault that shows only by repetition', mutant: 'list-without-running' },
  ])('$says', async ({ mutant }) => {
    const rules = mutants.find(({ id }) => id === mutant)?.rules;
    const { before, after } = await twice(rules, { crdbs: {} });
    expect(differences(before, after)).toEqual([]);
    expect(before.some(({ verdict }) => verdict === 'fail')).toBe(mutant !== undefined);
  });
});

describe('what is not in the evidence', () => {
  let without: Awaited<ReturnType<typeof twice>>;
  beforeAll(async () => {
    without = await twice(undefined, undefined, (all) =>
      all.filter(({ operation }) => operation !== 'cancel'),
    );
  });
  const of = (clause: string) => without.after.filter((check) => check.clause === clause);

  test('proves nothing: the checks are inconclusive, and say why', () => {
    expect(of('cancel.running.accepted')).not.toEqual([]);
    for (const check of of('cancel.running.accepted'))
      expect(check).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('not in the evidence'),
      });
    expect(without.after.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')).toEqual([]);
  });

  test('changes no check that does not depend on it', () => {
    for (const check of of('status.finished')) expect(check.verdict).toBe('pass');
  });
});

test('an answer that was changed since is judged as it now stands', async () => {
  const { after } = await twice(undefined, undefined, (all) =>
    all.map((exchange) =>
      exchange.operation === 'list' && exchange.response
        ? { ...exchange, response: { ...exchange.response, body: '{"tasks":[]}' } }
        : exchange,
    ),
  );
  expect(after.filter(({ verdict }) => verdict === 'fail').map(({ clause }) => clause)).toContain(
    'list.schema',
  );
});

test('an older record does not say which tasks the user handed over', async () => {
  const evidence = { target: target('fixed'), run, exchanges: [] };
  const judged: Promise<readonly RunEvent[]> = judgeAgain(evidence, ['list.schema'], contract);
  await expect(judged).rejects.toThrow('doesn’t hold which check was given which');
});
