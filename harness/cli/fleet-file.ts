/** Reads and writes fleet.json. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../reports/escape.ts';
import type { Fleet } from '../../reports/fleet.ts';
import { fleetProblem } from '../../reports/validate.ts';
import { UserError } from '../model/errors.ts';

const fileIn = (folder: string): string => join(folder, 'fleet.json');

/** Removes the file of an older fleet, so that it is not read as this one's. */
export const removeFleet = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** @returns its path @throws {UserError} exit 3: it can't be written @throws {Error} it would not be valid */
export function writeFleet(fleet: Fleet, folder: string): string {
  const file = fileIn(folder);
  const problem = fleetProblem(fleet);
  if (problem !== undefined) throw new Error(`${file} would not be valid: ${problem}`);
  try {
    writeFileSync(file, `${JSON.stringify(fleet, null, 2)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${file} can’t be written: ${why}.`,
      'The reports of the targets are in their folders. Make room on the disk and run again.',
      3,
      { cause: error },
    );
  }
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
