/**
 * A history file: one SQLite database with one table of runs, opened and recognised as ours. One file is all there is, so
 * that it can be copied and mailed: SQLite's write-ahead log would keep the newest runs in a second one, and works on no
 * network file system. `node:sqlite` comes with Node; better-sqlite3 needs a build or a download at install.
 */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** What a user can mend about a history file: the program prints it in two lines, without a stack. */
export class HistoryError extends Error {
  /** What to do next: one line. */
  readonly remedy: string;
  readonly exitCode = 2;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'HistoryError';
    this.remedy = remedy;
  }
}

export interface History extends Disposable {
  /** @throws {HistoryError} the file can't be read */
  read<T>(work: (db: DatabaseSync) => T): T;
  /**
   * All of it is kept, or nothing.
   * @throws {HistoryError} the file can't be written
   */
  write<T>(work: (db: DatabaseSync) => T): T;
}

export interface OpenOptions {
  readonly timeoutMs?: number;
}

/** `crdb` in ASCII: by this number in its head, SQLite's own tools and `file` tell whose database it is. */
const applicationId = 0x63_72_64_62;
/** `PRAGMA user_version`. Versions 1 and 2 had a row for each verdict. */
const schemaVersion = 3;
const schema = `
  CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    started_ms INTEGER NOT NULL, -- since 1970
    verdicts TEXT NOT NULL, -- JSON: by clause id, for a look back over many runs
    past TEXT NOT NULL, -- JSON: the run with its verdicts, enough to compare two
    report BLOB NOT NULL -- the whole report.json, as zstd
  ) STRICT;
  CREATE INDEX runs_of_target ON runs (target, started_ms);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** @throws {HistoryError} it is not there, empty, or no history of ours */
export function readHistory(file: string, options: OpenOptions = {}): History {
  if (!existsSync(file))
    throw new HistoryError(
      `The history ${file} does not exist.`,
      'A run makes one: crdb-conformance run --history FILE',
    );
  const history = opened(file, options);
  if (history.read(isMade(file))) return history;
  history[Symbol.dispose]();
  throw new HistoryError(
    `The history ${file} is empty.`,
    'A run adds itself to it: crdb-conformance run --history FILE',
  );
}

/** Opens it for writing, and makes it where it doesn't exist. @throws {HistoryError} it can't be written */
export function openHistory(file: string, options: OpenOptions = {}): History {
  const history = opened(file, options);
  try {
    if (!history.read(isMade(file)))
      history.write((db) => {
        if (!isMade(file)(db)) db.exec(schema); // another program may have made it meanwhile
      });
    return history;
  } catch (error) {
    history[Symbol.dispose]();
    throw error;
  }
}

/** Also for reading it is opened writable: what a killed program left half done must be undone first. */
function opened(file: string, { timeoutMs = 5000 }: OpenOptions): History {
  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw inWords(error, file);
    }
  };
  const db = explained(() => {
    const { DatabaseSync } = withoutExperimentalWarning(() => process.getBuiltinModule('node:sqlite'));
    return new DatabaseSync(file, { timeout: timeoutMs });
  });
  return {
    read: (work) => explained(() => work(db)),
    write: (work) => explained(() => inOneTransaction(db, () => work(db))),
    [Symbol.dispose]: () => db.close(),
  };
}

/** On Node 22 the module is called experimental; a user of this program can do nothing about it. */
function withoutExperimentalWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** All of some work, or nothing of it, also where the program is killed in the middle. */
function inOneTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE'); // a writer that began by reading could deadlock with another
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK'); // a full disk has rolled back by itself
    throw error;
  }
}

/** Whether the table is there. @throws {HistoryError} the file is another program's, or another version's */
const isMade =
  (file: string) =>
  (db: DatabaseSync): boolean => {
    const owner = pragma(db, 'application_id');
    const version = pragma(db, 'user_version');
    const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    if (owner === 0 && version === 0 && isEmpty) return false;
    if (owner !== applicationId)
      throw new HistoryError(
        `${file} is the database of another program.`,
        'Name another --history FILE; this one is left as it is.',
      );
    if (version === schemaVersion) return true;
    const age = version > schemaVersion ? 'a newer' : 'an older';
    throw new HistoryError(
      `The history ${file} was written by ${age} crdb-conformance (schema ${version}; this one reads ${schemaVersion}).`,
      'Use that version, or name another --history FILE; this one is left as it is.',
    );
  };

const pragma = (db: DatabaseSync, name: 'application_id' | 'user_version'): number =>
  Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);

type Trouble = readonly [problem: string, remedy: string];

const unwritable: Trouble = [
  'can’t be written: the file, or the folder of its journal, is read-only.',
  'Give this user the right to write both, or name another --history FILE.',
];

/** By primary result code: https://sqlite.org/rescode.html */
const troubles: ReadonlyMap<number, Trouble> = new Map([
  [3, unwritable],
  [5, ['is locked by another program.', 'Try again when that program has ended.']],
  [8, unwritable],
  [10, ['can’t be read or written: the disk failed, or is full.', 'Check the disk.']],
  [11, ['is damaged.', 'Restore a copy, or use another file.']],
  [13, ['can’t grow: the disk is full.', 'Make room.']],
  [
    14,
    [
      'can’t be opened: its folder does not exist, or can’t be entered.',
      'Make the folder, or name another --history FILE.',
    ],
  ],
  [26, ['is not a history: it is not an SQLite database.', 'Name another --history FILE.']],
]);

/** @returns SQLite's result code in words: what happened to the file, and what to do; any other error as it is */
function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const [problem, remedy] = troubles.get(error.errcode & 0xff) ?? [
    `can’t be used: ${error.message}.`,
    'Use another file, and report this problem.',
  ];
  return new HistoryError(`The history ${file} ${problem}`, remedy, { cause: error });
}
