/** `crdb-conformance run`: from a target to a verdict, and always to the reports. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formats } from '../../reports/formats.ts';
import { loadRegister } from '../../spec/register.ts';
import { type Check, readSuites, suiteName } from '../clause.ts';
import { realClock } from '../clock.ts';
import { withControls } from '../conductor.ts';
import { type RunOptions, repetitionsOf, selectionOf, settingsOf, targetOf } from '../options.ts';
import { startReference } from '../reference/reference.ts';
import type { Settings } from '../settings.ts';
import { suiteFiles } from '../suites.ts';
import type { Target } from '../target.ts';
import { whatIsToBeTold } from './contract.ts';
import { about, expectationsOf, onlyFailed, updated } from './gate.ts';
import { type Memory, memoryOf } from './memory.ts';
import { makeFolder, outFolder } from './out-folder.ts';
import { removeRepeats, runRepeatedly } from './repeated.ts';
import { readReport } from './report-file.ts';
import { journalName, removeReports, tell } from './reports.ts';
import { runOnce, type Trial } from './run-once.ts';
import type { Terminal } from './terminal.ts';

/** @returns the exit code @throws {UserError} exit 2 or 3, before anything was tried */
export async function run(given: RunOptions, io: Terminal): Promise<number> {
  const options = onlyFailed(given);
  const book = await readSuites(suiteFiles);
  const register = loadRegister();
  const selection = selectionOf(options, suitesByClause(book));
  const settings = settingsOf(options);
  const times = repetitionsOf(options, settings.seed);
  const expected = expectationsOf(
    options,
    register.clauses.map(({ id }) => id),
  );
  const out = outFolder(options.out ?? 'reports/out');
  await using memory = memoryOf(options, io);
  const named = await targetOf(options, io.env, io.stdin);
  await using reference = named
    ? undefined
    : await startReference({ clock: realClock(), epochMs: Date.now() });
  const target: Target = named ?? {
    url: new URL(reference?.url ?? ''),
    login: { user: reference?.user ?? '', password: reference?.password ?? '' },
    insecure: false,
  };
  if (target.insecure)
    io.error('Warning: --insecure takes any certificate, also that of somebody in between.\n');

  const clauses = withControls(selection, book);
  const targetName = named ? target.url.host : 'reference cluster';
  const trial: Trial = {
    options,
    target,
    targetName,
    ...(expected ? { expected: about([targetName], expected) } : {}),
    selection,
    clauses,
    files: filesOf(clauses, book),
    ...whatIsToBeTold(clauses, book, register),
  };
  const code = await tested(trial, { settings, times, out }, io, memory);
  if (!options.updateExpectations || !expected || code === 130) return code;
  const [once = code] = updated(
    expected.file,
    [{ report: readReport(join(out, formats.json.file)), code }],
    io,
  );
  return once;
}

interface Plan {
  readonly settings: Settings;
  /** How often the whole run is made. */
  readonly times: number;
  readonly out: string;
}

/** Tries it once or often, and writes and shows what came of it. @returns the exit code */
async function tested(
  trial: Trial,
  { settings, times, out }: Plan,
  io: Terminal,
  memory: Memory,
): Promise<number> {
  if (times === 1) {
    const told = await runOnce(trial, { settings, folder: out, begin: () => clear(out) }, io);
    return told ? tell(told, out, io, memory) : 130;
  }
  return await runRepeatedly(
    {
      times,
      firstSeed: settings.seed,
      maxDurationS: settings.maxDurationS,
      nowMs: realClock().nowMs,
      once: (run, folder, leftS) => {
        const turn = {
          settings: {
            ...settings,
            seed: settings.seed + run - 1,
            ...(leftS === undefined ? {} : { maxDurationS: leftS }),
          },
          folder,
          repetition: { run, times },
          begin: () => {
            if (run === 1) clear(out);
            makeFolder(resolve(folder));
          },
        };
        return runOnce(trial, turn, io);
      },
    },
    out,
    io,
    memory,
  );
}

/** Takes away what an older run left. */
function clear(out: string): void {
  removeReports(out);
  removeRepeats(out);
  rmSync(join(out, journalName), { force: true });
}

function suitesByClause(book: ReadonlyMap<string, readonly Check[]>): ReadonlyMap<string, string> {
  return new Map([...book].map(([id, checks]) => [id, checks[0]?.suite ?? '']));
}

const filesOf = (clauses: readonly string[], book: ReadonlyMap<string, readonly Check[]>): readonly URL[] =>
  suiteFiles.filter((file) =>
    clauses.some((id) => book.get(id)?.some(({ suite }) => suite === suiteName(file))),
  );
