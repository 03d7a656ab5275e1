/** The resource log on disk: one entry a line, beside the journal. */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { type Entry, type Opened, ResourceLog, resourceLogSchema } from './resource-log.ts';

export const resourceLogName = 'resources.ndjson';

/** A resource log that goes on on disk. */
export interface ResourceLogFile {
  readonly resourceLog: ResourceLog;
  close(): void;
}

/**
 * Begins a resource log.
 * @throws {UserError} exit 3: it can't be written
 */
export function beginResourceLog(file: string, opened: Opened): ResourceLogFile {
  const begun = appendTo(file);
  begun.keep(opened);
  return { resourceLog: new ResourceLog(opened, begun.keep), close: begun.close };
}

/**
 * Goes on with a resource log, of this run or of one that was killed.
 * @throws {UserError} exit 2: it isn't there, or is none of ours; exit 3: it can't be written
 */
export function continueResourceLog(file: string): ResourceLogFile {
  const { opened, entries } = readResourceLog(file);
  const whole = readFileSync(file);
  truncateSync(file, whole.lastIndexOf(10) + 1); // or what comes next would be glued to a line that was cut off
  const { keep, close } = appendTo(file);
  return { resourceLog: new ResourceLog(opened, keep, entries), close };
}

/** The file is opened when there is something to write: one that can't be written is found out in time all the same. */
function appendTo(file: string): { readonly keep: (entry: Entry) => void; readonly close: () => void } {
  let descriptor: number | undefined;
  return {
    keep(entry) {
      try {
        descriptor ??= openSync(file, 'a');
        writeSync(descriptor, `${JSON.stringify(entry)}\n`);
      } catch (error) {
        throw unwritable(file, error);
      }
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

const unwritable = (file: string, cause: unknown): UserError =>
  new UserError(
    `The resource log ${file} can't be written (${cause instanceof Error && 'code' in cause ? cause.code : cause}): nothing is created without it.`,
    'Make room there, or name another folder with --out.',
    3,
    { cause },
  );

/** @throws {UserError} exit 2: it isn't there, or is none of ours */
export function readResourceLog(file: string): {
  readonly opened: Opened;
  readonly entries: readonly Entry[];
} {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw notOurs(`${file} is not there, or is no file.`);
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop(); // what follows the last line feed was cut off, and what it would have told was never asked for
  const entries = lines.map((line, index) => {
    const entry = entryOf(line);
    if (!entry) throw notOurs(`${file}: line ${index + 1} is no line of a resource log.`);
    return entry;
  });
  const [opened] = entries;
  if (opened?.type !== 'opened') throw notOurs(`${file} does not begin as a resource log does.`);
  if (opened.schema !== resourceLogSchema)
    throw notOurs(`${file} is of the form ${opened.schema}, and only ${resourceLogSchema} can be read.`);
  return { opened, entries };
}

function entryOf(line: string): Entry | undefined {
  try {
    const entry: Entry | null = JSON.parse(line); // its schema, in the first line, says that we wrote it
    return typeof entry?.type === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

const notOurs = (problem: string): UserError =>
  new UserError(problem, `Name the ${resourceLogName} of a run.`, 2);

/** Whether a resource log tells of nothing that is still to be given back; also where there is none. @throws {UserError} as above */
export function nothingLeft(file: string): boolean {
  if (!existsSync(file)) return true;
  const { opened, entries } = readResourceLog(file);
  const { openDatabases, openTasks } = new ResourceLog(opened, () => {}, entries);
  return openDatabases.length + openTasks.length === 0;
}

/**
 * Makes way for a new resourceLog. One that tells of something still to be given back is kept under a name of its own.
 * @returns where it was put, or undefined where there was nothing to keep
 * @throws {UserError} exit 2: what stands there is no resource log
 */
export function putAside(file: string): string | undefined {
  if (nothingLeft(file)) {
    rmSync(file, { force: true });
    return undefined;
  }
  const kept = join(dirname(file), `resources-${readResourceLog(file).opened.tag}.ndjson`);
  renameSync(file, kept);
  return kept;
}
