/** `crdb-conformance report`: every report from a run's journal alone, also where the run was killed. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { readJournal } from '../journal.ts';
import { areRepeats, reportRepeats } from './repeated.ts';
import { journalName, tell } from './reports.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes the reports anew beside the journal, and shows them.
 * @param where a run's folder, that of repeated runs, or a journal
 * @returns the exit code that the run had, or would have had; an interrupted or killed one counts as `incomplete`
 * @throws {UserError} exit 2: there is no journal of ours
 */
export function report(where: string, io: Terminal): number {
  const code = areRepeats(where) ? reportRepeats(where, io) : reportOne(journalIn(where), io);
  return code === 130 ? 4 : code; // nobody has interrupted this command
}

const reportOne = (journal: string, io: Terminal): number => tell(readJournal(journal), dirname(journal), io);

function journalIn(where: string): string {
  const found = statSync(where, { throwIfNoEntry: false });
  const file = found?.isDirectory() ? join(where, journalName) : where;
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new UserError(
    `${file} is not there: a run writes it from its first check on.`,
    'Name the folder that a run wrote to (--out DIR), or the journal in it.',
    2,
  );
}
