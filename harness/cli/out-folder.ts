/** A folder that files are to be written to: made and tried before any work is done. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';

/** @returns the same @throws {UserError} exit 2: nothing could be written there */
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
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
