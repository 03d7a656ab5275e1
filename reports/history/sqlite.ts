/**
 * The database behind a history: `node:sqlite`, which comes with Node. better-sqlite3 is as good, but native: it needs
 * a build or a download at install, which npm's `allowScripts` rightly stops. The price is a warning on Node 22, where
 * the module is called experimental; it is stable from 24 on.
 */
import type { DatabaseSync } from 'node:sqlite';

/** Milliseconds that one program waits for another to have written; a run is written in some 50. */
const limitMs = 5000;

/** Opens a file, or makes an empty one; where it may only be read, reading works. */
export function connect(file: string, timeoutMs = limitMs): DatabaseSync {
  const { DatabaseSync } = withoutExperimentalWarning(() => process.getBuiltinModule('node:sqlite'));
  return new DatabaseSync(file, {
    timeout: timeoutMs,
    enableForeignKeyConstraints: true,
  });
}

/** What a user of this program can't act on is not shown to them. */
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
export function inOneGo<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE'); // takes its turn at once: two writers that began by reading could never both go on
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK'); // a full disk has rolled back by itself
    throw error;
  }
}
