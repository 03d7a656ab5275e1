/** `crdb-conformance import`: a folder of report.json into a history. Each run once, whatever the files are called. */
import { closeSync, globSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../../reports/headline.ts';
import { openHistory } from '../../reports/history/file.ts';
import { keep } from '../../reports/history/keep.ts';
import { UserError } from '../model/errors.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * Bad reports are named, and the others imported.
 * @returns 2 where there was a bad one, else 0
 * @throws {UserError} exit 2: there is no such folder, or no report in it
 */
export function importReports(
  folder: string,
  { history: file }: { readonly history: string },
  io: Terminal,
): number {
  const files = reportsIn(folder);
  using history = openHistory(file);
  const found = { imported: 0, 'there already': 0, bad: 0 };
  for (const path of files) {
    const report = readOrTell(path, io);
    found[report ? (keep(history, report) ? 'imported' : 'there already') : 'bad']++;
  }
  const { imported, bad } = found;
  io.write(`${counted(imported, 'run')} imported, ${found['there already']} there already, ${bad} bad\n`);
  return bad > 0 ? 2 : 0;
}

function readOrTell(path: string, io: Terminal) {
  try {
    return readReport(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.error(`${error.message}\n`);
    return undefined;
  }
}

/** Every report.json below a folder, and every other JSON file that says it is a report; a journal is none. */
function reportsIn(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${folder} is no folder.`, 'Name the folder that holds the report.json files.', 2);
  const files = globSync('**/*.json', { cwd: folder, exclude: ['**/node_modules'] })
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && isMeant(path));
  if (files.length > 0) return files;
  throw new UserError(
    `There is no report in ${folder}.`,
    'A run writes one, report.json; crdb-conformance report FOLDER makes it anew from a journal.',
    2,
  );
}

const isMeant = (path: string): boolean =>
  /(^|[/\\.-])report\.json$/.test(path) ||
  /^\s*\{\s*"schema":\s*"crdb-conformance\/report@/.test(beginning(path));

/** A file of any size may lie there. */
function beginning(path: string): string {
  const bytes = Buffer.alloc(200);
  const descriptor = openSync(path, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}
