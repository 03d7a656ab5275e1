/** Every form of a report says the same: on reports of every kind, each read back from the form itself. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { formatIds } from '../../reports/format-ids.ts';
import { formats } from '../../reports/formats.ts';
import { evilWords } from '../../reports/samples/evil.ts';
import { reports } from '../../reports/samples/reports.ts';
import { bigReport, hostile, sampleReport } from '../../reports/samples/sample.ts';
import type { Report } from '../model/report.ts';
import { tally } from '../run/repeats.ts';
import { factsOf, readBack } from '../testing/cli/read-back.ts';
import { password, type Simulation, simulated } from '../testing/cli/simulated.ts';

vi.setConfig({ testTimeout: 60_000 }); // patience with a busy machine

const runs: readonly (Simulation & { readonly says: string })[] = [
  { says: 'the reference' },
  { says: 'one that was killed', killed: true },
  { says: 'one that only looked', provision: 'none' },
  {
    says: 'one that only looked, where completeness is asked for',
    provision: 'none',
    reported: { requireComplete: true },
  },
  { says: 'one clause', clauses: ['list.schema'] },
  { says: 'a may clause alone', clauses: ['list.queued'] },
  { says: 'a strict one', reported: { strict: true } },
  ...[
    'cancels-in-commit',
    'read-ttl-for-all',
    'mock-statuses',
    'no-challenge',
    'list-wrapped',
    'verbose-ignored',
  ].map((mutant) => ({ says: mutant, mutant })),
];

let all: readonly { readonly says: string; readonly report: Report }[];
vi.setConfig({ testTimeout: 120_000 }); // patience with a busy machine
beforeAll(async () => {
  const made: { readonly says: string; readonly report: Report }[] = [];
  for (const { says, ...simulation } of runs) made.push({ says, report: await simulated(simulation) });
  const [first, , looked] = made.map(({ report }) => report);
  if (!first || !looked) throw new Error('there is no first run');
  all = [
    ...made,
    { says: 'an unstable one', report: repeated([first, looked]) },
    ...Object.entries(reports).flatMap(([says, report]) => [
      { says: `sample ${says}`, report },
      { says: `sample ${says}, hostile`, report: hostile(report, evilWords) },
    ]),
    { says: 'one without any clause', report: sampleReport({ clauses: [] }) },
    { says: 'a big one', report: bigReport(6000) },
    { says: 'a big hostile one', report: hostile(bigReport(6000), evilWords) },
  ];
}, 120_000);

/** As the report over several runs: the last is shown. */
function repeated(made: readonly Report[]): Report {
  const counts = tally();
  for (const report of made) counts.add({ ...report, code: 1, cutShort: false });
  const repeats = counts.sum(made.length, 1);
  const shown = made.at(-1);
  if (!repeats || !shown) throw new Error('there is no run');
  return { ...shown, repeats };
}

describe('every form says the same', () => {
  test('of thirty reports or more, of every verdict', () => {
    expect(all.length).toBeGreaterThanOrEqual(30);
    expect(new Set(all.map(({ report }) => report.verdict)).size).toBe(3);
    expect(all.filter(({ report }) => report.repeats?.unstable.length).length).toBeGreaterThan(0);
  });

  test.each(formatIds)('%s', (id) => {
    for (const { says, report } of all) {
      const facts = readBack[id](formats[id].render(report));
      if (report.clauses.length > 0) expect({ says, ...facts }).toHaveProperty('verdict', report.verdict);
      expect({ says, ...factsOf(report) }).toMatchObject({ says, ...facts });
    }
  });
});

test.each(formatIds)('no credentials are in %s', (id) => {
  const basic = Buffer.from(`somebody:${password}`).toString('base64');
  for (const { says, report } of all) {
    const text = formats[id].render(report);
    expect({ says, told: text.includes(password) || text.includes(basic) }).toEqual({ says, told: false });
  }
});
