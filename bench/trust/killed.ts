/** Runs that are killed at a random moment, as processes of their own: what they had decided is in their report. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { realClock } from '../../harness/http/clock.ts';
import { codeRoot, pathOf } from '../../harness/model/package.ts';
import type { Report } from '../../harness/model/report.ts';
import { type Reference, startReference } from '../../harness/reference/reference.ts';
import { readJournal } from '../../harness/run/journal.ts';
import { random } from '../../harness/run/shuffle.ts';
import { validateReport } from '../../reports/validate.ts';
import type { Proof } from './proof.ts';

const sideBySide = 3;

/** What came of one killed run. */
interface Killed {
  /** Checks that its journal says were decided. */
  readonly decided: number;
  /** 0: it was killed before it knew of any. */
  readonly planned: number;
  readonly against: readonly string[];
}

const program = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, [pathOf(new URL('harness/cli.ts', codeRoot)), ...args], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });

const runOn = (target: Reference, folder: string): ChildProcess =>
  program(['run', '--target', target.url, '--user', target.user, '--out', folder], {
    CRDB_PASSWORD: target.password,
  });

/**
 * How long a run goes on, with as many beside it as there will be: the shortest.
 * @throws {Error} a run that nobody kills doesn't come to a good end: then there is nothing to try
 */
async function lengthMs(target: Reference, folder: string): Promise<number> {
  const lengths = Array.from({ length: sideBySide }, async (_, index) => {
    const fromMs = performance.now();
    const [exit] = await once(runOn(target, join(folder, `whole-${index}`)), 'exit');
    if (exit !== 0) throw new Error(`a run that nobody killed ended with exit code ${exit}`);
    return performance.now() - fromMs;
  });
  return Math.min(...(await Promise.all(lengths)));
}

async function kill(target: Reference, folder: string, afterMs: number): Promise<Killed> {
  const child = runOn(target, folder);
  const ended = once(child, 'exit');
  await Promise.race([ended, sleep(afterMs)]);
  child.kill('SIGKILL');
  await ended;
  const [exit] = await once(program(['report', folder]), 'exit');
  return existsSync(join(folder, 'journal.ndjson')) ? found(folder, exit) : nothingYet(exit);
}

/** Before its journal begins, a run has asked for nothing that could be decided. */
const nothingYet = (exit: unknown): Killed => ({
  decided: 0,
  planned: 0,
  against: exit === 2 ? [] : [`killed before its first check: exit code ${exit}, not 2`],
});

function found(folder: string, exit: unknown): Killed {
  const { started, events } = readJournal(join(folder, 'journal.ndjson'));
  const report: Report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const told = new Map(
    report.clauses.flatMap(({ id, checks }) => checks.map((check) => [`${id} ${check.name}`, check.verdict])),
  );
  const decided = events.flatMap((event) => (event.type === 'check' ? [event.check] : []));
  const known = new Set(decided.map(({ clause, name }) => `${clause} ${name}`));
  const lost = decided.filter(({ clause, name, verdict }) => told.get(`${clause} ${name}`) !== verdict);
  const invented = [...told].filter(([key, verdict]) => !known.has(key) && verdict !== 'inconclusive');
  // Once its last line is there, a run has come to its end; all that may be missing is the files made of it.
  const due = events.some(({ type }) => type === 'closed') ? 0 : 4;
  const where = `killed after ${decided.length} of ${started.checks.length} checks`;
  return {
    decided: decided.length,
    planned: started.checks.length,
    against: [
      ...(exit === due ? [] : [`${where}: exit code ${exit}, not ${due}`]),
      ...((report.run.cutShort === null) === (due === 0)
        ? []
        : [`${where}: cutShort is ${report.run.cutShort}`]),
      ...lost.map(({ clause, name }) => `${where}: the verdict of ${clause} (${name}) is lost`),
      ...invented.map(([key, verdict]) => `${where}: ${key} is ${verdict}, and was never decided`),
      ...validateReport(report).map((line) => `${where}: ${line}`),
    ],
  };
}

export const killed: Proof = {
  id: 'killed',
  claims:
    'Of a run that is killed at any moment every report can be made: nothing decided is lost, nothing else is passed, and it says that it was cut short',
  sizes: { quick: 3, long: 50 },
  seed: 1,
  prove: async (size, seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'crdb-killed-'));
    await using target = await startReference({ clock: realClock(), epochMs: Date.now() });
    try {
      const wholeMs = await lengthMs(target, folder);
      const draw = random(seed);
      const moments = Array.from({ length: size }, () => draw() * wholeMs);
      const results: Killed[] = [];
      const left = [...moments.entries()];
      const lane = async (): Promise<void> => {
        for (let next = left.shift(); next; next = left.shift()) {
          const own = join(folder, `${next[0]}`);
          results.push(await kill(target, own, next[1]));
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, lane));
      const begun = results.filter(({ planned }) => planned > 0);
      const shares = begun.map(({ decided, planned }) => decided / planned);
      const percent = (share: number) => `${Math.round(100 * share)} %`;
      return {
        measured: `${size} runs of the program killed within ${(wholeMs / 1000).toFixed(1)} s of their start: ${size - begun.length} before their journal began, ${begun.length} when ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))} of their checks were decided; ${results.reduce((sum, { decided }) => sum + decided, 0)} verdicts compared`,
        against: [
          ...(begun.length * 2 < size ? ['most were killed before they had asked for anything'] : []),
          ...results.flatMap(({ against }) => against),
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
