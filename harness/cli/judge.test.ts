/** A run that was recorded, judged again by the program: nothing is sent, and nothing needs to be there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../model/report.ts';
import { calledIn } from '../testing/cli/called.ts';
import { retold } from '../testing/cli/forged.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

/** Of all clauses, and of a few. */
let whole: Report;
let report: Report;
beforeAll(async () => {
  whole = await simulated();
  report = await simulated({
    clauses: ['cancel.commit-phase.refused', 'list.media-type', 'status.finished'],
  });
});

/** Judges a report, or another text, from a file. */
async function judged(content: Report | string, ...args: readonly string[]) {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'report.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return { cwd, ...(await calledIn(cwd, ['judge', 'report.json', ...args])) };
}

const answered = (
  change: (exchange: Report['exchanges'][number]) => Report['exchanges'][number],
): Report => ({
  ...report,
  exchanges: report.exchanges.map(change),
});

test('options for recorded traffic are refused, not ignored', async () =>
  expectSaid(await judged(report, '--grace-s', '0'), 2, ['are for recorded traffic only']));

test('comes to the same verdicts, also without the target', async () => {
  const { code, out, err } = await judged(whole);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('judged again by the same suites\nsound: 84 clauses and their checks follow from ');
});

test('a folder is judged by the report in it', async () => {
  const { cwd, out } = await judged(report);
  const { code, out: again } = await calledIn(cwd, ['judge', '.']);
  expect({ code, out: again }).toEqual({ code: 0, out });
});

test('writes the same reports with --out, but for what it took', async () => {
  const { cwd } = await judged(report, '--out', 'reports/out');
  const { durationMs, ...run } = report.run;
  const again = reportIn(cwd);
  expect(again).toMatchObject({ ...report, run, clauses: expect.any(Array), tasks: expect.any(Array) });
  const checks = ({ clauses }: Report) =>
    clauses.flatMap(({ id, checks }) =>
      checks.map((check) => JSON.stringify([id, ...Object.entries(check).sort()])),
    );
  const [before, after] = [new Set(checks(report)), new Set(checks(again))];
  expect([...before].filter((check) => !after.has(check))).toEqual([]);
  expect([...after].filter((check) => !before.has(check))).toEqual([]);
  expect(readFileSync(join(cwd, 'reports/out/junit.xml'), 'utf8')).toContain('<testsuites');
});

test('says that a report does not follow from its evidence', async () => {
  const forged = answered((exchange) =>
    exchange.operation === 'cancel' && exchange.response?.status === 406
      ? { ...exchange, response: { ...exchange.response, status: 200 } }
      : exchange,
  );
  const { code, err, out } = await judged(forged);
  expect(code).toBe(1);
  expect(err).toContain('cancel.commit-phase.refused is reported as pass, but its evidence gives fail');
  expect(err).toContain('report.json is rejected: it does not follow from its own evidence.');
  expect(out).toBe('');
});

test('says which verdicts would change where the suites have', async () => {
  const older = {
    ...report,
    run: { ...report.run, hashes: { ...report.run.hashes, suites: '0'.repeat(64) } },
  };
  const { code, err, out } = await judged(retold(older, 'status.finished', 'inconclusive'));
  expect(code).toBe(0);
  expect(out).toContain('by other suites than those of the run');
  expect(out).toContain('status.finished: inconclusive → pass');
  expect(err).not.toContain('refused');
});

test('what a target said moves nothing on the terminal', async () => {
  const { err } = await judged(
    answered((exchange) =>
      exchange.operation === 'list' && exchange.response
        ? { ...exchange, response: { ...exchange.response, headers: { 'content-type': '\u001b[2Jtext' } } }
        : exchange,
    ),
  );
  expect(err).toContain('list.media-type is reported as pass, but its evidence gives fail');
  expect(err).not.toContain('\u001b');
});

describe('what a report leaves open is named, and is 4 with --require-complete', () => {
  const small = () => simulated({ clauses: ['list.media-type'], provision: 'none' });
  test.each([
    { args: [], code: 0 },
    { args: ['--require-complete'], code: 4 },
  ])('$args: $code', async ({ args, code }) => {
    const ended = await judged(await small(), ...args);
    expect(ended.code).toBe(code);
    expect(ended.out).toContain('not complete: 66 must clauses are not proven');
    expect(ended.out).toContain('\n  cancel.leaves: the run did not test it\n');
  });

  test('a complete one is 0, a broken one 1', async () => {
    expect((await judged(whole, '--require-complete')).code).toBe(0);
    expect((await judged(await simulated({ mutant: 'cancels-in-commit' }), '--require-complete')).code).toBe(
      1,
    );
  });

  test('a run that was cut short is 4, whatever it says', async () => {
    const cut = await judged({ ...report, run: { ...report.run, cutShort: 'the disk is full' } });
    expect(cut.code).toBe(4);
    expect(cut.out).toContain('the run was cut short (the disk is full)');
  });
});

describe('a file that is no report', () => {
  test.each([
    {
      what: 'is cut off',
      content: () => JSON.stringify(report).slice(0, 5000),
      words: ['is not JSON, or is incomplete'],
    },
    {
      what: 'is of another schema',
      content: () => '{"schema":"crdb-conformance/report@2"}',
      words: ['report schema 2'],
    },
    { what: 'is no object', content: () => '[1]', words: ['is not a report of this program'] },
    {
      what: 'brings a prototype along',
      content: () => JSON.stringify(report).replace('{', '{"__proto__":{"verdict":"conformant"},'),
      words: ['__proto__'],
    },
    {
      what: 'lacks its exchanges',
      content: () => JSON.stringify({ ...report, exchanges: undefined }),
      words: ['exchanges'],
    },
    {
      what: 'came by a provisioner whose tasks it does not hold',
      content: () => JSON.stringify({ ...report, target: { ...report.target, provisioner: 'fixed' } }),
      words: ['--provision fixed'],
    },
  ])('is refused in two lines: it $what', async ({ content, words }) => {
    expectSaid(await judged(content()), 2, words);
  });

  test('is refused in two lines: it is not there, or is a folder without one', async () => {
    const cwd = freshFolder();
    mkdirSync(join(cwd, 'folder'));
    expectSaid(await calledIn(cwd, ['judge', 'nothing.json']), 2, ['nothing.json can’t be read']);
    expectSaid(await calledIn(cwd, ['judge', 'folder']), 2, ['folder/report.json can’t be read']);
  });
});
