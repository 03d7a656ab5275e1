/** fleet.json: writing and reading it, and `crdb-conformance merge`, which joins the parts of a fleet that ran on several machines. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Fleet, type FleetEntry, type FleetResult, fleetVerdict } from '../../reports/fleet.ts';
import { fleetText } from '../../reports/terminal-fleet.ts';
import { printable } from '../../reports/text/escape.ts';
import { formatFiles } from '../../reports/text/format-ids.ts';
import { headline } from '../../reports/text/sentences.ts';
import { fleetProblem } from '../../reports/validate.ts';
import { outFolder, removeOldRun, writeOutput } from '../api/out-folder.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { worstCode } from '../model/verdict.ts';
import { codeOf } from './report.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

const fileIn = (folder: string): string => join(folder, 'fleet.json');

/** Removes the file of an older fleet, so that it is not read as this one's. */
export const removeFleet = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** @returns its path @throws {UserError} exit 3: it can't be written @throws {Error} it would not be valid */
export function writeFleet(fleet: Fleet, folder: string): string {
  const file = fileIn(folder);
  const problem = fleetProblem(fleet);
  if (problem !== undefined) throw new Error(`${file} would not be valid: ${problem}`);
  const remedy = 'The reports of the targets are in their folders. Make room on the disk and run again.';
  writeOutput(file, `${JSON.stringify(fleet, null, 2)}\n`, remedy);
  return file;
}

/** @throws {UserError} exit 2: it does not exist, or is not valid */
export function readFleet(folder: string): Fleet {
  const file = fileIn(folder);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(
      `${file} does not exist, or is not JSON.`,
      'Name the folder (--out DIR) of a run with targets. A run that was killed must be run again.',
      2,
      { cause: error },
    );
  }
  const problem = fleetProblem(value);
  if (problem === undefined) return value as Fleet; // the schema says so
  throw new UserError(`${file} is not a valid fleet: ${printable(problem, 300)}.`, 'Run that part again.', 2);
}

/** What fleet.json says of a target’s report. */
export const resultOf = (report: Report): FleetResult => ({
  verdict: report.verdict,
  headline: headline(report),
  run: report.run.id,
  must: report.summary.must,
});

interface Part {
  readonly folder: string;
  readonly fleet: Fleet;
}

/**
 * @param folders those that the parts were written to
 * @param out where the whole goes: every target's folder, and a fleet.json over them
 * @returns the exit code: the worst of the targets'
 * @throws {UserError} exit 2: a part is missing or there twice, was not made alike, or is not what it says
 */
export function merge(folders: readonly string[], { out }: { readonly out: string }, io: Terminal): number {
  refuseOnto(folders, out);
  const parts = folders.map((folder) => ({ folder, fleet: readFleet(folder) }));
  const [first] = parts;
  if (!first) throw new TypeError('there is at least one folder');
  for (const part of parts) refuseOther(first, part);
  refuseGaps(parts);
  const entries = parts.flatMap((part) => part.fleet.targets.map((entry) => proven(entry, part)));
  const whole = outFolder(out);
  removeFleet(whole);
  for (const { folder, fleet } of parts)
    for (const { name } of fleet.targets) {
      removeOldRun(join(whole, name));
      // What stores the parts may leave out the empty folder of a target that could not be tested.
      if (existsSync(join(folder, name))) cpSync(join(folder, name), join(whole, name), { recursive: true });
    }
  const fleet: Fleet = {
    ...first.fleet,
    verdict: fleetVerdict(entries),
    exitCode: worstCode(entries.map(({ exitCode }) => exitCode)),
    shard: null,
    startedAt: parts.map(({ fleet: { startedAt } }) => startedAt).sort()[0] ?? first.fleet.startedAt,
    durationMs: Math.max(...parts.map(({ fleet: { durationMs } }) => durationMs)),
    targets: first.fleet.planned.flatMap((planned) => entries.find(({ name }) => name === planned) ?? []),
  };
  const file = writeFleet(fleet, whole);
  io.write(fleetText(fleet, { colour: io.colour, width: io.width, file }));
  return fleet.exitCode;
}

function refuseOnto(folders: readonly string[], out: string): void {
  const onto = folders.find((folder) => resolve(folder) === resolve(out));
  if (onto !== undefined)
    throw new UserError(
      `--out ${out} is one of the parts.`,
      'Name another folder for the whole: --out DIR.',
      2,
    );
}

/** What must be the same for verdicts to stand beside each other. */
const alike = ({ harnessVersion, docsVersion, hashes, planned, shard }: Fleet) => ({
  'harness version': harnessVersion,
  'edition of the docs': docsVersion,
  suites: hashes.suites,
  'OpenAPI document': hashes.openapi,
  'register of clauses': hashes.clauses,
  configuration: hashes.config,
  'list of targets': planned,
  'number of parts': shard?.of ?? 1,
});

function refuseOther(first: Part, part: Part): void {
  const theirs = new Map<string, unknown>(Object.entries(alike(part.fleet)));
  const differs = Object.entries(alike(first.fleet)).find(
    ([what, ours]) => !isDeepStrictEqual(ours, theirs.get(what)),
  );
  if (!differs) return;
  throw new UserError(
    `${part.folder} is not a part of the same fleet as ${first.folder}: the ${differs[0]} differs.`,
    'Run all parts with the same version of the program and the same configuration.',
    2,
  );
}

/** @throws {UserError} a target would be reported twice, or not at all */
function refuseGaps(parts: readonly Part[]): void {
  const of = parts[0]?.fleet.shard?.of ?? 1;
  const indexOf = ({ fleet }: Part): number => fleet.shard?.index ?? 1;
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter(
    (index) => !parts.some((part) => indexOf(part) === index),
  );
  if (missing.length > 0)
    throw new UserError(
      `Of ${of} parts ${missing.map((index) => `${index}/${of}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      'Name the folders of all parts, or run those again: --shard.',
      2,
    );
  for (const part of parts) {
    const same = parts.find((other) => other !== part && indexOf(other) === indexOf(part));
    if (same)
      throw new UserError(
        `${same.folder} and ${part.folder} are both part ${indexOf(part)}/${of}.`,
        'Name each part once.',
        2,
      );
  }
  const names = parts.flatMap(({ fleet }) => fleet.targets.map(({ name }) => name));
  for (const name of parts[0]?.fleet.planned ?? []) {
    const times = names.filter((one) => one === name).length;
    if (times !== 1)
      throw new UserError(
        `Target ${name} is in ${times === 0 ? 'none' : times} of the parts; it must be in one.`,
        'Run the parts again with one configuration.',
        2,
      );
  }
}

/** An entry held against the report that it speaks of: what it says is worth nothing without it. */
function proven(entry: FleetEntry, { folder, fleet }: Part): FleetEntry {
  if (!entry.result) return entry;
  const file = join(folder, entry.name, formatFiles.json);
  const report = readReport(file);
  const { config: _, ...hashes } = fleet.hashes;
  const isThis =
    report.target.name === entry.name &&
    isDeepStrictEqual(resultOf(report), entry.result) &&
    isDeepStrictEqual(report.run.hashes, hashes);
  if (isThis) return { ...entry, exitCode: worstCode([entry.exitCode, codeOf(report)]) };
  throw new UserError(
    `${file} is not the report that ${join(folder, 'fleet.json')} lists.`,
    'Run that part again.',
    2,
  );
}
