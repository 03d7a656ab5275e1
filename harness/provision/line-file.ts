/** Files that a run alone appends lines to: they are in the file whole or not at all, so that it can always be read. */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

export interface LineFile {
  /** @param lines with their line ends @throws the error of the system where they can't be written whole */
  append(lines: string): void;
  close(): void;
}

/** @throws the error of the system where the file can't be opened */
export function appendTo(file: string): LineFile {
  const descriptor = openSync(file, 'a');
  let { size } = fstatSync(descriptor);
  return {
    append(lines) {
      const bytes = Buffer.from(lines);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      } catch (error) {
        takeBack(descriptor, size); // a full disk takes the beginning of a line
        throw error;
      }
      size += bytes.length;
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
