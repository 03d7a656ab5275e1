/** The whole program on targets that would harm their reader: bounded in time and memory, and an ending as it should be. */
import { readFileSync } from 'node:fs';
import { memoryPages, validateXML } from 'xmllint-wasm';
import { semaphore } from '../../harness/http/environment.ts';
import type { Hostile } from '../../harness/testing/hostile/hostile.ts';
import { hostiles } from '../../harness/testing/hostile/hostiles.ts';
import { validateReport } from '../../reports/validate.ts';
import { type HostileRun, login, runOn } from './hostile-run.ts';
import type { Proof } from './proof.ts';

const mostMiB = 600;
/** Most of a run is waiting, and memory is measured of each process by itself. */
const atOnce = 2;

const schema = readFileSync(new URL('../../reports/samples/junit.xsd', import.meta.url), 'utf8');

/** The most telling ones first; the others in the order of their tables. */
const first = ['endless-list', 'certificate-expired', 'other-origin', 'escapes-in-ids'];
const ordered: readonly Hostile[] = [
  ...first.flatMap((id) => hostiles.filter((hostile) => hostile.id === id)),
  ...hostiles.filter(({ id }) => !first.includes(id)),
];

export const hostileTargets: Proof = {
  id: 'hostile-targets',
  claims: `A hostile target gets a verdict or a clear error, and no run on it holds more than ${mostMiB} MiB`,
  sizes: { quick: first.length, long: hostiles.length },
  seed: 1,
  async prove(size) {
    const turn = semaphore(atOnce);
    const runs = await Promise.all(
      ordered.slice(0, size).map((hostile) =>
        turn(async () => {
          const run = await runOn(hostile);
          const objections = [...objectionsTo(hostile, run), ...(await wrongXml(run))];
          return { hostile, run, against: objections.map((line) => `${hostile.id}: ${line}`) };
        }),
      ),
    );
    const judged = runs.filter(({ run }) => run.report !== undefined).length;
    const most = (of: (run: HostileRun) => number): string => {
      const [worst] = runs.toSorted((a, b) => of(b.run) - of(a.run));
      return worst ? `${Math.round(of(worst.run))} (${worst.hostile.id})` : 'nothing';
    };
    return {
      measured: `${runs.length} hostile targets: ${judged} ended with a report and a verdict, ${runs.length - judged} with an error of two lines; peak memory in MiB at most ${most(({ peakMiB }) => peakMiB)}, seconds at most ${most(({ tookMs }) => tookMs / 1000)}`,
      against: runs.flatMap(({ against }) => against),
    };
  },
};

/** What speaks against a run, a line each. */
function objectionsTo({ ends }: Hostile, run: HostileRun): string[] {
  const said = run.out + run.err;
  return [
    ...(run.exit === null ? ['it did not end'] : []),
    ...(run.peakMiB > mostMiB ? [`it held ${Math.round(run.peakMiB)} MiB`] : []),
    ...(/^ +at /m.test(said) ? ['it shows a stack trace'] : []),
    ...(unclean.test(said.replaceAll('\n', '')) ? ['the terminal shows a character that may do harm'] : []),
    ...secrets.filter((secret) => (said + run.written).includes(secret)).map(() => 'it tells a secret'),
    ...(run.strayed > 0 ? ['another server was asked'] : []),
    ...(ends.tested ? wrongReport(ends, run) : wrongError(ends.says, run)),
  ];
}

/** Controls, formats, and what else `reports/escape.ts` spells out. */
const unclean = /[\p{C}\p{Zl}\p{Zp}]/u;

const secrets = [
  login.password,
  JSON.stringify(login.password).slice(1, -1),
  encodeURIComponent(login.password),
  Buffer.from(`${login.user}:${login.password}`).toString('base64'),
];

function wrongError(says: readonly string[], { exit, err, report }: HostileRun): string[] {
  return [
    ...(exit === 3 ? [] : [`exit ${exit}, expected 3`]),
    ...(err.trimEnd().split('\n').length === 2 ? [] : [`it says: ${err}`]),
    ...says.filter((words) => !err.includes(words)).map((words) => `it does not say "${words}"`),
    ...(report ? ['there is a report, though nothing was tested'] : []),
  ];
}

function wrongReport(ends: Extract<Hostile['ends'], { tested: true }>, run: HostileRun): string[] {
  const { exit, report, err } = run;
  if (!report) return [`exit ${exit} and no report: ${err}`];
  const broken = report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  const { says, proven } = ends;
  return [
    ...(exit === ends.exit ? [] : [`exit ${exit}, expected ${ends.exit}: ${err.slice(-500)}`]),
    ...validateReport(report),
    ...(broken.join() === ends.broken.join()
      ? []
      : [`broken are ${broken.join(', ') || 'none'}, expected ${ends.broken.join(', ') || 'none'}`]),
    ...(report.summary.must.proven >= proven
      ? []
      : [`${report.summary.must.proven} must clauses are proven`]),
    ...(says === undefined || said(report).includes(says) ? [] : [`no reason says "${says}"`]),
    ...('bodyBytesRead' in report.run.settings ? [] : ['the report does not state its limits']),
  ];
}

const said = ({ clauses, run }: NonNullable<HostileRun['report']>): string =>
  [run.cutShort, ...clauses.flatMap(({ checks }) => checks.map(({ reason }) => reason))].join('\n');

/** By a parser of XML, which refuses what XML 1.0 forbids, and by the schema of JUnit reports. */
async function wrongXml({ report, junit }: HostileRun): Promise<string[]> {
  if (!report && junit === '') return [];
  const { errors } = await validateXML({ xml: junit, schema, maxMemoryPages: memoryPages.GiB });
  return errors.slice(0, 3).map(({ message }) => `the JUnit report: ${message}`);
}
