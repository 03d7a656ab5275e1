/** The text of a file that an option names. */
import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../model/errors.ts';

/** @throws {UserError} exit 2: the file can't be read */
export function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = existsSync(file) ? 'can’t be read' : 'is not there';
    throw new UserError(`${option} ${file} ${why}.`, 'Name a file that can be read.', 2, { cause: error });
  }
}
