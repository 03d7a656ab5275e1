/**
 * The resource log: what a run made or was given. Each creation is entered before it is requested, so that a run that
 * ends in any way leaves nothing unknown. The log decides what may be changed and what must still be removed.
 */

import { createHash } from 'node:crypto';

/** Forms of ids that a target may read in another way than as text. */
export type IdForm = 'uuid' | 'digits';

const digestOf = (tag: string, end: string): string =>
  createHash('sha256').update(`${tag} ${end}`).digest('hex');

/**
 * An id of the run in another form. It has no mark: it begins with a digest of the tag and of its end, so that nobody can
 * enter the id of a foreign task in a resource log.
 * @param end twelve hexadecimal digits, unique in the run
 */
export const idInForm: Readonly<Record<IdForm, (tag: string, end: string) => string>> = {
  uuid: (tag, end) => digestOf(tag, end).replace(/^(.{8})(.{4})(.{3})(.{3}).*/, `$1-$2-4$3-8$4-${end}`),
  digits: (tag, end) => BigInt(`0x1${digestOf(tag, end).slice(0, 18)}${end}`).toString(),
};

/** The beginning of every id and name of a run that is in no other form. */
const markOf = (tag: string): string => `conformance-${tag}-`;

/** Whether a run with this tag chooses such an id. */
export function isOwnId(id: string, tag: string): boolean {
  if (id.startsWith(markOf(tag))) return true;
  if (/^[0-9]{30,40}$/.test(id)) return id === idInForm.digits(tag, BigInt(id).toString(16).slice(-12));
  return /^[0-9a-f-]{36}$/.test(id) && id === idInForm.uuid(tag, id.slice(-12));
}

export interface OwnDatabase {
  readonly name: string;
  /** The task that creates it. */
  readonly task: string;
  /** Undefined until the target shows it. */
  readonly guid?: string;
}

/** Writes an entry. @throws {UserError} exit 3: it can't be written, so nothing may be created */
export type Keep = (entry: Entry) => void;

/** What is left of an id without separators, encodings and other forms of its letters. */
const lettersOf = (id: string): string =>
  id
    .replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
    .normalize('NFKC')
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();

export class ResourceLog {
  readonly opened: Opened;
  readonly #keep: Keep;
  /** How each open task was made. Tasks that the user gave are not here: they are not removed. */
  readonly #tasks = new Map<string, Maker>();
  readonly #mayChange = new Set<string>();
  readonly #given = new Set<string>();
  readonly #databases = new Map<string, OwnDatabase>();
  readonly #goneDatabases = new Set<string>();
  #found: readonly Listed[] = [];

  /**
   * @param keep writes each entry before it counts
   * @param before the entries written so far, in their order
   */
  constructor(opened: Opened, keep: Keep, before: readonly Entry[] = []) {
    this.opened = opened;
    this.#keep = keep;
    for (const entry of before) this.#take(entry);
  }

  /** Enters what is about to be created, or may be changed. @throws {UserError} exit 3: it can't be written */
  enter(entry: Entry): void {
    this.#keep(entry);
    this.#take(entry);
  }

  /** Enters what serves a removal. If it can't be written, the log names more than there is, which does no harm. */
  note(entry: Entry): void {
    try {
      this.#keep(entry);
    } catch {
      // as said above
    }
    this.#take(entry);
  }

  /** The beginning of every name that the run makes, and of its ids but those in another form. */
  get mark(): string {
    return markOf(this.opened.tag);
  }

  isOwn(id: string): boolean {
    return isOwnId(id, this.opened.tag);
  }

  /** Whether a task may be changed: the run made it, the user gave it, or no task has this id. */
  mayChange(id: string): boolean {
    return this.#mayChange.has(id);
  }

