/** The folder that a run writes to: made, cleared and written into, without a word about what is written. */
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formatFiles, writtenForms } from '../../reports/text/format-ids.ts';
import { UserError } from '../model/errors.ts';
import { journalName } from '../run/journal.ts';

/** Removes what an older run left in a folder: beside a newer journal, its reports would be taken for newer ones. */
export function removeOldRun(folder: string): void {
  const files = [...writtenForms.map((id) => formatFiles[id]), journalName];
  for (const file of files) rmSync(join(folder, file), { force: true });
}

/** Writes a file, in a new folder if it is needed. @throws {UserError} exit 3, with this remedy: it can't be written */
export function writeOutput(path: string, text: string, remedy: string): void {
  try {
    makeFolder(dirname(resolve(path)));
    writeFileSync(path, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path, { force: true }); // a part of it is no report
    throw new UserError(`${path} can’t be written: ${why}.`, remedy, 3, { cause: error });
  }
}

/** Makes a folder that files shall be written to, before any work is done. @throws {UserError} exit 2 */
export function outFolder(out: string, option = '--out'): string {
  try {
    makeFolder(resolve(out));
    if (!statSync(out).isDirectory()) throw new TypeError('not a folder');
    accessSync(out, constants.W_OK);
    return out;
  } catch (error) {
    throw new UserError(
      `${option} ${out}: nothing can be written there.`,
      'Name a folder that can be written.',
      2,
      { cause: error },
    );
  }
}

/** Node's own recursive way never ends where a file system refuses with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
