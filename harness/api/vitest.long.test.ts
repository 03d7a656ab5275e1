/** Clauses as tests of a vendor's own vitest, which runs in a process of its own as theirs would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeRoot, pathOf } from '../model/package.ts';

const scratch = mkdtempSync(join(tmpdir(), 'crdb-conformance-vendor-'));
const vitest = pathOf(new URL('node_modules/vitest/vitest.mjs', codeRoot));

const fixtures = pathOf(new URL('harness/testing/api/', codeRoot));
const config = join(scratch, 'config.mjs');
writeFileSync(
  config,
  "export default { test: { include: ['vendor.ts'], experimental: { viteModuleRunner: false, nodeLoader: false } } };",
);

interface Told {
  readonly code: number | null;
  readonly said: string;
  /** By `describe > clause`: the result, and what was said of a failure. */
  readonly tests: ReadonlyMap<string, { readonly status: string; readonly words: string }>;
  /** Where the run of `good` was to leave its reports. */
  readonly out: string;
}

async function vendorsRun(name: string, ...args: readonly string[]): Promise<Told> {
  const json = join(scratch, `${name}.json`);
  const out = join(scratch, name);
  const child = spawn(
    process.execPath,
    [
      vitest,
      'run',
      `--config=${config}`,
      `--root=${fixtures}`,
      '--reporter=verbose',
      '--reporter=json',
      `--outputFile=${json}`,
      ...args,
    ],
    {
      cwd: fixtures,
      env: { PATH: process.env.PATH, NO_COLOR: '1', OUT: out },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  const { testResults } = JSON.parse(readFileSync(json, 'utf8'));
  const tests = testResults.flatMap((file: { assertionResults: Assertion[] }) =>
    file.assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => [
      `${ancestorTitles[0]} > ${title.split(':')[0]}`,
      { status, words: failureMessages.join('\n') },
    ]),
  );
  return { code, said, tests: new Map(tests), out };
}

/** Of vitest's JSON. */
interface Assertion {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

describe('a whole run', () => {
  let told: Told;
  beforeAll(async () => {
    told = await vendorsRun('whole');
  });
  const results = (name: string) =>
    Object.fromEntries(
      [...told.tests]
        .filter(([title]) => title.startsWith(`${name} >`))
        .map(([title, { status }]) => [title.slice(name.length + 3), status]),
    );
  const whole = 'the run is whole, and proves something';
  const refused = 'cancel.commit-phase.refused';

  test('a test for each clause, its controls too, and one for the run: on a good target they pass', () => {
    expect(results('good')).toEqual({
      [whole]: 'passed',
      [refused]: 'passed',
      'cancel.running.accepted': 'passed',
      'read.status.200': 'passed',
      'read.status.404': 'passed',
    });
  });

  test('a broken clause fails its test alone, with the proof', () => {
    const { [refused]: broken, ...others } = results('bad');
    expect([broken, new Set(Object.values(others))]).toEqual(['failed', new Set(['passed'])]);
    const words = told.tests.get(`bad > ${refused}`)?.words;
    expect(words).toMatch(
      /^POST \/v1\/crdb_tasks\/\S+\/actions\/cancel(\?force=false)? answered 200, expected 406\n/,
    );
    expect(words).toContain('curl -isSg');
    expect(words).not.toMatch(/^ +at /m);
  });

  test('what is out of reach is skipped with the reason, and the exit code is reported by requireComplete', () => {
    expect(results('lax')).toMatchObject({
      [refused]: 'skipped',
      'list.status.200': 'passed',
      [whole]: 'passed',
    });
    expect(told.said).toMatch(/lax > cancel\.commit-phase\.refused.*\[none: .*\]/);
    expect(results('complete')).toMatchObject({
      [refused]: 'failed',
      'list.status.200': 'passed',
      [whole]: 'passed',
    });
  });

  test('a target that is not there is one failure in two lines', () => {
    const { [whole]: first, ...others } = results('absent');
    expect([first, new Set(Object.values(others))]).toEqual(['failed', new Set(['skipped'])]);
    expect(told.tests.get(`absent > ${whole}`)?.words).toMatch(
      /^http:\/\/127\.0\.0\.1:9 can’t be tested: nothing listens there .*\nStart the target, or correct --target\.$/,
    );
  });

  test('vitest fails, and reports are where they were asked for', () => {
    expect(told.code).toBe(1);
    expect(existsSync(join(told.out, 'report.html'))).toBe(true);
  });
});

test('a run that is not whole fails a test, also where the filter leaves out the one of the run', async () => {
  const told = await vendorsRun('hurried', '-t', 'hurried.+list.status.200');
  const failed = [...told.tests].filter(([, { status }]) => status === 'failed');
  expect(failed).toEqual([
    ['hurried > list.status.200', { status: 'failed', words: expect.stringContaining('cut short') }],
  ]);
});

test("vitest's own filter runs only what is left, with the controls", async () => {
  const told = await vendorsRun('filtered', '-t', 'good.+read.status.404');
  expect(told.code).toBe(0);
  const passed = [...told.tests].filter(([, { status }]) => status === 'passed').map(([title]) => title);
  expect(passed).toEqual(['good > read.status.404']);
  const { clauses, run } = JSON.parse(readFileSync(join(told.out, 'report.json'), 'utf8'));
  expect(run.settings.selection).toBe('read.status.404');
  expect(clauses.map(({ id }: { id: string }) => id)).not.toContain('cancel.commit-phase.refused');
});
