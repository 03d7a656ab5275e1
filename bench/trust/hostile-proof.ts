/** The program on servers that would harm their client: it stays within its bounds, and ends as it should. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { memoryPages, validateXML } from 'xmllint-wasm';
import { realClock } from '../../harness/http/clock.ts';
import { codeRoot, pathOf } from '../../harness/model/package.ts';
import type { Report } from '../../harness/model/report.ts';
import type { Hostile } from '../../harness/testing/hostile/hostile.ts';
import { hostiles } from '../../harness/testing/hostile/hostiles.ts';
import { startHostile } from '../../harness/testing/hostile/server.ts';
import { validateReport } from '../../reports/validate.ts';
import { forEach, inFolder, type Proof } from './trials.ts';

const mostMiB = 600;
const hostileLimitMs = 180_000;
const login = { user: 'somebody', password: 'pass"word/of+ours' };
const junitSchema = readFileSync(new URL('../../harness/testing/reports/junit.xsd', import.meta.url), 'utf8');

/** Runs the program on a hostile server, in a process whose peak memory is measured. */
const runOnHostile = (hostile: Hostile) =>
  inFolder(async (folder) => {
    await using server = await startHostile(hostile, login, realClock());
    const ca = join(folder, 'ca.pem');
    if (server.ca !== undefined) writeFileSync(ca, server.ca);
    const { PATH = '', HOME = '' } = process.env;
    const peakFile = join(folder, 'peak');
    const fromMs = performance.now();
    const child = spawn(
      process.execPath,
      [
        ...['--import', pathOf(new URL('bench/peak.ts', codeRoot))],
        ...[pathOf(new URL('harness/cli.js', codeRoot)), 'run', '--target', server.url, '--out', folder],
        ...['--user', login.user, '--timeout-s', '1', '--settle-s', '1'],
        ...(server.ca === undefined ? [] : ['--ca', ca]),
      ],
      {
        env: { PATH, HOME, PEAK_FILE: peakFile, CRDB_PASSWORD: login.password },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: hostileLimitMs,
        killSignal: 'SIGKILL',
      },
    );
    const [out, err, [exit]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    const tookS = (performance.now() - fromMs) / 1000;
    const read = (file: string) =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
    const [json, junit, journal] = [read('report.json'), read('junit.xml'), read('journal.ndjson')];
    const report: Report | undefined = json === '' ? undefined : JSON.parse(json);
    const peakMiB = Number(read('peak')) / 2 ** 20;
    const printed = out + err;
    const written = [json, junit, journal].join('\n');
    const { errors } = report
      ? await validateXML({ xml: junit, schema: junitSchema, maxMemoryPages: memoryPages.GiB })
      : { errors: [] };
    const against = [
      ...(exit === null ? ['it did not end'] : []),
      ...(peakMiB > mostMiB ? [`it held ${Math.round(peakMiB)} MiB`] : []),
      ...(/^ +at /m.test(printed) ? ['it shows a stack trace'] : []),
      ...(/[\p{C}\p{Zl}\p{Zp}]/u.test(printed.replaceAll('\n', '')) ? ['it prints a control character'] : []),
      ...(secrets.some((secret) => (printed + written).includes(secret)) ? ['it shows a secret'] : []),
      ...(server.strayed.length > 0 ? ['it sent a request to another server'] : []),
      ...errors.slice(0, 3).map(({ message }) => `junit.xml: ${message}`),
      ...(hostile.ends.tested
        ? wrongReport(hostile.ends, exit, report, err)
        : wrongError(hostile.ends.says, exit, report, err)),
    ];
    return {
      id: hostile.id,
      report,
      peakMiB,
      tookS,
      against: against.map((line) => `${hostile.id}: ${line}`),
    };
  });

const secrets = [
  login.password,
  JSON.stringify(login.password).slice(1, -1),
  encodeURIComponent(login.password),
  Buffer.from(`${login.user}:${login.password}`).toString('base64'),
];

const wrongError = (says: readonly string[], exit: unknown, report: Report | undefined, err: string) => [
  ...(exit === 3 ? [] : [`exit ${exit}, expected 3`]),
  ...(err.trimEnd().split('\n').length === 2 ? [] : [`it prints: ${err}`]),
  ...says.filter((words) => !err.includes(words)).map((words) => `it does not say "${words}"`),
  ...(report ? ['there is a report, though nothing was tested'] : []),
];

function wrongReport(
  ends: Extract<Hostile['ends'], { tested: true }>,
  exit: unknown,
  report: Report | undefined,
  err: string,
): string[] {
  if (!report) return [`exit ${exit} and no report: ${err}`];
  const failed = report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  const reasons = report.clauses.flatMap(({ checks }) => checks.map(({ reason }) => reason));
  const { says, proven, broken } = ends;
  return [
    ...(exit === ends.exit ? [] : [`exit ${exit}, expected ${ends.exit}: ${err.slice(-500)}`]),
    ...validateReport(report),
    ...(failed.join() === broken.join() ? [] : [`failed: ${failed.join()}; expected: ${broken.join()}`]),
    ...(report.summary.must.proven >= proven
      ? []
      : [`${report.summary.must.proven} must clauses are proven`]),
    ...(says === undefined || [report.run.cutShort, ...reasons].join('\n').includes(says)
      ? []
      : [`no reason says "${says}"`]),
    ...('bodyBytesRead' in report.run.settings ? [] : ['the report does not state its limits']),
  ];
}

/** The most telling ones; a small size tries them alone. */
const telling = ['certificate-expired', 'endless-list', 'other-origin', 'escapes-in-ids'];

export const hostileProof: Proof = {
  name: 'hostile-targets',
  shows: `A hostile target ends with a verdict or a clear error, and no run on it holds more than ${mostMiB} MiB`,
  full: hostiles.length,
  smallest: telling.length,
  seed: 1,
  async prove(size) {
    const ordered = Map.groupBy(hostiles, ({ id }) => telling.includes(id));
    const tried = [...(ordered.get(true) ?? []), ...(ordered.get(false) ?? [])].slice(0, size);
    const runs: Awaited<ReturnType<typeof runOnHostile>>[] = [];
    await forEach(tried, 2, async (hostile) => {
      runs.push(await runOnHostile(hostile));
    });
    const judged = runs.filter(({ report }) => report !== undefined).length;
    const most = (what: 'peakMiB' | 'tookS'): string => {
      const worst = runs.toSorted((a, b) => b[what] - a[what])[0];
      return worst ? `${Math.round(worst[what])} (${worst.id})` : 'none';
    };
    return {
      measured: `${runs.length} hostile targets: ${judged} ended with a report and a verdict, ${runs.length - judged} with an error of two lines; peak memory in MiB at most ${most('peakMiB')}, seconds at most ${most('tookS')}`,
      against: runs.flatMap(({ against }) => against),
    };
  },
};
