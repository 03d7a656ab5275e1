/** A report is believed where it is what its evidence comes to, judged again. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../model/report.ts';
import { summarize } from '../model/verdict.ts';
import { loadContract } from '../run/contract.ts';
import { judgeReportAgain } from '../run/judge-again.ts';
import { reportOf } from '../run/report.ts';
import { retold } from '../testing/cli/forged.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { proof as compared, type Proof, unproven } from './judge.ts';
import { reportFrom } from './report-file.ts';

let good: Report;
let broken: Report;
beforeAll(async () => {
  good = await simulated();
  broken = await simulated({ mutant: 'cancels-in-commit' });
});

/** Judges a report again, and compares. */
const contract = await loadContract();
const judged = (report: Report) => judgeReportAgain(report, contract);
const proof = async (report: Report): Promise<Proof> => compared(report, reportOf(await judged(report)));

describe('somebody who makes it add up again', () => {
  const refused = 'cancel.commit-phase.refused';
  /** With the summary that follows. */
  const summed = (report: Report): Report => ({ ...report, summary: summarize(report.clauses) });
  test.each<{ what: string; forged: () => Report; why: string }>([
    {
      what: 'tells a broken clause as proven',
      forged: () => retold(broken, refused, 'pass'),
      why: `${refused} is reported as pass, but its evidence gives fail: POST `,
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
      why: 'list.schema is reported as fail, but its evidence gives pass',
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
      why: `${refused} does not have the wording of the register`,
    },
    {
      what: 'leaves a broken clause out',
      forged: () =>
        summed({
          ...broken,
          verdict: 'incomplete',
          clauses: broken.clauses.filter(({ id }) => id !== refused),
        }),
      why: `${refused} is missing, but the evidence has checks of it`,
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
      why: `${refused} is reported as pass, but its evidence gives fail`,
    },
  ])('and $what is refused', async ({ forged, why }) => {
    expect((await proof(forged())).against.filter((line) => line.includes(why))).toHaveLength(1);
  });

  test('and an honest report is believed, broken or not', async () => {
    for (const report of [good, broken]) expect(await proof(report)).toEqual({ against: [], beyond: [] });
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
    expect(unproven(good, beyond, contract.register).map(({ id }) => id)).toContain('list.schema');
  });

  test('what does not is refused as ever', async () => {
    const forged = shortened(retold(broken, 'cancel.commit-phase.refused', 'pass'));
    expect((await proof(forged)).against).toEqual([
      expect.stringContaining('cancel.commit-phase.refused is reported as pass, but its evidence gives fail'),
    ]);
  });
});

/** Each text, number and truth value in some data, with the data in which that one alone is another. */
function* changedLeaves<T>(data: T, path = ''): Generator<{ readonly path: string; readonly changed: T }> {
  if (typeof data === 'object' && data !== null) {
    for (const [key, value] of Object.entries(data))
      for (const leaf of changedLeaves(value, `${path}.${key}`)) {
        const changed = Array.isArray(data)
          ? data.with(Number(key), leaf.changed)
          : { ...data, [key]: leaf.changed };
        yield { path: leaf.path, changed: changed as T }; // one leaf differs; the shape is the same
      }
    return;
  }
  const other = typeof data === 'number' ? data + 1 : typeof data === 'boolean' ? !data : `${data}!`;
  yield { path, changed: other as T };
}

test('a report that says anything else than its evidence, in whatever place, is refused', async () => {
  const small = await simulated({ clauses: ['list.media-type'], provision: 'none' });
  const again = reportOf(await judged(small));
  const said = { verdict: small.verdict, summary: small.summary, clauses: small.clauses };
  const believed: string[] = [];
  for (const { path, changed } of changedLeaves(said)) {
    const found = reportFrom(Buffer.from(JSON.stringify({ ...small, ...changed })));
    if ('report' in found && compared(found.report, again).against.length === 0) believed.push(path);
  }
  expect(believed).toEqual([]);
  expect(compared(small, again).against).toEqual([]);
});
