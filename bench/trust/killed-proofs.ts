/** Runs of the program that are killed at any moment: nothing decided is lost, and cleanup leaves nothing behind. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../harness/model/report.ts';
import { random } from '../../harness/model/settings.ts';
import { readResourceLog } from '../../harness/provision/resource-log-file.ts';
import type { Reference } from '../../harness/reference/reference.ts';
import { readJournal } from '../../harness/run/journal.ts';
import { validateReport } from '../../reports/validate.ts';
import { forEach, inFolder, type Proof, startLimited, startProgram, startTarget } from './trials.ts';

const startRun = ({ url, user, password }: Reference, folder: string, more: readonly string[] = []) =>
  startProgram(['run', '--target', url, '--user', user, '--out', folder, ...more], password);

async function killAfter(child: ReturnType<typeof startRun>, ms: number): Promise<void> {
  const ended = once(child, 'exit');
  await Promise.race([ended, sleep(ms)]);
  child.kill('SIGKILL');
  await ended;
}

/** Moments, each with the number of its trial. */
function momentsWithin(ms: number, size: number, seed: number): readonly (readonly [number, number])[] {
  const draw = random(seed);
  return Array.from({ length: size }, (_, index) => [index, draw() * ms]);
}

/** Compares the journal of a killed run with the report that `report` makes from its folder. */
function compareReport(folder: string, exit: unknown) {
  if (!existsSync(join(folder, 'journal.ndjson')))
    return {
      decided: 0,
      planned: 0,
      against: exit === 2 ? [] : [`killed before its first check: exit code ${exit}, not 2`],
    };
  const { started, events } = readJournal(join(folder, 'journal.ndjson'));
  const report: Report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const reported = new Map(
    report.clauses.flatMap(({ id, checks }) => checks.map((check) => [`${id} ${check.name}`, check.verdict])),
  );
  const decided = events.flatMap((event) => (event.type === 'check' ? [event.check] : []));
  const known = new Set(decided.map(({ clause, name }) => `${clause} ${name}`));
  const lost = decided.filter(({ clause, name, verdict }) => reported.get(`${clause} ${name}`) !== verdict);
  const invented = [...reported].filter(([key, verdict]) => !known.has(key) && verdict !== 'inconclusive');
  const closed = events.some(({ type }) => type === 'closed'); // then only the files made of it may be missing
  const due = closed ? 0 : 4;
  const against = [
    ...(exit === due ? [] : [`exit code ${exit}, not ${due}`]),
    ...((report.run.cutShort === null) === closed ? [] : [`cutShort is ${report.run.cutShort}`]),
    ...lost.map(({ clause, name }) => `the verdict of ${clause} (${name}) is lost`),
    ...invented.map(([key, verdict]) => `${key} is ${verdict}, and was never decided`),
    ...validateReport(report),
  ].map((line) => `killed after ${decided.length} of ${started.checks.length} checks: ${line}`);
  return { decided: decided.length, planned: started.checks.length, against };
}

const besideEachOther = 3;

/** @throws {Error} a run that is not killed fails: then there is nothing to try */
async function runLengthMs(target: Reference, folder: string): Promise<number> {
  const lengths = Array.from({ length: besideEachOther }, async (_, index) => {
    const fromMs = performance.now();
    const [exit] = await once(startRun(target, join(folder, `whole-${index}`)), 'exit');
    if (exit !== 0) throw new Error(`a run that was not killed ended with exit code ${exit}`);
    return performance.now() - fromMs;
  });
  return Math.min(...(await Promise.all(lengths)));
}

const takesMs = { queued: 20, running: 150, committing: 80 };
/** Until then a run makes its database and its tasks. */
const crdbsEndedWithinMs = 12_000;
/** A run that writes all of its files needs more than this. */
const fullDiskKiB = 600;

const endings = ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGHUP', 'full disk'] as const;
type Ending = (typeof endings)[number];

