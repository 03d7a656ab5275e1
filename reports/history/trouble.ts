/** SQLite's result codes in words: what happened to the file, and what to do. */
import { HistoryError } from './error.ts';

interface Trouble {
  readonly problem: string;
  readonly remedy: string;
}

const damaged: Trouble = {
  problem: 'is damaged.',
  remedy: 'Bring back a copy, or begin another file and `import` the folders of report.json into it.',
};
const unwritable: Trouble = {
  problem: 'can’t be written: the file, or the folder that its journal goes to, is read-only.',
  remedy: 'Give this user the right to write both, or name another --history FILE.',
};

/** By primary result code: https://sqlite.org/rescode.html */
const troubles: ReadonlyMap<number, Trouble> = new Map([
  [3, unwritable],
  [5, { problem: 'is locked by another program.', remedy: 'Try again when that has ended.' }],
  [8, unwritable],
  [10, { problem: 'can’t be read or written: the disk failed, or is full.', remedy: 'Look after the disk.' }],
  [11, damaged],
  [13, { problem: 'can’t grow: the disk is full.', remedy: 'Make room, then `import` what was not kept.' }],
  [
    14,
    {
      problem: 'can’t be opened: its folder is not there, or may not be entered.',
      remedy: 'Make the folder, or name another --history FILE.',
    },
  ],
  [
    26,
    {
      problem: 'is no history of ours: it is no SQLite database.',
      remedy: 'Name another --history FILE.',
    },
  ],
]);

/** What nobody has foreseen: a run is not to end by it, either. */
const unforeseen = ({ message }: Error): Trouble => ({
  problem: `can’t be used: ${message}.`,
  remedy: 'Begin another file, `import` the folders of report.json into it, and please report this.',
});

/** @returns the error as a person can use it; what SQLite has no part in comes back as it is */
export function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const trouble = troubles.get(error.errcode & 0xff) ?? unforeseen(error); // the upper bits tell what kind of it
  return new HistoryError(`The history ${file} ${trouble.problem}`, trouble.remedy, { cause: error });
}
