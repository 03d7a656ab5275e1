/** A run as a function, on targets of this process: its checks run in a thread beside it. */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { validateReport } from '../../reports/validate.ts';
import { realClock } from '../http/clock.ts';
import { httpServer, listening } from '../reference/http-server.ts';
import { mutants } from '../reference/mutants.ts';
import { clusterOf, startReference } from '../reference/reference.ts';
import { provisionerOf } from '../testing/api/own-provisioner.ts';
import { runConformance } from './api.ts';

const scratch = mkdtempSync(join(tmpdir(), 'crdb-conformance-api-'));
vi.stubEnv('TMPDIR', scratch);
const options = { clock: realClock(), epochMs: Date.now() };
const good = await startReference(options);
const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
const bad = await startReference({ ...options, ...(rules ? { rules } : {}) });
afterAll(async () => {
  await good.close();
  await bad.close();
});
const { user, password } = good;
const clause = ['cancel.commit-phase.refused'];

test('a target that keeps the contract is conformant, and its report is one', async () => {
  const report = await runConformance({ target: good.url, user, password, clause });
  expect([report.verdict, report.run.settings.selection]).toEqual(['conformant', clause[0]]);
  expect(validateReport(report)).toEqual([]);
  expect(JSON.stringify(report)).not.toContain(password);
});

test('a fault is a verdict, and no error', async () => {
  const report = await runConformance({ target: () => bad.url, user, password, clause });
  expect(report.verdict).toBe('non-conformant');
  expect(report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toEqual(clause);
});

test('tasks come by functions, and are given back: everything can be proven on a target without the control protocol', async () => {
  const { handle, tasks, ...login } = clusterOf(options);
  const asked: string[] = [];
  const server = httpServer((request) => {
    asked.push(request.path);
    return handle(request);
  }, options.clock);
  const mock = await listening(server, { host: '127.0.0.1', port: 0, scheme: 'http' });
  const report = await runConformance({
    target: mock.url,
    ...login,
    provision: provisionerOf({ tasks }),
    clause: [...clause, 'expiry.default.gone', 'cancel.status.409', 'read.named-guid'],
  });
  await mock.close();
  expect(report.clauses.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id)).toEqual([]);
  expect(asked.filter((path) => path.includes('_control'))).toEqual([]);
  expect(report.exchanges.some(({ request }) => request.path.endsWith('/age'))).toBe(true);
  expect(tasks.size).toBe(0);
});

test('a provisioner without “remove” leaves its tasks, and nothing is asked of an id that is used again', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { remove: _, ...provision } = provisionerOf(good);
  const report = await runConformance({
    target: good.url,
    user,
    password,
    provision,
    clause: ['read.status.200', 'list.empty'],
  });
  const found = report.clauses.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
  expect(found.map(({ id }) => id)).toEqual([]);
  const again = report.clauses
    .flatMap(({ checks }) => checks)
    .find(({ name }) => name.includes('a removed task of its id'));
  expect([again?.verdict, again?.reason]).toEqual([
    'inconclusive',
    expect.stringContaining('could not be removed'),
  ]);
});

test('what a function of the provisioner throws is reported, and proves nothing against the target', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const move = () => {
    throw new Error('not today');
  };
  const provision = { ...provisionerOf(good), move };
  const report = await runConformance({
    target: good.url,
    user,
    password,
    provision,
    clause: ['status.change-shows'],
  });
  expect(report.verdict).toBe('incomplete');
  expect(report.clauses.find(({ id }) => id === 'status.change-shows')?.verdict).toBe('inconclusive');
  expect(warned).toHaveBeenCalledWith('crdb-conformance: The provisioner’s move threw: not today');
  warned.mockRestore();
});

test.each([
  {
    what: 'nothing listens',
    given: { target: 'http://127.0.0.1:9' },
    exitCode: 3,
    says: 'nothing listens there',
  },
  {
    what: 'a clause is none',
    given: { target: good.url, clause: ['cancel.comit'] },
    exitCode: 2,
    says: 'There is no clause cancel.comit.',
  },
])('where $what it rejects with what a person can mend', async (row) => {
  await expect(runConformance({ user, password, ...row.given })).rejects.toMatchObject({
    message: expect.stringContaining(row.says),
    remedy: expect.any(String),
    exitCode: row.exitCode,
  });
});

test('a signal ends it early: before it began by its reason, later with a report that says so', async () => {
  const gone = AbortSignal.abort(new Error('never mind'));
  await expect(runConformance({ target: good.url, user, password, signal: gone })).rejects.toThrow(
    'never mind',
  );
  const ending = new AbortController();
  const provision = {
    ...provisionerOf(good),
    create: (...given: Parameters<ReturnType<typeof provisionerOf>['create']>) => {
      ending.abort();
      return provisionerOf(good).create(...given);
    },
  };
  const report = await runConformance({ target: good.url, user, password, provision, signal: ending.signal });
  expect([report.run.cutShort, report.verdict]).toEqual(['interrupted', 'incomplete']);
});

test('files are left only in the folder that is named', async () => {
  const out = join(scratch, 'out');
  await runConformance({ target: good.url, user, password, clause, out });
  expect(readdirSync(out).sort()).toEqual([
    'journal.ndjson',
    'junit.xml',
    'report.html',
    'report.json',
    'resources.ndjson',
  ]);
  expect(existsSync(join(out, 'report.json'))).toBe(true);
  expect(readdirSync(scratch)).toEqual(['out']);
});
