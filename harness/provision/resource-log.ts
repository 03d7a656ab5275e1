/**
 * The resource log: what a run made or was given. Each creation is entered before it is requested, so that nothing is
 * left behind unknown, however the run ends. It decides what may be changed and what must still be removed.
 */

/** A database that this run asked for. */
export interface OwnDatabase {
  readonly name: string;
  /** The task that creates it. */
  readonly task: string;
  /** Once it is known. */
  readonly guid?: string;
}

/** Where the lines go. @throws {UserError} exit 3: they can't be written, so that nothing may be created */
export type Keep = (entry: Entry) => void;

export class ResourceLog {
  readonly opened: Opened;
  readonly #keep: Keep;
  /** How each task came, while it isn't over. Those that were given aren't here: nobody has to give them back. */
  readonly #tasks = new Map<string, Maker>();
  readonly #mayChange = new Set<string>();
  readonly #given = new Set<string>();
  readonly #databases = new Map<string, OwnDatabase>();
  readonly #goneDatabases = new Set<string>();
  #found: readonly Listed[] = [];

  /**
   * @param keep is told of every entry before it counts
   * @param before what was kept of it earlier, in its order
   */
  constructor(opened: Opened, keep: Keep, before: readonly Entry[] = []) {
    this.opened = opened;
    this.#keep = keep;
    for (const entry of before) this.#take(entry);
  }

  enter(entry: Entry): void {
    this.#keep(entry);
    this.#take(entry);
  }

  /** What every id and name that the run makes begins with. */
  get mark(): string {
    return `conformance-${this.opened.tag}-`;
  }

  /** Whether a task may be changed: it is the run's own, was given for the purpose, or is nobody's. */
  mayChange(id: string): boolean {
    return this.#mayChange.has(id);
  }

  /** Whether an id is made of one of the run's: cut, or longer. No task of anybody else has such a one. */
  isMadeOfOwn(id: string): boolean {
    const bare = id.replace(/^\{/, '');
    if (bare.length <= this.mark.length) return false;
    for (const own of this.#mayChange) if (bare.startsWith(own) || own.startsWith(bare)) return true;
    return false;
  }

  /** Whether a database may be changed. */
  mayUpdate(guid: string): boolean {
    return this.#given.has(guid) || this.mayRemove(guid);
  }

  /** Whether a database was made by this run. */
  mayRemove(guid: string): boolean {
    return [...this.#databases.values()].some((database) => database.guid === guid);
  }

  /** Tasks that have been asked for and aren't known to be over. */
  get openTasks(): readonly { readonly id: string; readonly by: Maker }[] {
    return [...this.#tasks].map(([id, by]) => ({ id, by }));
  }

  /** Whether a task has been asked for by that maker and isn't known to be over. */
  isOpen(id: string, by: Maker): boolean {
    return this.#tasks.get(id) === by;
  }

  /** Databases that have been asked for and aren't known to be gone. */
  get openDatabases(): readonly OwnDatabase[] {
    return [...this.#databases.values()].filter(({ name }) => !this.#goneDatabases.has(name));
  }

  /** The database whose creation a task is, if it is one. */
  madeBy(task: string): OwnDatabase | undefined {
    return this.openDatabases.find((database) => database.task === task);
  }

  /** Databases that the user named for the purpose. */
  get givenDatabases(): readonly string[] {
    return [...this.#given];
  }

  /** The databases that were there before the run. */
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
      case 'made task':
        this.#tasks.set(entry.id, this.#tasks.get(entry.asked) ?? 'crdbs');
        this.#tasks.delete(entry.asked);
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

/** A resourceLog for a run in this process alone: what it makes goes with the server that it is made on. */
export const resourceLogInMemory = (tag: string, keep: Keep = () => {}): ResourceLog =>
  new ResourceLog({ type: 'opened', schema: resourceLogSchema, target: '', tag, startedAt: '' }, keep);

/** The lines of a resource log: what a run made, or was given for the purpose, told before it is made. Plain data. */
export const resourceLogSchema = 'crdb-conformance/resource-log@2';

/** The first line: whose resourceLog it is. */
export interface Opened {
  readonly type: 'opened';
  readonly schema: typeof resourceLogSchema;
  /** The target's URL, without credentials. */
  readonly target: string;
  /** Drawn for the run: every id and name that it makes begins with `conformance-TAG-`. */
  readonly tag: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** By which protocol a task comes, and so how it is given back. */
export type Maker = 'control' | 'crdbs';

/** A database as `/v1/crdbs` lists it. */
export interface Listed {
  readonly guid: string;
  readonly name: string;
}

export type Entry =
  | Opened
  /** What was there before the run. */
  | { readonly type: 'found'; readonly databases: readonly Listed[] }
  | { readonly type: 'making task'; readonly id: string; readonly by: Maker }
  | { readonly type: 'making database'; readonly name: string; readonly task: string }
  /** The target gave the task an id of its own. */
  | { readonly type: 'made task'; readonly id: string; readonly asked: string }
  | { readonly type: 'made database'; readonly name: string; readonly guid: string }
  /** By the user: it may be changed, and is never removed. */
  | { readonly type: 'given task'; readonly id: string }
  | { readonly type: 'given database'; readonly guid: string }
  /** An id made up by the harness, which no task has. */
  | { readonly type: 'unknown id'; readonly id: string }
  /** The task was removed, or has ended by itself. */
  | { readonly type: 'task over'; readonly id: string }
  | { readonly type: 'database gone'; readonly name: string }
  /** All was given back. */
  | { readonly type: 'closed' };
