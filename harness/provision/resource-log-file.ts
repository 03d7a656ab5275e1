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
import { field } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';
import { type Entry, type Opened, ResourceLog, resourceLogSchema } from './resource-log.ts';

export const resourceLogName = 'resources.ndjson';

/** A resource log that is written to a file. */
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
 * Continues a resource log, of this run or of a killed one.
 * @throws {UserError} exit 2: there is no resource log in the file; exit 3: it can't be written
 */
export function continueResourceLog(file: string): ResourceLogFile {
  const { opened, entries } = readResourceLog(file);
  const whole = readFileSync(file);
  truncateSync(file, whole.lastIndexOf(10) + 1); // without a last line that a kill cut off
  const { keep, close } = appendTo(file);
  return { resourceLog: new ResourceLog(opened, keep, entries), close };
}

/** The file is opened at the first entry. */
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
    `The resource log ${file} can't be written (${cause instanceof Error && 'code' in cause ? cause.code : cause}), so the run creates nothing.`,
    'Free disk space, or choose another folder with --out.',
    3,
    { cause },
  );

/** @throws {UserError} exit 2: there is no resource log in the file */
export function readResourceLog(file: string): {
  readonly opened: Opened;
  readonly entries: readonly Entry[];
} {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw notOurs(`${file} is not a file.`);
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop(); // a kill cut it off, so what it announces was never requested
  const entries = lines.map((line, index) => {
    const entry = entryOf(line);
    if (!entry) throw notOurs(`${file}: line ${index + 1} is not an entry of a resource log.`);
    return entry;
  });
  const [opened] = entries;
  const schema = field(opened, 'schema'); // version 1 had another type in its first line
  if (typeof schema === 'string' && schema !== resourceLogSchema)
    throw notOurs(`${file} has the schema ${schema}, expected ${resourceLogSchema}.`);
  if (opened?.type !== 'opened')
    throw notOurs(`${file} is not a resource log: its first line has no "type":"opened".`);
  return { opened, entries };
}

function entryOf(line: string): Entry | undefined {
  try {
    const entry: Entry | null = JSON.parse(line); // the schema in the first line shows that this program wrote it
    return typeof entry?.type === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

const notOurs = (problem: string): UserError =>
  new UserError(problem, `Give the ${resourceLogName} of a run.`, 2);

/** Whether nothing is left to remove; true without a resource log. @throws {UserError} as above */
export function nothingLeft(file: string): boolean {
  if (!existsSync(file)) return true;
  const { opened, entries } = readResourceLog(file);
  const { openDatabases, openTasks } = new ResourceLog(opened, () => {}, entries);
  return openDatabases.length + openTasks.length === 0;
}

/**
 * Makes way for a new resource log. One with something left to remove is kept under another name.
 * @returns its new path, or undefined if nothing was kept
 * @throws {UserError} exit 2: the file is not a resource log
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