/** A folder on a disk of so many kilobytes: a file system of its own where root may mount one. */
function smallDisk(folder: string, kib: number): Disposable & { readonly isOwn: boolean } {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${Math.max(8, kib)}k`, 'tmpfs', folder]);
  const isOwn = mounted.status === 0;
  return { isOwn, [Symbol.dispose]: () => void (isOwn && spawnSync('umount', ['-l', folder])) };
}

/** What happened to a run until its end. */
interface EndedRun {
  readonly exit: number | null;
  /** The entries of its resource log that announce something; undefined without a log. */
  readonly made: number | undefined;
  readonly entriesFile: string;
}

/** Starts a run by `crdbs` and ends it in that way at a moment; `at` is a share from 0 to 1. */
async function endRun(target: Reference, ending: Ending, at: number, folder: string): Promise<EndedRun> {
  const args = [
    'run',
    '--target',
    target.url,
    '--user',
    target.user,
    '--out',
    folder,
    '--provision',
    'crdbs',
  ];
  const kib = Math.round(at * fullDiskKiB);
  using disk = ending === 'full disk' ? smallDisk(folder, kib) : undefined;
  // Where nothing can be mounted, no file may grow beyond that size.
  const isLimited = disk && !disk.isOwn;
  const child = isLimited ? startLimited(args, target.password, kib) : startProgram(args, target.password);
  const ended = once(child, 'exit');
  if (ending !== 'full disk') {
    await Promise.race([ended, sleep(at * crdbsEndedWithinMs)]);
    child.kill(ending);
  }
  const [exit] = await ended;
  const log = join(folder, 'resources.ndjson');
  const entriesFile = `${folder}.resources.ndjson`;
  if (!existsSync(log)) return { exit, made: undefined, entriesFile };
  copyFileSync(log, entriesFile); // from a full disk, as a person would make room
  const entries = readFileSync(log, 'utf8') === '' ? [] : readResourceLog(entriesFile).entries;
  const made = entries.filter(({ type }) => type === 'making task' || type === 'making database').length;
  return { exit, made: entries.length === 0 ? undefined : made, entriesFile };
}

/** Ends a run by `crdbs` in some way, cleans up by its resource log, and looks for what is left or was touched. */
async function endAndCleanUp(ending: Ending, at: number, folder: string) {
  await using target = await startTarget({ crdbs: { takesMs } });
  const { side, tasks, user, password } = target;
  if (!side) throw new Error('the cluster has no databases');
  const foreign = ['production', 'conformance-other-db'].map((name) => `${side.databases.plant({ name })}`);
  tasks.create({ id: 'foreign', phase: 'running' });
  const { exit, made, entriesFile } = await endRun(target, ending, at, folder);
  const leftDatabase = side.databases.shown().length > foreign.length;
  const prefix = `${ending} at ${at.toFixed(3)}: `;
  if (made === undefined) {
    const against =
      side.changing.length === 0 ? [] : [`${prefix}it changed something and has no resource log`];
    return { ending, made: 0, leftDatabase: false, against };
  }
  const cleanup = ['cleanup', '--resource-log', entriesFile, '--target', target.url, '--user', user];
  const [cleaned] = await once(startProgram(cleanup, password), 'exit');
  await sleep(3 * (takesMs.queued + takesMs.running + takesMs.committing)); // a late operation would show by then
  const isForeign = (path: string) =>
    path.includes('/foreign/') || foreign.some((guid) => path.includes(guid));
  const isRunning = (phase: string | undefined) => phase !== 'finished' && phase !== 'failed';
  return {
    ending,
    made,
    leftDatabase,
    against: [
      ...(cleaned === 0 ? [] : [`cleanup ended with ${cleaned}`]),
      ...(ending === 'full disk' && exit !== 3 ? [`the run ended with ${exit}, expected 3`] : []),
      ...(ending !== 'SIGKILL' && leftDatabase ? ['the run itself left its database'] : []),
      ...side.databases
        .shown()
        .filter(({ guid }) => !foreign.includes(`${guid}`))
        .map(({ name }) => `the database ${name} is left`),
      ...[...tasks.all()]
        .filter(({ id, marks }) => id !== 'foreign' && isRunning(marks.at(-1)?.phase))
        .map(({ id }) => `the task ${id} is left`),
      ...side.changing
        .filter(({ path }) => isForeign(path))
        .map(({ method, path }) => `${method} ${path} was sent`),
      ...foreign
        .filter((guid) => side.databases.show(guid) === undefined)
        .map((guid) => `the foreign database ${guid} is gone`),
    ].map((line) => prefix + line),
  };
}

export const killedProofs: readonly Proof[] = [
  {
    name: 'killed',
    shows:
      'Every report can be made of a run that is killed at any moment: no decided verdict is lost, nothing else passes, and the report says that the run was cut short',
    full: 50,
    smallest: 3,
    seed: 1,
    prove: (size, seed) =>
      inFolder(async (folder) => {
        await using target = await startTarget();
        const wholeMs = await runLengthMs(target, folder);
        const results: ReturnType<typeof compareReport>[] = [];
        await forEach(momentsWithin(wholeMs, size, seed), besideEachOther, async ([index, afterMs]) => {
          const own = join(folder, `${index}`);
          await killAfter(startRun(target, own), afterMs);
          const [exit] = await once(startProgram(['report', own]), 'exit');
          results.push(compareReport(own, exit));
        });
        const begun = results.filter(({ planned }) => planned > 0);
        const shares = begun.map(({ decided, planned }) => Math.round((100 * decided) / planned));
        const compared = results.reduce((sum, { decided }) => sum + decided, 0);
        return {
          measured: `${size} runs of the program killed within ${(wholeMs / 1000).toFixed(1)} s of their start: ${size - begun.length} before their journal began, ${begun.length} when ${Math.min(...shares)} % to ${Math.max(...shares)} % of their checks were decided; ${compared} verdicts compared`,
          against: [
            ...(begun.length * 2 < size ? ['most were killed before they had sent a request'] : []),
            ...results.flatMap(({ against }) => against),
          ],
        };
      }),
  },
  {
    name: 'crdbs-killed',
    shows:
      'After a run with the operations of a real cluster ends at any moment, by kill -9, Ctrl-C, SIGTERM, SIGHUP or a full disk, cleanup leaves nothing of it there, and neither touches anything foreign',
    full: 20 * endings.length,
    smallest: endings.length,
    seed: 1,
    prove: (size, seed) =>
      inFolder(async (folder) => {
        const results: Awaited<ReturnType<typeof endAndCleanUp>>[] = [];
        await forEach(momentsWithin(1, size, seed), 2, async ([index, at]) => {
          const ending = endings[index % endings.length] ?? 'SIGKILL';
          results.push(await endAndCleanUp(ending, at, join(folder, `${index}`)));
        });
        const made = results.map((result) => result.made).filter((count) => count > 0);
        const databases = results.filter(({ leftDatabase }) => leftDatabase).length;
        return {
          measured: `${size} runs of the program, ended in ${endings.length} ways (${endings.join(', ')}) within ${crdbsEndedWithinMs / 1000} s of their start or on a disk of up to ${fullDiskKiB} KiB: ${size - made.length} before they made anything, ${made.length} when they had requested ${Math.min(...made)} to ${Math.max(...made)} tasks and databases; ${databases} had left a database`,
          rows: endings.map((ending) => {
            const those = results.filter((result) => result.ending === ending);
            const clean = those.filter(({ against }) => against.length === 0).length;
            return `${ending}: ${clean} of ${those.length} left nothing after cleanup, and touched nothing foreign`;
          }),
          against: results.flatMap(({ against }) => against),
        };
      }),
  },
];
