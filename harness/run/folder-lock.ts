/**
 * One run at a time for each folder: a lock file names the process that holds it. A lock of a process that no longer
 * runs is stale, and is taken over.
 */
import {
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { field, parsedJson } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';

const lockName = 'run.lock';
/** How often a holder shows that it still runs, for other hosts. */
const heartbeatMs = 15_000;
/** After so long without a heartbeat, the holder on another host is considered dead. */
const silentMs = 120_000;

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** RFC 3339. */
  readonly since: string;
  /** Tells the process from a later one with the same number; null where the system does not say. */
  readonly process: string | null;
  /** Where process numbers mean the same, such as a container. */
  readonly namespace: string | null;
}

/** A stale lock may be taken over by another process first. */
const mostAttempts = 10;

/**
 * Locks folders for this process until they are disposed of.
 * @throws {UserError} exit 2: another run holds one; exit 3: the lock can't be written
 */
export function lockFolders(...folders: readonly string[]): Disposable {
  const locks: Disposable[] = [];
  const release = (): void => {
    for (const lock of locks.splice(0)) lock[Symbol.dispose]();
  };
  try {
    for (const folder of folders) locks.push(lockFolder(folder));
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

function lockFolder(folder: string): Disposable {
  const file = join(folder, lockName);
  const text = `${JSON.stringify(myself())}\n`;
  for (let attempt = 1; !created(file, text); attempt++) {
    const found = lockAt(file);
    if ((found && !isStale(found)) || attempt === mostAttempts) throw heldBy(found, folder, file);
    if (found) takeAway(file, found.text);
  }
  const heartbeat = setInterval(() => {
    if (lockAt(file)?.text === text) utimesSync(file, new Date(), new Date());
  }, heartbeatMs).unref();
  return {
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      if (lockAt(file)?.text === text) rmSync(file, { force: true });
    },
  };
}

const myself = (): Holder => ({
  pid: process.pid,
  host: hostname(),
  since: new Date().toISOString(),
  process: startOf(process.pid),
  namespace: namespace(),
});

/** @returns false where the file exists */
function created(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    if (code === 'EEXIST') return false;
    rmSync(file, { force: true }); // it may be there, and empty
    throw new UserError(
      `The lock ${file} can’t be written (${code}).`,
      'Free disk space, or choose another folder with --out.',
      3,
      { cause: error },
    );
  }
}

interface FoundLock {
  readonly text: string;
  readonly holder: Holder | undefined;
  /** Since the last heartbeat. */
  readonly silentMs: number;
}

/** @returns undefined where there is no lock any more */
function lockAt(file: string): FoundLock | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, holder: holderIn(text), silentMs: Date.now() - statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

/** @returns undefined where the text is not whole: it is being written, or was cut off by a full disk */
function holderIn(text: string): Holder | undefined {
  const value = parsedJson(text);
  const [pid, host, since] = [field(value, 'pid'), field(value, 'host'), field(value, 'since')];
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined;
  const [process, space] = [field(value, 'process'), field(value, 'namespace')];
  return {
    pid,
    host,
    since,
    process: typeof process === 'string' ? process : null,
    namespace: typeof space === 'string' ? space : null,
  };
}

function isStale({ holder, silentMs: silence }: FoundLock): boolean {
  const isSilent = silence > silentMs;
  if (!holder || holder.host !== hostname() || holder.namespace !== namespace()) return isSilent;
  if (holder.process !== null) return startOf(holder.pid) !== holder.process;
  return isSilent || !isAlive(holder.pid);
}

/** Removes a stale lock, and nothing else that has come in its place meanwhile. */
function takeAway(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another process took it away
  }
  if (readFileSync(aside, 'utf8') !== text && !existsSync(file)) renameSync(aside, file);
  rmSync(aside, { force: true });
}

/** When a process started, in ticks since the boot of the machine; null where it does not run, or Linux is not here. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? null; // field 22, counted from the state
  } catch {
    return null;
  }
}

function namespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function heldBy(found: FoundLock | undefined, folder: string, file: string): UserError {
  const holder = found?.holder;
  const who = holder
    ? `process ${holder.pid} on ${JSON.stringify(holder.host).slice(1, -1)}, since ${holder.since}`
    : 'a process that has just begun';
  const isHere = holder?.host === hostname();
  return new UserError(
    `Another run uses the folder ${folder}: ${who}.`,
    `Wait for its end, or name another folder with --out.${isHere ? '' : ` If it no longer runs, remove ${file}.`}`,
    2,
  );
}
