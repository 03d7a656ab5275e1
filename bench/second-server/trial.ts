/**
 * Tests the second server with each of its faults and writes what was detected.
 *
 *     node bench/second-server/trial.ts [--set first|second|third|fourth|fifth|sixth] [--out FILE] [--workers 2] [--fault ID…]
 *         [-- options of crdb-conformance run]
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { misused, scriptOptions } from '../script-options.ts';
import type { Fault } from './fault.ts';
import { faults as fifth } from './fifth/faults.ts';
import { faults as first } from './first/faults.ts';
import { faults as fourth } from './fourth/faults.ts';
import { faults as second } from './second/faults.ts';
import { start } from './server.ts';
import { faults as sixth } from './sixth/faults.ts';
import { faults as third } from './third/faults.ts';

const run = promisify(execFile);
const login = { user: 'second@example.com', password: 'Correct-Horse-Battery-9' };
const none = {
  id: 'none',
  kind: 'faithful',
  says: 'keeps the contract',
  breaks: 'nothing',
  change: () => ({}),
} as const;

interface Result {
  readonly id: string;
  readonly kind: string;
  readonly says: string;
  readonly verdict: string;
  readonly failed: readonly string[];
  readonly warned: readonly string[];
  /** Whether a `must` clause failed; undefined for a fault that breaks none. */
  readonly detected: boolean | undefined;
  readonly seconds: number;
}

async function trial(fault: Fault | typeof none, options: readonly string[]): Promise<Result> {
  const server = await start(login, fault.change);
  const folder = await mkdtemp(join(tmpdir(), 'second-server-'));
  const startMs = performance.now();
  const target = ['--target', server.url, '--provision', 'control', '--out', folder];
  const env = { ...process.env, CRDB_USER: login.user, CRDB_PASSWORD: login.password };
  // The exit code of a broken contract is no error here: the report says what happened.
  await run(process.execPath, ['harness/cli.js', 'run', ...target, ...options], { env }).catch(
    () => undefined,
  );
  const text = await readFile(join(folder, 'report.json'), 'utf8').catch(
    () => '{"verdict":"none","clauses":[]}',
  );
  const report: { verdict: string; clauses: { id: string; verdict: string }[] } = JSON.parse(text);
  server.stop();
  await rm(folder, { recursive: true });
  const having = (verdict: string) =>
    report.clauses.filter((clause) => clause.verdict === verdict).map(({ id }) => id);
  const { id, kind, says } = fault;
  const { verdict } = report;
  const detected = 'uncounted' in fault ? undefined : verdict === 'non-conformant';
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  return { id, kind, says, verdict, failed: having('fail'), warned: having('warn'), detected, seconds };
}

const usage =
  'node bench/second-server/trial.ts [--set first|second|third|fourth|fifth|sixth] [--out FILE] [--workers 2] [--fault ID] [-- options of crdb-conformance run]';
const { values, positionals } = scriptOptions(usage, {
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    workers: { type: 'string', default: '2' },
    set: { type: 'string', default: 'first' },
    fault: { type: 'string', multiple: true },
  },
});
const { stdout: commit } = await run('git', ['merge-base', 'main', 'HEAD']);
const sets: Readonly<Record<string, readonly Fault[]>> = { first, second, third, fourth, fifth, sixth };
const set = sets[values.set] ?? misused(usage, `there is no set ${values.set}`);
const chosen = [none, ...set].filter(({ id }) => values.fault?.includes(id) ?? true);
const results = new Map<string, Result>();
const queue = [...chosen];
await Promise.all(
  Array.from({ length: Number(values.workers) }, async () => {
    for (let fault = queue.shift(); fault; fault = queue.shift()) {
      const result = await trial(fault, positionals);
      results.set(fault.id, result);
      const mark = fault.id === 'none' ? '      ' : result.detected ? 'found ' : 'MISSED';
      console.log(
        `${mark} ${fault.kind.padEnd(12)} ${fault.id.padEnd(36)} ${result.verdict} ${result.failed}`,
      );
    }
  }),
);

const rows = chosen.flatMap(({ id }) => results.get(id) ?? []);
const share = (kind?: string) => {
  const counted = rows.filter(
    (row) => row.id !== 'none' && row.detected !== undefined && row.kind === (kind ?? row.kind),
  );
  return `${counted.filter((row) => row.detected).length} of ${counted.length}`;
};
const detected = Object.fromEntries(
  [...new Set(set.map(({ kind }) => kind))].map((kind) => [kind, share(kind)]),
);
console.table(detected);
console.log(`all: ${share()}`);
if (values.out) {
  const head = {
    commit: commit.trim(),
    date: new Date().toISOString(),
    options: positionals,
    all: share(),
    detected,
  };
  await writeFile(values.out, `${JSON.stringify({ ...head, rows }, null, 2)}\n`);
}
