/** A report is believed where it is what its evidence comes to, judged again. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Report } from '../model/report.ts';
import { summarize } from '../model/verdict.ts';
import { retold } from '../testing/cli/forged.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { proof, unproven } from './proven.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let good: Report;
let broken: Report;
beforeAll(async () => {
  good = await simulated();
  broken = await simulated({ mutant: 'cancels-in-commit' });
});

describe('somebody who makes it add up again', () => {
  const refused = 'cancel.commit-phase.refused';
  /** With the summary that follows. */
  const summed = (report: Report): Report => ({ ...report, summary: summarize(report.clauses) });
  test.each<{ what: string; forged: () => Report; why: string }>([
    {
      what: 'tells a broken clause as proven',
      forged: () => retold(broken, refused, 'pass'),
      why: `${refused} is told as pass, and its evidence comes to fail: POST `,
    },
    {
      what: 'tells a proven clause as broken',
      forged: () => {
        const [{ id = '' } = {}] = good.exchanges;
        const told = retold(good, 'list.schema', 'fail');
        return {
          ...told,
          clauses: told.clauses.map((clause) => ({
            ...clause,
            checks: clause.checks.map((check) =>
              check.verdict === 'fail' ? { ...check, exchanges: [id] } : check,
            ),
          })),
        };
      },
      why: 'list.schema is told as fail, and its evidence comes to pass',
    },
    {
      what: 'makes a must a may',
      forged: () =>
        summed({
          ...broken,
          verdict: 'incomplete',
          clauses: broken.clauses.map((clause) =>
            clause.id === refused ? { ...clause, level: 'may' } : clause,
          ),
        }),
      why: `${refused} is told otherwise than it stands in the register`,
    },
    {
      what: 'leaves a broken clause out',
      forged: () =>
        summed({
          ...broken,
          verdict: 'incomplete',
          clauses: broken.clauses.filter(({ id }) => id !== refused),
        }),
      why: `${refused} is not told, and the evidence speaks of it`,
    },
    {
      what: 'words a reason otherwise',
      forged: () => ({
        ...good,
        clauses: good.clauses.map((clause) =>
          clause.id === 'list.schema'
            ? { ...clause, checks: clause.checks.map((check) => ({ ...check, reason: 'all is well' })) }
            : clause,
        ),
      }),
      why: 'list.schema: the check "',
    },
    {
      what: 'leaves out the answers of the broken clause',
      forged: () => {
        const shown = broken.clauses
          .find(({ id }) => id === refused)
          ?.checks.flatMap((check) => check.exchanges);
        return {
          ...retold(broken, refused, 'pass'),
          exchanges: broken.exchanges.filter(({ id }) => !shown?.includes(id)),
        };
      },
      why: `${refused} is told as pass, and its evidence comes to inconclusive`,
    },
    {
      what: 'cuts the run short',
      forged: () => ({ ...good, run: { ...good.run, cutShort: 'the disk is full' } }),
      why: 'the run was cut short (the disk is full)',
    },
  ])('and $what is refused', async ({ forged, why }) => {
    expect((await proof(forged())).against.filter((line) => line.includes(why))).toHaveLength(1);
  });

  test('and an honest report is believed, broken or not', async () => {
    for (const report of [good, broken]) expect(await proof(report)).toEqual({ against: [], beyond: [] });
  });

  test('other suites are named where they may be why', async () => {
    const { run } = broken;
    const older = { ...run, harnessVersion: '0.0.9', hashes: { ...run.hashes, suites: '0'.repeat(16) } };
    const { otherSuites } = await proof({ ...retold(broken, refused, 'pass'), run: older });
    expect(otherSuites).toContain('the run was judged by other suites (harness 0.0.9, this is ');
  });
});

describe('of answers that are recorded by their beginning alone', () => {
  /** As a long run records the lists that come last. */
  const shortened = (report: Report): Report => ({
    ...report,
    exchanges: report.exchanges.map((exchange) => {
      const { operation, response } = exchange;
      if (operation !== 'list' || !response || response.body.length < 500) return exchange;
      const kept = { bytes: response.body.length, sha256: '0'.repeat(64) };
      return { ...exchange, response: { ...response, body: response.body.slice(0, 10), shortened: kept } };
    }),
  });

  test('what hangs on them is neither refused nor proven', async () => {
    const { against, beyond } = await proof(shortened(good));
    expect(against).toEqual([]);
    expect(beyond).toContainEqual({
      id: 'list.schema',
      why: expect.stringMatching(/^only the beginning of \d+ answers is recorded$/),
    });
    expect(unproven(good, beyond).map(({ id }) => id)).toContain('list.schema');
  });

  test('what does not is refused as ever', async () => {
    const forged = shortened(retold(broken, 'cancel.commit-phase.refused', 'pass'));
    expect((await proof(forged)).against).toEqual([
      expect.stringContaining('cancel.commit-phase.refused is told as pass, and its evidence comes to fail'),
    ]);
  });
});
