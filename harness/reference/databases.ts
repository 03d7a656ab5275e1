/**
 * The databases of a cluster. Each operation on a database is a task. One operation at a time runs on each database:
 * the others wait in its queue. A database exists from the end of its creation to the end of its removal.
 */
import type { CrdbsOptions, OperationKind } from './crdbs-options.ts';
import { type IncomingRequest, isRecord } from './messages.ts';
import { advance, isEnded, type Mark, type Phase, phaseOf, type Task } from './task.ts';
import type { Clock, Tasks } from './tasks.ts';

export type DatabaseConfig = Readonly<Record<string, unknown>>;

/** What a request says about its task. */
export interface TaskOptions {
  readonly id: string | undefined;
  readonly resultTtlS: number | undefined;
  /** It will fail, as when a participating cluster refuses the credentials. */
  readonly fails: boolean;
}

interface Database {
  readonly guid: string;
  /** As it was posted; an update changes it at the end of its task. */
  config: DatabaseConfig;
  /** Undefined: it existed before the first request. */
  readonly creation: Task | undefined;
  removal: Task | undefined;
  readonly updates: { readonly task: Task; readonly change: DatabaseConfig }[];
  /** Its operations, in the order of their requests. */
  queue: readonly DatabaseOperation[];
  /** Since when no operation runs. */
  freeMs: number;
}

interface DatabaseOperation {
  readonly task: Task;
  readonly kind: OperationKind;
  readonly fails: boolean;
}

export class Databases {
  readonly #all = new Map<string, Database>();
  readonly #clock: Clock;
  readonly #tasks: Tasks;
  readonly #options: CrdbsOptions;
  #made = 0;
  /** Until when an operation runs on any of them. */
  #busyUntilMs = 0;

  constructor(clock: Clock, tasks: Tasks, options: CrdbsOptions) {
    this.#clock = clock;
    this.#tasks = tasks;
    this.#options = options;
  }

  /** Adds a database that exists already. @returns its guid */
  plant(config: DatabaseConfig, guid = this.#newGuid()): string {
    this.#add(guid, config);
    return guid;
  }

  /** Removes a database at once, without a task. */
  lose(guid: string): void {
    this.#all.delete(guid);
  }

  /** Advances every database to now. */
  settle(): void {
    for (const database of this.#all.values()) this.#settle(database);
  }

  /** The existing databases, as objects of the API. */
  shown(): readonly DatabaseConfig[] {
    return [...this.#all.keys()].map((guid) => this.show(guid)).filter((shown) => shown !== undefined);
  }

  /** One database; undefined where it doesn't exist. */
  show(guid: string): DatabaseConfig | undefined {
    const database = this.#all.get(guid);
    if (database) this.#settle(database);
    if (!database || !this.#isThere(database)) return undefined;
    const done = database.updates.filter(({ task }) => this.#phaseOf(task) === 'finished');
    database.config = done.reduce((config, { change }) => updated(config, change), database.config);
    for (const one of done) database.updates.splice(database.updates.indexOf(one), 1);
    return { guid, ...database.config };
  }

  /** Whether an operation on it runs, or waits for its turn. */
  isBusy(guid: string): boolean {
    const database = this.#all.get(guid);
    if (database) this.#settle(database);
    return database !== undefined && database.queue.length > 0;
  }

  /** Whether its removal was requested and has not failed. */
  isBeingRemoved(guid: string): boolean {
    const removal = this.#all.get(guid)?.removal;
    return removal !== undefined && this.#phaseOf(removal) !== 'failed';
  }

  create(config: DatabaseConfig, options: TaskOptions): Task {
    const guid = this.#newGuid();
    const operation = this.#operation('create', guid, options);
    this.#add(guid, config, operation);
    return operation.task;
  }

  #add(guid: string, config: DatabaseConfig, creation?: DatabaseOperation): void {
    this.#all.set(guid, {
      guid,
      config,
      creation: creation?.task,
      removal: undefined,
      updates: [],
      queue: creation ? [creation] : [],
      freeMs: 0,
    });
  }

  /** @throws {RangeError} the database doesn't exist */
  update(guid: string, change: DatabaseConfig, options: TaskOptions): Task {
    const { database, task } = this.#onOne('update', guid, options);
    database.updates.push({ task, change });
    return task;
  }

  /** @throws {RangeError} the database doesn't exist */
  remove(guid: string, options: TaskOptions): Task {
    const { database, task } = this.#onOne('remove', guid, options);
    database.removal = task;
    return task;
  }

  #onOne(
    kind: OperationKind,
    guid: string,
    options: TaskOptions,
  ): { readonly database: Database; readonly task: Task } {
    const database = this.#all.get(guid);
    if (!database) throw new RangeError(`there is no database ${guid}`);
    const operation = this.#operation(kind, guid, options);
    database.queue = [...database.queue, operation];
    return { database, task: operation.task };
  }

