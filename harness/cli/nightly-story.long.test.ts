/**
 * Fourteen nights of one target, in simulated time: a flake in night 4, a version of the target that breaks a clause from
 * night 9 on, and in night 11 suites that ask more. What the history tells of them is held to the word.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readHistory } from '../../reports/history/database.ts';
import { keptReport, pastRun, sinceWhen } from '../../reports/history/runs.ts';
import { sinceText } from '../../reports/history/text.ts';
import { journalSchema, type Report } from '../model/report.ts';
import { phases } from '../model/task.ts';
import { mutants } from '../reference/mutants.ts';
import { judgedBy, loadContract, reportedContract } from '../run/contract.ts';
import { reportOf as reportFrom } from '../run/report.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { buildSite, compare, history } from './history.ts';
import { memoryOf } from './memory.ts';
import type { Terminal } from './terminal.ts';

const folder = freshFolder();
const file = join(folder, 'nights.db');
const site = join(folder, 'site');
/** The commit phase shows as `queued`: that breaks two clauses, and the second is not asked before night 11. */
const regression = { from: 9, mutant: 'committing-as-queued', breaks: 'status.started' };
const suiteChange = { from: 11, adds: 'status.forward-only' };
const flake = { night: 4, mutant: 'read-unknown-is-500', breaks: 'read.status.404' };

const mutantOf = (night: number): string | undefined => {
  if (night === flake.night) return flake.mutant;
  return night >= regression.from ? regression.mutant : undefined;
};

const nameOf = (night: number): string => `night-${String(night).padStart(2, '0')}`;

async function run(night: number): Promise<Report> {
  const contract = await loadContract();
  const { book } = contract;
  const clauses = [...book.keys()].filter((id) => night >= suiteChange.from || id !== suiteChange.adds);
  const rules = mutants.find(({ id }) => id === mutantOf(night))?.rules;
  const settings = { seed: night };
  const events = await simulate((clock) => withoutNetwork({ clock, ...(rules ? { rules } : {}) }), {
    selection: clauses,
    settings,
  });
  const judged = judgedBy(contract);
  const hashes = { ...judged.hashes, ...(night < suiteChange.from ? { suites: 'older-suites' } : {}) };
  const server = `mock/${night < regression.from ? '1.4' : '1.5'}`;
  const startedAt = new Date(Date.UTC(2026, 10, night, 3)).toISOString();
  return reportFrom({
    started: {
      type: 'started',
      schema: journalSchema,
      target: { name: 'mock', url: 'http://mock.example', server, ...provided },
      run: { id: nameOf(night), startedAt, profile: 'quick', settings: {}, ...settings, ...judged, hashes },
      clauses,
      ...reportedContract(clauses, { ...provided, allowForce: false, profile: 'quick' }, contract),
    },
    events: [...events, { type: 'closed', durationMs: 5000, accidents: [] }],
  });
}

const provided = { provisioner: 'control', capabilities: [...phases, 'age', 'cancel_failure'] };

beforeAll(async () => {
  await using memory = memoryOf({ history: file }, listeningTerminal());
  for (let night = 1; night <= 14; night++) memory.keep(await run(night));
});

const said = (command: (io: Terminal) => number): string => {
  const io = listeningTerminal();
  command(io);
  return io.said.out;
};
const compared = (one: number, other: number): string =>
  said((io) => compare(nameOf(one), nameOf(other), { history: file }, io));

test('night 9: newly broken, and the target is what changed', () => {
  const text = compared(8, 9);
  expect(text).toContain('changed  the target: server mock/1.4 → mock/1.5\n');
  expect(text).toContain(
    `New: broken now, not broken before (1)\n  ${regression.breaks} (must): pass → fail\n`,
  );
  expect(text).toContain('possible reason: the target changed; no other recorded condition did');
  expect(text).not.toContain(suiteChange.adds);
});

test('night 10: still broken, and no fault of anybody’s that was not there before', () => {
  const text = compared(9, 10);
  expect(text).toContain('changed  no recorded condition');
  expect(text).toContain(`Still broken (1)\n  ${regression.breaks} (must)`);
  expect(text).toContain('No verdict changed.');
});

