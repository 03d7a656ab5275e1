/** Runs of the program that are killed at any moment: nothing decided is lost, and cleanup leaves nothing behind. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../harness/model/report.ts';
import { random } from '../../harness/model/settings.ts';
import { readResourceLog } from '../../harness/provision/resource-log-file.ts';
import type { Reference } from '../../harness/reference/reference.ts';
import { readJournal } from '../../harness/run/journal.ts';
import { validateReport } from '../../reports/validate.ts';
import { forEach, inFolder, type Proof, startProgram, startTarget } from './trials.ts';

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
const crdbsKilledWithinMs = 12_000;

/** Kills a run by `crdbs`, cleans up by its resource log, and looks for what is left or was touched. */
async function killAndCleanUp(folder: string, afterMs: number) {
  await using target = await startTarget({ crdbs: { takesMs } });
  const { side, tasks, user, password } = target;
  if (!side) throw new Error('the cluster has no databases');
  const foreign = ['production', 'conformance-other-db'].map((name) => `${side.databases.plant({ name })}`);
  tasks.create({ id: 'foreign', phase: 'running' });
  await killAfter(startRun(target, folder, ['--provision', 'crdbs']), afterMs);
  const file = join(folder, 'resources.ndjson');
  const leftDatabase = side.databases.shown().length > foreign.length;
  const prefix = `killed after ${Math.round(afterMs)} ms: `;
  if (!existsSync(file)) {
    const against =
      side.changing.length === 0 ? [] : [`${prefix}it changed something and has no resource log`];
    return { made: 0, leftDatabase: false, against };
  }
  const { entries } = readResourceLog(file);
  const cleanup = ['cleanup', '--resource-log', file, '--target', target.url, '--user', user];
  const [exit] = await once(startProgram(cleanup, password), 'exit');
  await sleep(3 * (takesMs.queued + takesMs.running + takesMs.committing)); // a late operation would show by then
  const isForeign = (path: string) =>
    path.includes('/foreign/') || foreign.some((guid) => path.includes(guid));
  const isRunning = (phase: string | undefined) => phase !== 'finished' && phase !== 'failed';
  return {
    made: entries.filter(({ type }) => type === 'making task' || type === 'making database').length,
    leftDatabase,
    against: [
      ...(exit === 0 ? [] : [`cleanup ended with ${exit}`]),
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
      'After a run with the operations of a real cluster is killed at any moment, cleanup leaves nothing of it there, and neither touches anything foreign',
    full: 20,
    smallest: 2,
    seed: 1,
    prove: (size, seed) =>
      inFolder(async (folder) => {
        const results: Awaited<ReturnType<typeof killAndCleanUp>>[] = [];
        await forEach(momentsWithin(crdbsKilledWithinMs, size, seed), 2, async ([index, afterMs]) => {
          results.push(await killAndCleanUp(join(folder, `${index}`), afterMs));
        });
        const made = results.map((result) => result.made).filter((count) => count > 0);
        const databases = results.filter(({ leftDatabase }) => leftDatabase).length;
        return {
          measured: `${size} runs of the program killed within ${crdbsKilledWithinMs / 1000} s of their start: ${size - made.length} before they made anything, ${made.length} when they had requested ${Math.min(...made)} to ${Math.max(...made)} tasks and databases; ${databases} had left a database`,
          against: results.flatMap(({ against }) => against),
        };
      }),
  },
];