  /** An operation in the queue. */
  #operation(kind: OperationKind, guid: string, { id, resultTtlS, fails }: TaskOptions): DatabaseOperation {
    const task = this.#tasks.create({
      ...(id === undefined ? {} : { id }),
      ...(resultTtlS === undefined ? {} : { resultTtlS }),
      guid,
      phase: 'queued',
    });
    return { task, fails, kind };
  }

  /** An operation starts when the one before it has ended; one that was cancelled in the queue never starts. */
  #settle(database: Database): void {
    for (let [first, ...others] = database.queue; first; [first, ...others] = database.queue) {
      const { task } = first;
      const waits = this.#phaseOf(task) === 'queued' && task.pending.length === 0;
      if (waits) task.pending = this.#schedule(first, Math.max(database.freeMs, task.marks[0].atMs));
      const isCancelled = this.#phaseOf(task) === 'queued' && task.cancelledMs !== undefined;
      if (!isEnded(phaseOf(task)) && !isCancelled) return;
      const ran = task.marks.some(({ phase }) => phase === 'running');
      if (ran) database.freeMs = Math.max(database.freeMs, (task.marks.at(-1) ?? task.marks[0]).atMs);
      database.queue = others;
    }
  }

  #schedule({ fails, kind }: DatabaseOperation, earliestMs: number): readonly Mark[] {
    const { takesMs, slower, acrossDatabases } = this.#options;
    const fromMs = acrossDatabases === 'one by one' ? Math.max(earliestMs, this.#busyUntilMs) : earliestMs;
    const runsMs = fromMs + takesMs.queued;
    const doneMs = runsMs + takesMs.running * slower[kind];
    const endsMs = fails ? doneMs : doneMs + takesMs.committing * slower[kind];
    this.#busyUntilMs = endsMs;
    const start: Mark = { phase: 'running', atMs: runsMs };
    if (fails) return [start, { phase: 'failed', atMs: endsMs }];
    return [start, { phase: 'committing', atMs: doneMs }, { phase: 'finished', atMs: endsMs }];
  }

  /** Whether the licence has no shard for one more. */
  get isFull(): boolean {
    this.settle();
    const taking = [...this.#all.values()].filter(
      (one) =>
        (one.creation === undefined || this.#phaseOf(one.creation) !== 'failed') && !this.#isRemoved(one),
    );
    return taking.length >= this.#options.shards;
  }

  #isThere(database: Database): boolean {
    const { creation } = database;
    return (creation === undefined || this.#phaseOf(creation) === 'finished') && !this.#isRemoved(database);
  }

  #isRemoved({ removal }: Database): boolean {
    return removal !== undefined && this.#phaseOf(removal) === 'finished';
  }

  #phaseOf(task: Task): Phase {
    advance(task, this.#clock.nowMs());
    return phaseOf(task);
  }

  #newGuid(): string {
    return `00000000-0000-4000-a000-${(this.#made++).toString(16).padStart(12, '0')}`;
  }
}

/** A change replaces what it names, in `default_db_config` field by field. */
function updated(config: DatabaseConfig, change: DatabaseConfig): DatabaseConfig {
  const [before, wanted] = [config.default_db_config, change.default_db_config];
  if (!isRecord(before) || !isRecord(wanted)) return { ...config, ...change };
  return { ...config, ...change, default_db_config: { ...before, ...wanted } };
}

export const textIn = (object: unknown, name: string): string | undefined => {
  const value = isRecord(object) ? object[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The participating clusters that a database or a change of it names, with their credentials. */
export function clustersIn(
  instances: unknown,
): readonly { readonly name: string; readonly credentials: unknown }[] {
  if (!Array.isArray(instances)) return [];
  return instances.flatMap((instance: unknown) => {
    const cluster = isRecord(instance) ? instance.cluster : undefined;
    const name = textIn(cluster, 'name');
    return isRecord(cluster) && name !== undefined ? [{ name, credentials: cluster.credentials }] : [];
  });
}

/** What the headers say about the task, or the status that refuses them. */
export function taskOptionsIn(
  { taskId, resultTtl }: IncomingRequest,
  { resultTtl: handling }: CrdbsOptions,
  fails: boolean,
): TaskOptions | 400 | 500 {
  if (resultTtl === undefined) return { id: taskId, resultTtlS: undefined, fails };
  if (!/^\d+$/.test(resultTtl)) return 400;
  if (handling === 'refused') return 500;
  return { id: taskId, resultTtlS: Number(resultTtl), fails: fails || handling === 'fails the task' };
}
