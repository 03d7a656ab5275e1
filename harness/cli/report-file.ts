/** Reads a report.json. It may come from anywhere: everything in it that can be checked is checked. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../reports/text/escape.ts';
import { formatFiles } from '../../reports/text/format-ids.ts';
import { firstProblem, holdsMoreValues, longestReport, mostValues } from '../../reports/validate.ts';
import { field, parsedJson } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';
import { type Report, reportSchema } from '../model/report.ts';
import { unfounded } from '../run/report.ts';

/** Why something is no report, and what to do about it. */
export interface Refused {
  readonly problem: string;
  readonly remedy: string;
}

const anew = 'Write it again from the journal: crdb-conformance report FOLDER.';
const another = 'Name the report.json of a run, or its folder.';

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The first 256 bytes of a file, by which its kind is known. */
export function startOf(file: string): string {
  const beginning = Buffer.alloc(256);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, beginning);
  closeSync(descriptor);
  return beginning.toString('utf8', 0, length);
}

/**
 * @param where a report.json, or the folder of a run
 * @throws {UserError} exit 2: the file can't be read, or is no whole report of this schema
 */
export function readReport(where: string): Report {
  const file = isFolder(where) ? join(where, formatFiles.json) : where;
  const found = reportFrom(contentOf(file));
  if ('report' in found) return found.report;
  throw new UserError(`${file} ${found.problem}.`, found.remedy, 2);
}

/** @returns the report that a file's content is */
export function reportFrom(content: Buffer): { readonly report: Report } | Refused {
  if (holdsMoreValues(content, mostValues))
    return {
      problem: `has more than ${mostValues} values, more than the report of any run`,
      remedy: another,
    };
  const value = parsedJson(content.toString('utf8'));
  if (value === undefined) return { problem: 'is not JSON, or is incomplete', remedy: anew };
  const schema = field(value, 'schema');
  if (schema !== reportSchema) return ofAnotherSchema(schema);
  const problem = firstProblem(value);
  if (problem !== undefined)
    return { problem: `is not a valid report: ${printable(problem, 300)}`, remedy: anew };
  const report = value as Report; // the schema says so
  const forged = unfounded(report);
  if (forged === undefined) return { report };
  return { problem: `contradicts itself: ${printable(forged, 300)}`, remedy: anew };
}

function ofAnotherSchema(schema: unknown): Refused {
  const [, version] =
    typeof schema === 'string' ? (schema.match(/^crdb-conformance\/report@(\d+)$/) ?? []) : [];
  if (version !== undefined)
    return {
      problem: `has the report schema ${version}, but this program reads ${reportSchema}`,
      remedy: 'Read it with the version of the program that wrote it: see run.harnessVersion in it.',
    };
  const shown = schema === undefined ? 'missing' : printable(JSON.stringify(schema), 100);
  return {
    problem: `is not a report of this program: its schema is ${shown}, expected "${reportSchema}"`,
    remedy: another,
  };
}

/** @throws {UserError} exit 2, before anything is read where it is no file or too long */
function contentOf(file: string): Buffer {
  let problem: string;
  try {
    const found = statSync(file);
    if (found.isFile() && found.size <= longestReport) return readFileSync(file);
    problem = found.isFile()
      ? `has ${Math.ceil(found.size / 2 ** 20)} MiB; at most ${longestReport / 2 ** 20} MiB are read`
      : `can’t be read: it is ${found.isDirectory() ? 'a folder' : 'not a file'}`;
  } catch (error) {
    throw new UserError(`${file} can’t be read.`, another, 2, { cause: error });
  }
  throw new UserError(`${file} ${problem}.`, another, 2);
}
