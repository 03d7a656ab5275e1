/** The package as somebody gets it: packed, installed into an empty folder with `node@24` beside it, and run there. */
import { execFile } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';
// By its path: under the condition `development`, which vitest sets, its exports name TypeScript that Node won't run there.
import {
  checkPackage,
  createPackageFromTarballData,
} from '../node_modules/@arethetypeswrong/core/dist/index.js';
import { shippedEditions } from '../spec/contract.ts';
import { codeRoot, pathOf, version } from './model/package.ts';
import { docsDir, whereDocs } from './testing/docs-samples.ts';

const checkout = pathOf(codeRoot);
const folder = mkdtempSync(join(tmpdir(), 'crdb-conformance-installed-'));
const installed = join(folder, 'node_modules/crdb-tasks-conformance');
/** What a user has: no tool of this checkout is in reach. */
const path = process.env.PATH?.split(delimiter).filter((entry) => !entry.includes('node_modules'));
const options = { env: { ...process.env, PATH: path?.join(delimiter), NO_COLOR: '1' } };
const execute = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;
const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];

beforeAll(async () => {
  await execute('npm', ['run', 'build'], { cwd: checkout });
  const { stdout } = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { ...options, cwd: checkout },
  );
  [packed] = JSON.parse(stdout);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }\n');
  // The vendor's vitest is not ours: the oldest that is spoken of is the farthest from it.
  const vendors = ['express', 'vitest@3.2'];
  await execute('npm', ['install', ...quiet, join(folder, packed.filename), 'node@24', ...vendors], {
    ...options,
    cwd: folder,
  });
});

test('an install without dev dependencies has at most 110 packages and 30 MB', async () => {
  const alone = join(folder, 'alone');
  mkdirSync(alone);
  writeFileSync(join(alone, 'package.json'), '{ "private": true }\n');
  await execute('npm', ['install', ...quiet, join(folder, packed.filename)], { ...options, cwd: alone });
  const modules = readdirSync(join(alone, 'node_modules'), { recursive: true, withFileTypes: true });
  const manifests = modules.filter(
    ({ name, parentPath }) => name === 'package.json' && /node_modules\/(@[^/]+\/)?[^/]+$/.test(parentPath),
  );
  const bytes = modules
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
  expect(manifests.length).toBeGreaterThan(10);
  expect(manifests.length).toBeLessThanOrEqual(110);
  expect(bytes).toBeLessThanOrEqual(30_000_000);
});

test('it is at most 2 MB, and no own test or sample is in it', () => {
  expect(packed.size).toBeLessThanOrEqual(2_000_000);
  const paths = packed.files.map((file) => file.path);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...['README.md', 'LICENSE', 'dist/suites/cancel.suite.js'],
      ...shippedEditions.flatMap((name) =>
        ['facts.json', 'openapi.yaml'].map((file) => `dist/spec/editions/${name}/${file}`),
      ),
    ]),
  );
  expect(
    paths.filter((file) => /\.test\.[jt]s|fixtures|samples|dist\/bench|\.env|(?<!\.d)\.ts$/.test(file)),
  ).toEqual([]);
  expect(
    paths.filter(
      (file) =>
        !/^(dist\/|docs\/|(package\.json|README\.md|LICENSE|CHANGELOG\.md|bench\/peers\/results\.md)$)/.test(
          file,
        ),
    ),
  ).toEqual([]);
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
});

test('publint finds nothing to say', async () => {
  const tarball = new Uint8Array(readFileSync(join(folder, packed.filename))).buffer;
  const { messages } = await publint({ pack: { tarball }, level: 'suggestion', strict: true });
  expect(messages).toEqual([]);
});

test('its types are right wherever ECMAScript modules are understood', async () => {
  const data = new Uint8Array(readFileSync(join(folder, packed.filename)));
  const result = await checkPackage(createPackageFromTarballData(data), { excludeEntrypoints: [/\.yaml$/] });
  // Older ways of looking for a module know no `exports`, or require() what is none of theirs.
  const isOld = (kind: string) => kind === 'node10' || kind === 'node16-cjs';
  const problems = result.types === false ? ['it has no types'] : result.problems;
  expect(
    problems.filter(
      (problem) =>
        !(typeof problem === 'object' && 'resolutionKind' in problem && isOld(problem.resolutionKind)),
    ),
  ).toEqual([]);
});

test("a starting point is green as it is written: the vendor's own vitest runs every clause, on a mock", async () => {
  const cwd = join(folder, 'mine');
  const { stdout } = await execute('npx', ['crdb-conformance', 'init', 'mock', '--dir', 'mine'], {
    ...options,
    cwd: folder,
  });
  expect(stdout).toContain('wrote mine/mock.mjs');
  const { stdout: said } = await execute('npx', ['vitest', 'run'], { ...options, cwd });
  expect(said).toMatch(/RUN {2}v3\./);
  expect(said).toMatch(/Tests {2}8\d passed \(8\d\)/);
});

test('a Node that is too old hears so in a line, with exit code 2', async () => {
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;
  const bin = join(installed, 'dist/harness/cli.js');
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
    `import { type OwnProvisioner, runConformance } from 'crdb-tasks-conformance';
import type { RunOptions } from 'crdb-tasks-conformance/config';
import type { Report } from 'crdb-tasks-conformance/report';
import { describeConformance } from 'crdb-tasks-conformance/vitest';
const provision: OwnProvisioner = { create: () => ({ crdbGuid: 'g' }), move: async () => {} };
export const run = (): Promise<Report> => runConformance({ target: () => new URL('http://mock'), provision });
export const config = { target: 'http://mock', strict: true } satisfies RunOptions;
export const declare = (): void => describeConformance({ target: 'http://mock', provision, strict: true });
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
});
