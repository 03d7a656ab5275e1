import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import type { Report } from '../model/report.ts';
import { calledIn } from '../testing/cli/called.ts';
import { testedCluster } from '../testing/cli/clusters.ts';
import { expectSaid, reportIn, scratch } from '../testing/cli/program.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { expectations } from './expectations.ts';

const clause = 'cancel.commit-phase.refused';
const entry = `- clause: ${clause}\n  fingerprint: "cancel: expected 406, seen 200"\n`;
let faulty: Report;
let correct: Report;
beforeAll(async () => {
  faulty = await simulated({ mutant: 'cancels-in-commit', clauses: [clause] });
  correct = await simulated({ clauses: [clause] });
});

/** A report in a folder, as a run leaves it. */
function written(report: Report, folder = freshFolder()): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  return folder;
}
const named = (report: Report, name: string): Report => ({ ...report, target: { ...report.target, name } });

/** What the command writes and says. */
function updated(places: readonly string[], before?: string) {
  const file = join(freshFolder(), 'e.yaml');
  if (before !== undefined) writeFileSync(file, before);
  const io = listeningTerminal();
  expect(expectations(places, { file }, io)).toBe(0);
  return { text: readFileSync(file, 'utf8'), out: io.said.out.replace(file, 'FILE'), err: io.said.err };
}

test('what failed is added, from a folder or a file', () => {
  const folder = written(faulty);
  for (const place of [folder, join(folder, 'report.json')]) {
    const { text, out } = updated([place]);
    expect(text).toContain(entry);
    expect(out).toBe('FILE: 1 added, 0 deleted.\n');
  }
});

test('what is in the file stays as it is, and what passes again is deleted', () => {
  const known = `# why\n${entry}  reason: known\n`;
  expect(updated([written(faulty)], known)).toMatchObject({
    text: known,
    out: 'FILE: 0 added, 0 deleted.\n',
  });
  const { text, out } = updated(
    [written(correct)],
    `${known}- {clause: list.empty, fingerprint: x, reason: y}\n`,
  );
  expect([text.includes(clause), text.includes('list.empty')]).toEqual([false, true]);
  expect(out).toBe('FILE: 0 added, 1 deleted.\n');
});

test('of several targets each entry names its own; the same failure twice is one entry', () => {
  const [a, b] = ['a', 'b'].map((name) => written(named(faulty, name)));
  if (a === undefined || b === undefined) throw new RangeError('two folders');
  expect(updated([a, a]).out).toBe('FILE: 1 added, 0 deleted.\n');
  const { text } = updated([a, b]);
  expect(text.match(/target: \w/g)).toEqual(['target: a', 'target: b']);
});

test('a run that was cut short changes nothing', () => {
  const short = { ...faulty, run: { ...faulty.run, cutShort: 'interrupted' } };
  const known = '- {clause: list.empty, fingerprint: x, reason: y}\n';
  const { text, err } = updated([written(short)], known);
  expect([text, err]).toEqual([known, expect.stringContaining('was cut short')]);
});

test.each([
  { place: 'nowhere.json', says: 'nowhere.json does not exist' },
  { place: scratch, says: 'report.json does not exist' },
])('$place is refused', ({ place, says }) =>
  expect(() => updated([place])).toThrow(expect.objectContaining({ message: expect.stringContaining(says) })),
);

test('a file that is not valid is refused, and not changed', () => {
  const file = join(freshFolder(), 'e.yaml');
  writeFileSync(file, '- clause: list.nonsense\n  fingerprint: x\n  reason: y\n');
  expect(() => expectations([written(faulty)], { file }, listeningTerminal())).toThrow(
    'there is no clause list.nonsense: delete lines 1 to 3.',
  );
});

test('a gate is green over known failures, and red again when they pass', async () => {
  const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: 'a-password' };
  const login = { user: env.CRDB_USER, password: env.CRDB_PASSWORD };
  await using wrong = await testedCluster({ ...login, mutant: 'cancels-in-commit' });
  await using right = await testedCluster(login);
  const cwd = freshFolder();
  const gate = (url: string, ...more: readonly string[]) =>
    calledIn(cwd, ['run', '--target', url, '--clause', clause, ...more], { env });

  expectSaid(await gate(wrong.url), 1, []);
  expectSaid(await calledIn(cwd, ['expectations', 'reports/out', '--file', 'e.yaml']), 0, []);
  expect(readFileSync(join(cwd, 'e.yaml'), 'utf8')).toContain(entry);

  const known = ['--expectations', 'e.yaml'];
  const green = await gate(wrong.url, ...known, '--require-complete', '--seed', '9');
  expectSaid(green, 0, []);
  expect(green.out).toContain('Known failures: 1');
  const report = reportIn(cwd);
  expect(validateReport(report)).toEqual([]);
  expect(report.verdict).toBe('non-conformant');
  expect(readFileSync(join(cwd, 'reports/out/junit.xml'), 'utf8')).not.toContain('<failure');

  const passes = await gate(right.url, ...known);
  expectSaid(passes, 1, []);
  expect(passes.out).toMatch(new RegExp(`e\\.yaml: ${clause} passes again: delete lines \\d+ to \\d+`));
});
