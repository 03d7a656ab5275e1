/** The resource log on disk: one entry a line, beside the journal. */
import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { field, parsedJson } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';
import { appendTo, type LineFile, writeError } from './line-file.ts';
import { type Entry, isOwnId, type Opened, ResourceLog, resourceLogSchema } from './resource-log.ts';

export const resourceLogName = 'resources.ndjson';

export interface ResourceLogFile {
  readonly resourceLog: ResourceLog;
  close(): void;
}

/**
 * Begins a resource log.
 * @throws {UserError} exit 3: it can't be written
 */
export function beginResourceLog(file: string, opened: Opened): ResourceLogFile {
  const begun = keeping(file);
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
  const { keep, close } = keeping(file);
  return { resourceLog: new ResourceLog(opened, keep, entries), close };
}

/** The file is opened at the first entry. */
function keeping(file: string): { readonly keep: (entry: Entry) => void; readonly close: () => void } {
  let opened: LineFile | undefined;
  return {
    keep(entry) {
      try {
        opened ??= appendTo(file);
        opened.append(`${JSON.stringify(entry)}\n`);
      } catch (error) {
        throw unwritable(file, error);
      }
    },
    close: () => opened?.close(),
  };
}

const unwritable = (file: string, cause: unknown): UserError =>
  new UserError(
    `The resource log ${file} can’t be written (${writeError(cause)}), so the run creates nothing more.`,
    'Free disk space, or choose another folder with --out.',
    3,
    { cause },
  );

/**
 * Reads a resource log. It may come from anywhere: it counts only if each entry could be one of a run with its tag.
 * @throws {UserError} exit 2: there is no resource log in the file
 */
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
  const wrong = entries.findIndex((entry, index) => !isOfRun(entry, index, opened.tag));
  if (wrong >= 0) throw notOurs(`${file}: no run writes line ${wrong + 1}.`);
  return { opened, entries };
}

/** Whether a value of an entry can be that of a run with this tag. */
type ValueRule = (value: unknown, tag: string) => boolean;
const isText: ValueRule = (value) => typeof value === 'string';
/** The ids and names that a run chooses. */
const isOwn: ValueRule = (value, tag) =>
  typeof value === 'string' && isOwnId(value, tag) && /^[\w.~-]+$/.test(value);
const isTag: ValueRule = (value) => typeof value === 'string' && /^[0-9a-f]{8}$/.test(value);
const isAddress: ValueRule = (value) =>
  typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value);
const areListed: ValueRule = (value) =>
  Array.isArray(value) &&
  value.every((row: unknown) => isText(field(row, 'guid'), '') && isText(field(row, 'name'), ''));

const valueRules: { readonly [T in Entry['type']]: Readonly<Record<string, ValueRule>> } = {
  opened: { target: isAddress, tag: isTag, startedAt: isText },
  found: { databases: areListed },
  'making task': { id: isOwn, by: (value) => value === 'control' || value === 'crdbs' },
  'making database': { name: isOwn, task: isOwn },
  'made database': { name: isOwn, guid: isText },
  'given task': { id: isText },
  'given database': { guid: isText },
  'unknown id': { id: isText },
  'task over': { id: isText },
  'database gone': { name: isText },
  closed: {},
};

function isOfRun(entry: Entry, index: number, tag: string): boolean {
  if (!Object.hasOwn(valueRules, entry.type) || (entry.type === 'opened') !== (index === 0)) return false;
  return Object.entries(valueRules[entry.type]).every(([name, rule]) => rule(field(entry, name), tag));
}

function entryOf(line: string): Entry | undefined {
  const entry = parsedJson(line);
  return typeof field(entry, 'type') === 'string' ? (entry as Entry) : undefined; // its values are checked below
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
 * @returns its new path, and the target of its run; undefined if nothing was kept
 * @throws {UserError} exit 2: the file is not a resource log
 */
export function putAside(file: string): { readonly file: string; readonly target: string } | undefined {
  if (nothingLeft(file)) {
    rmSync(file, { force: true });
    return undefined;
  }
  const { tag, target } = readResourceLog(file).opened;
  const kept = join(dirname(file), `resources-${tag}.ndjson`);
  renameSync(file, kept);
  return { file: kept, target };
}