test('night 11: what is newly broken was never asked before, which is the suites’ doing', () => {
  const text = compared(10, 11);
  expect(text).toContain('changed  the suites: suites older-suites → ');
  expect(text).toContain(
    `New: broken now, not broken before (1)\n  ${suiteChange.adds} (must): not judged → fail\n`,
  );
  expect(text).toContain('possible reason: the suites changed; no other recorded condition did');
  expect(text).toContain(`Still broken (1)\n  ${regression.breaks}`);
});

test('from the first night to the last the old fault may be the target’s or the suites’, the added clause only theirs', () => {
  const text = compared(1, 14);
  const why = (clause: string): string | undefined =>
    new RegExp(`${clause} \\(must\\): .* → fail\n(?: {4}.*\n)*? {4}possible reason: (.*)`).exec(text)?.[1];
  expect(why(regression.breaks)).toBe('the target and the suites changed: either may explain it');
  expect(why(suiteChange.adds)).toBe('the suites changed; no other recorded condition did');
});

test('night 4: nothing changed, so it is a flake', () => {
  expect(compared(3, 4)).toContain(
    'possible reason: no recorded condition changed: the verdict is flaky, or the target changed without a new version',
  );
  expect(compared(4, 5)).toContain(`Fixed (1)\n  ${flake.breaks} (must): fail → pass`);
});

test('at breakfast after night 12 the terminal says since when', () => {
  using opened = readHistory(file);
  const since = opened.read((db) => {
    const report = keptReport(db, nameOf(12));
    if (!report) throw new Error('night 12 was not kept');
    const { startedMs } = pastRun(report);
    return [...sinceWhen(db, pastRun(report))].map(([id, found]) => [id, sinceText(found, startedMs)]);
  });
  expect(Object.fromEntries(since)).toEqual({
    [regression.breaks]: 'since run night-09, 3 days ago',
    [suiteChange.adds]: 'since run night-11, 1 day ago',
  });
});

test('history tells the nights on which something changed', () => {
  const lines = said((io) => history({ history: file, last: 20 }, io)).split('\n');
  const news = lines.filter((line) => line.includes(';')).map((line) => line.trim());
  expect(news).toEqual([
    'run night-11; 1 new, other suites',
    'run night-09; 1 new, other target',
    'run night-05; 1 fixed',
    'run night-04; 1 new',
  ]);
});

test('the site tells the same story, with a page for each night', () => {
  said((io) => buildSite({ history: file, out: site, last: 60 }, io));
  const page = readFileSync(join(site, 'targets/mock.html'), 'utf8');
  const told = page
    .slice(page.indexOf('What changed'), page.indexOf('Clauses that'))
    .replaceAll(/<br>/g, ' ')
    .replaceAll(/<[^>]*>/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  expect(told.filter((line) => /^2026-/.test(line)).map((line) => line.slice(0, 32))).toEqual([
    '2026-11-11 03:00 non-conformant:',
    '2026-11-09 03:00 non-conformant:',
    '2026-11-05 03:00 conformant: all',
    '2026-11-04 03:00 non-conformant:',
    '2026-11-01 03:00 conformant: all',
  ]);
  expect(told).toContain('changed: the target: server mock/1.4 → mock/1.5');
  expect(told.find((line) => line.startsWith(`new: ${regression.breaks}`))).toContain('the target changed');
  expect(told.find((line) => line.startsWith(`new: ${suiteChange.adds}`))).toContain('the suites changed');
  expect(told.find((line) => line.startsWith(`new: ${flake.breaks}`))).toContain('flaky');
  expect(readdirSync(join(site, 'runs'))).toEqual(
    Array.from({ length: 14 }, (_, row) => `${nameOf(row + 1)}.html`),
  );
  const night9 = readFileSync(join(site, 'runs/night-09.html'), 'utf8');
  expect(night9).toContain(regression.breaks);
  const index = readFileSync(join(site, 'index.html'), 'utf8');
  const marks = [...index.matchAll(/aria-label="(non-conformant|conformant), 2026-11-(\d\d)/g)];
  expect(marks.filter(([, verdict]) => verdict === 'non-conformant').map(([, , day]) => Number(day))).toEqual(
    [14, 13, 12, 11, 10, 9, 4],
  );
});
