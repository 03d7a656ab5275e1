/**
 * A history file: opened, recognised as ours, and brought up to the newest schema. One file is all there is, so that it
 * can be copied and mailed: SQLite's write-ahead log would keep the newest runs in a second one, and works on no network
 * file system. A write takes milliseconds; who comes meanwhile waits.
 */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { HistoryError } from './error.ts';
import { applicationId, steps } from './schema.ts';
import { connect, inOneGo } from './sqlite.ts';
import { inWords } from './trouble.ts';

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
  /** How long another program is waited for. */
  readonly timeoutMs?: number;
}

/** @throws {HistoryError} it is not there, or no history of ours */
export function readHistory(file: string, options: OpenOptions = {}): History {
  if (!existsSync(file))
    throw new HistoryError(
      `The history ${file} is not there.`,
      'A run keeps one: crdb-conformance run --history FILE; `import` makes one from reports.',
    );
  const history = opened(file, options);
  const version = history.read(versionOf(file));
  if (version === steps.length) return history;
  history[Symbol.dispose]();
  if (version > 0) return openHistory(file, options); // an older one: to be read it must be brought up
  throw new HistoryError(
    `The history ${file} is empty.`,
    'A run keeps itself there: crdb-conformance run --history FILE',
  );
}

/** Opens it for a run to be kept, and makes it where it isn't there. @throws {HistoryError} it can't be written */
export function openHistory(file: string, options: OpenOptions = {}): History {
  const history = opened(file, options);
  try {
    if (history.read(versionOf(file)) < steps.length) history.write((db) => bringUp(db, file));
    return history;
  } catch (error) {
    history[Symbol.dispose]();
    throw error;
  }
}

/** Also to be read it is opened so that it could be written: what a killed program left half done must be undone first. */
function opened(file: string, { timeoutMs }: OpenOptions): History {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw inWords(error, file);
    }
  };
  const db = told(() => connect(file, timeoutMs));
  return {
    read: (work) => told(() => work(db)),
    write: (work) => told(() => inOneGo(db, () => work(db))),
    [Symbol.dispose]: () => db.close(),
  };
}

/** 0: nothing is in it yet. @throws {HistoryError} it is another program's, or a newer version's */
const versionOf =
  (file: string) =>
  (db: DatabaseSync): number => {
    const owner = pragma(db, 'application_id');
    const version = pragma(db, 'user_version');
    const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    if (owner !== applicationId && !(owner === 0 && version === 0 && isEmpty))
      throw new HistoryError(
        `${file} is the database of another program.`,
        'Name another --history FILE; this one is left as it is.',
      );
    if (version > steps.length)
      throw new HistoryError(
        `The history ${file} was written by a newer crdb-conformance (schema ${version}, known here: ${steps.length}).`,
        'Use that version or a newer one; the file is left as it is.',
      );
    return version;
  };

/** Takes the steps that are left; another program may have taken them while this one waited for its turn. */
function bringUp(db: DatabaseSync, file: string): void {
  for (const step of steps.slice(versionOf(file)(db))) db.exec(step);
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`);
}

function pragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
