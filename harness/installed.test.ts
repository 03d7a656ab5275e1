/** The package as somebody gets it: packed, installed into an empty folder with `node@24` beside it, and run there. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docsDir, whereDocs } from '../spec/fixtures/docs-dir.ts';
import { codeRoot, pathOf, version } from './package.ts';

const checkout = pathOf(codeRoot);
const folder = mkdtempSync(join(tmpdir(), 'crdb-conformance-installed-'));
const installed = join(folder, 'node_modules/crdb-tasks-conformance');
/** What a user has: no tool of this checkout is in reach. */
const path = process.env.PATH?.split(delimiter).filter((entry) => !entry.includes('node_modules'));
const options = { env: { ...process.env, PATH: path?.join(delimiter), NO_COLOR: '1' }, timeout: 240_000 };
const execute = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

beforeAll(async () => {
  await execute('npm', ['run', 'build'], { timeout: 60_000, cwd: checkout });
  const { stdout } = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { ...options, cwd: checkout },
  );
  [packed] = JSON.parse(stdout);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }\n');
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];
  await execute('npm', ['install', ...quiet, join(folder, packed.filename), 'node@24'], {
    ...options,
    cwd: folder,
  });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('it is at most 2 MB, and no own test or sample is in it', () => {
  expect(packed.size).toBeLessThanOrEqual(2_000_000);
  const paths = packed.files.map((file) => file.path);
  expect(paths).toContain('dist/suites/cancel.suite.js');
  expect(paths.filter((file) => /\.test\.|fixtures|samples|bench|\.env|(?<!\.d)\.ts$/.test(file))).toEqual(
    [],
  );
  expect(paths.filter((file) => !/^(dist\/|package\.json$|README\.md$|LICENSE$)/.test(file))).toEqual([]);
});

test.skipIf(docsDir === undefined)(`no sentence of the official pages is in it${whereDocs}`, () => {
  const pages = ['rest-api-7.8/requests/crdb_tasks/_index.md', 'rest-api-7.8/objects/crdb_task.md'];
  const prose = pages.map((page) => readFileSync(join(docsDir ?? '', page), 'utf8')).join('\n');
  const sentences = prose.match(/[A-Z][a-z][^|<>.\n{}#`]{24,}/g) ?? [];
  expect(sentences.length).toBeGreaterThan(10);
  const shipped = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').toLowerCase())
    .join('\n');
  expect(sentences.filter((sentence) => shipped.includes(sentence.trim().toLowerCase()))).toEqual([]);
});

test('npx crdb-conformance run finds the reference cluster conformant, and its report validates', async () => {
  const { stdout } = await execute('npx', ['crdb-conformance', 'run'], { ...options, cwd: folder });
  expect(stdout).toContain('CONFORMANT');
  const report = JSON.parse(readFileSync(join(folder, 'reports/out/report.json'), 'utf8'));
  const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
  addFormats.default(ajv);
  const isReport = ajv.compile(
    JSON.parse(readFileSync(join(installed, 'dist/reports/report.schema.json'), 'utf8')),
  );
  expect(isReport(report) ? [] : isReport.errors).toEqual([]);
  expect(report).toMatchObject({ verdict: 'conformant', run: { harnessVersion: version } });
}, 60_000);

test('a Node that is too old hears so in a line, with exit code 2', async () => {
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;
  const bin = join(installed, 'dist/harness/bin.js');
  const run = execute(process.execPath, ['--import', old, bin, 'run'], { ...options, cwd: folder });
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^crdb-conformance needs Node 22\.\d+\.\d+ or newer; this is 20\.20\.2\.\n.*\n$/,
    ),
  });
});

test('its types serve a project that is strict and takes no .ts imports', async () => {
  writeFileSync(
    join(folder, 'reader.ts'),
    `import type { Report } from 'crdb-tasks-conformance/report';
export const broken = ({ summary }: Report): number => summary.must.broken;
export const verdict: Report['verdict'] = 'conformant';\n`,
  );
  const tsc = join(checkout, 'node_modules/.bin/tsc');
  const flags = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', 'reader.ts'];
  await expect(
    execute(process.execPath, [tsc, ...flags], { ...options, cwd: folder }),
  ).resolves.toMatchObject({
    stdout: '',
  });
}, 60_000);
