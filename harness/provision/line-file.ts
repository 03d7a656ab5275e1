/** Files that a run appends lines to: a line is in the file whole or not at all, so that the file can always be read. */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

export interface LineFile {
  /** @param line with its line end @throws the error of the system where it can't be written whole */
  append(line: string): void;
  close(): void;
}

/** @throws the error of the system where the file can't be opened */
export function appendTo(file: string): LineFile {
  const descriptor = openSync(file, 'a');
  return {
    append(line) {
      const bytes = Buffer.from(line);
      const before = fstatSync(descriptor).size;
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      } catch (error) {
        takeBack(descriptor, before); // a full disk takes the beginning of a line
        throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function takeBack(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // no file that could be cut, such as a device
  }
}

/** Why a file can't be written, in a few words with the code of the system: people search for it. */
export const writeError = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? `the disk is full, ${code}` : code;
};
