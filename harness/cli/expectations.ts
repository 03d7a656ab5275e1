/** `crdb-conformance expectations`: writes the file of known failures from reports. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatFiles } from '../../reports/text/format-ids.ts';
import { loadRegister } from '../../spec/register.ts';
import {
  about,
  type ComparedRun,
  heldAgainst,
  readExpectations,
  updateExpectations,
} from '../config/expectations.ts';
import { UserError } from '../model/errors.ts';
import type { PlacedExpectation, Report } from '../model/report.ts';
import { readFleet } from './merge.ts';
import { isFolder, readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

/** A report with what the entries of a file may call its target. */
interface NamedReport {
  readonly names: readonly [name: string, ...labels: string[]];
  readonly report: Report;
}

/**
 * Adds what failed and is not in the file, and deletes the entries that pass again. A run that was cut short changes
 * nothing. New entries name their target if there are several.
 * @param places each a report.json, the folder of a run, or the folder of a fleet
 * @returns 0
 * @throws {UserError} exit 2: there is no report, or the file is not valid
 */
export function expectations(
  places: readonly string[],
  { file }: { readonly file: string },
  io: Pick<Terminal, 'write' | 'error'>,
): number {
  const found = places.flatMap(reportsAt);
  const names = new Set(found.map(({ names: [name] }) => name));
  const entries = entriesIn(file, found);
  const complete = found.filter(({ report }) => report.run.cutShort === null);
  const runs = complete.map(({ names: own, report }): ComparedRun => {
    const compared = heldAgainst(report, about(own, { file, entries }));
    return { ...(names.size > 1 ? { target: own[0] } : {}), expectations: compared };
  });
  const { added, deleted } = updateExpectations(file, runs);
  io.write(`${file}: ${added} added, ${deleted} deleted.\n`);
  for (const {
    names: [name],
  } of found.filter((one) => !complete.includes(one)))
    io.error(`The run of ${name} was cut short: it changed nothing in the file.\n`);
  return 0;
}

/** The reports may be of another edition than the built-in one: the file may name clauses of both. */
function entriesIn(file: string, reports: readonly NamedReport[]): readonly PlacedExpectation[] {
  if (!existsSync(file)) return [];
  const reported = reports.flatMap(({ report }) => report.clauses.map(({ id }) => id));
  return readExpectations(file, [...loadRegister().byId.keys(), ...reported], '--file');
}

/** @throws {UserError} exit 2 */
function reportsAt(place: string): readonly NamedReport[] {
  if (existsSync(join(place, 'fleet.json'))) {
    const { targets } = readFleet(place);
    return targets.flatMap(({ name, labels, result }) =>
      result === null
        ? []
        : [{ names: [name, ...labels], report: readReport(join(place, name, formatFiles.json)) }],
    );
  }
  const file = isFolder(place) ? join(place, formatFiles.json) : place;
  if (!existsSync(file))
    throw new UserError(`${file} does not exist.`, 'Name a report.json, or the folder of a run or fleet.', 2);
  const report = readReport(file);
  return [{ names: [report.target.name], report }];
}