  /** Whether an id is an own id, cut, lengthened or spelt in another way. No foreign task has such an id. */
  isMadeOfOwn(id: string): boolean {
    const letters = lettersOf(id);
    if (letters.length <= lettersOf(this.mark).length) return false;
    for (const own of this.#mayChange)
      if (letters.includes(lettersOf(own)) || lettersOf(own).startsWith(letters)) return true;
    return false;
  }

  /** Whether the user named a database: its tasks may be used, and nothing of its configuration may be sent. */
  isGiven(guid: string): boolean {
    return this.#given.has(guid);
  }

  /** Whether a database was made by this run, whatever the target says of it now. */
  mayRemove(guid: string): boolean {
    const isMade = [...this.#databases.values()].some((database) => database.guid === guid);
    return isMade && !this.isForeign(guid) && !this.isGiven(guid);
  }

  /** Whether a database existed before the run, and the user did not name it. */
  isForeign(guid: string): boolean {
    return this.#found.some((before) => before.guid === guid) && !this.isGiven(guid);
  }

  /** Requested tasks that may still exist. */
  get openTasks(): readonly { readonly id: string; readonly by: Maker }[] {
    return [...this.#tasks].map(([id, by]) => ({ id, by }));
  }

  /** Whether a task that was requested in that way may still exist. */
  isOpen(id: string, by: Maker): boolean {
    return this.#tasks.get(id) === by;
  }

  /** Requested databases that may still exist. */
  get openDatabases(): readonly OwnDatabase[] {
    return [...this.#databases.values()].filter(({ name }) => !this.#goneDatabases.has(name));
  }

  madeBy(task: string): OwnDatabase | undefined {
    return this.openDatabases.find((database) => database.task === task);
  }

  /** The databases that existed before the run. */
  get found(): readonly Listed[] {
    return this.#found;
  }

  #take(entry: Entry): void {
    switch (entry.type) {
      case 'found':
        this.#found = entry.databases;
        break;
      case 'making task':
        this.#tasks.set(entry.id, entry.by);
        this.#mayChange.add(entry.id);
        break;
      case 'given task':
      case 'unknown id':
        this.#mayChange.add(entry.id);
        break;
      case 'task over':
        this.#tasks.delete(entry.id);
        break;
      case 'making database':
        this.#databases.set(entry.name, { name: entry.name, task: entry.task });
        break;
      case 'made database': {
        const { task = '' } = this.#databases.get(entry.name) ?? {};
        this.#databases.set(entry.name, { name: entry.name, task, guid: entry.guid });
        this.#goneDatabases.delete(entry.name);
        break;
      }
      case 'given database':
        this.#given.add(entry.guid);
        break;
      case 'database gone':
        this.#goneDatabases.add(entry.name);
        break;
      case 'opened':
      case 'closed':
        break;
    }
  }
}

/** A resource log that is not written: for servers that end with this process. */
export const resourceLogInMemory = (tag: string, keep: Keep = () => {}): ResourceLog =>
  new ResourceLog({ type: 'opened', schema: resourceLogSchema, target: '', tag, startedAt: '' }, keep);

export const resourceLogSchema = 'crdb-conformance/resource-log@2';

export interface Opened {
  readonly type: 'opened';
  readonly schema: typeof resourceLogSchema;
  /** The target's URL, without credentials. */
  readonly target: string;
  /** Unique to the run: every id and name that it makes begins with `conformance-TAG-`, or is made of a digest of it. */
  readonly tag: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** How a task is made, and so how it is removed. */
export type Maker = 'control' | 'crdbs';

/** A database as `/v1/crdbs` lists it. */
export interface Listed {
  readonly guid: string;
  readonly name: string;
}

export type Entry =
  | Opened
  /** The databases that existed before the run. */
  | { readonly type: 'found'; readonly databases: readonly Listed[] }
  | { readonly type: 'making task'; readonly id: string; readonly by: Maker }
  | { readonly type: 'making database'; readonly name: string; readonly task: string }
  | { readonly type: 'made database'; readonly name: string; readonly guid: string }
  /** The user gave it: it may be changed and is never removed. */
  | { readonly type: 'given task'; readonly id: string }
  | { readonly type: 'given database'; readonly guid: string }
  /** An id that no task has. */
  | { readonly type: 'unknown id'; readonly id: string }
  /** The task was removed, or has ended by itself. */
  | { readonly type: 'task over'; readonly id: string }
  | { readonly type: 'database gone'; readonly name: string }
  /** Everything was removed. */
  | { readonly type: 'closed' };
