/**
 * The databases of a cluster. Each operation on one is a task, and one at a time runs on each database: the others
 * wait in their queue. A database is there from the end of its creation to the end of its removal.
 */
import type { Clock } from '../clock.ts';
import { advance, isEnded, type Mark, type Phase, phaseOf, type Task } from '../task.ts';
import type { Tasks } from '../tasks.ts';
import type { Quirks } from './cluster-options.ts';

export type Config = Readonly<Record<string, unknown>>;

/** What the headers of a request ask of its task. */
export interface TaskWish {
  readonly id: string | undefined;
  readonly resultTtlS: number | undefined;
  /** It will fail, as it does where a participating cluster refuses the credentials. */
  readonly fails: boolean;
}

interface Database {
  readonly guid: string;
  /** As it was posted; what an update asks for comes into it at the end of its task. */
  config: Config;
  /** Undefined: it was there before anybody asked. */
  readonly creation: Task | undefined;
  removal: Task | undefined;
  readonly updates: { readonly task: Task; readonly change: Config }[];
  /** Its operations, in the order in which they were asked for: one at a time runs. */
  line: readonly Operation[];
  /** Since when it has nothing to do. */
  freeMs: number;
}

interface Operation {
  readonly task: Task;
  readonly fails: boolean;
}

export class Databases {
  readonly #all = new Map<string, Database>();
  readonly #clock: Clock;
  readonly #tasks: Tasks;
  readonly #takesMs: Quirks['takesMs'];
  #made = 0;

  constructor(clock: Clock, tasks: Tasks, { takesMs }: Quirks) {
    this.#clock = clock;
    this.#tasks = tasks;
    this.#takesMs = takesMs;
  }

  /** A database that is there already. @returns its guid */
  plant(config: Config, guid = this.#newGuid()): string {
    this.#all.set(guid, {
      guid,
      config,
      creation: undefined,
      removal: undefined,
      updates: [],
      line: [],
      freeMs: 0,
    });
    return guid;
  }

  /** Takes a database away at once, as somebody with other means may. */
  lose(guid: string): void {
    this.#all.delete(guid);
  }

  /** Brings every database to now: whatever was due by then has happened, each at its own instant. */
  settle(): void {
    for (const database of this.#all.values()) this.#settle(database);
  }

  /** What is there, as objects of the API. */
  shown(): readonly Config[] {
    return [...this.#all.keys()].map((guid) => this.show(guid)).filter((shown) => shown !== undefined);
  }

  /** One of them; undefined where it isn't there, or not any more. */
  show(guid: string): Config | undefined {
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
    return database !== undefined && database.line.length > 0;
  }

  /** Whether its removal has been asked for and not been called off. */
  isBeingRemoved(guid: string): boolean {
    const removal = this.#all.get(guid)?.removal;
    return removal !== undefined && this.#phaseOf(removal) !== 'failed';
  }

  create(config: Config, wish: TaskWish): Task {
    const guid = this.#newGuid();
    const operation = this.#operation(guid, wish);
    this.#all.set(guid, {
      guid,
      config,
      creation: operation.task,
      removal: undefined,
      updates: [],
      line: [operation],
      freeMs: 0,
    });
    return operation.task;
  }

  /** @throws {RangeError} it isn't there: ask before */
  update(guid: string, change: Config, wish: TaskWish): Task {
    const { database, task } = this.#onOne(guid, wish);
    database.updates.push({ task, change });
    return task;
  }

  /** @throws {RangeError} it isn't there: ask before */
  remove(guid: string, wish: TaskWish): Task {
    const { database, task } = this.#onOne(guid, wish);
    database.removal = task;
    return task;
  }

  #onOne(guid: string, wish: TaskWish): { readonly database: Database; readonly task: Task } {
    const database = this.#all.get(guid);
    if (!database) throw new RangeError(`there is no database ${guid}`);
    const operation = this.#operation(guid, wish);
    database.line = [...database.line, operation];
    return { database, task: operation.task };
  }

  /** An operation that waits for its turn. */
  #operation(guid: string, { id, resultTtlS, fails }: TaskWish): Operation {
    const task = this.#tasks.create({
      ...(id === undefined ? {} : { id }),
      ...(resultTtlS === undefined ? {} : { resultTtlS }),
      guid,
      phase: 'queued',
    });
    return { task, fails };
  }

  /** The next in the line starts when the one before it has ended; one that was cancelled while it waited never does. */
  #settle(database: Database): void {
    while (database.line.length > 0) {
      const [first, ...others] = database.line;
      if (!first) return;
      const { task } = first;
      const waits = this.#phaseOf(task) === 'queued' && task.pending.length === 0;
      if (waits) task.pending = this.#schedule(first, Math.max(database.freeMs, task.marks[0].atMs));
      const isCalledOff = this.#phaseOf(task) === 'queued' && task.cancelledMs !== undefined;
      if (!isEnded(phaseOf(task)) && !isCalledOff) return;
      const ran = task.marks.some(({ phase }) => phase === 'running');
      if (ran) database.freeMs = Math.max(database.freeMs, (task.marks.at(-1) ?? task.marks[0]).atMs);
      database.line = others;
    }
  }

  #schedule({ fails }: Operation, fromMs: number): readonly Mark[] {
    const { queued, running, committing } = this.#takesMs;
    const runsMs = fromMs + queued;
    const doneMs = runsMs + running;
    const start: Mark = { phase: 'running', atMs: runsMs };
    if (fails) return [start, { phase: 'failed', atMs: doneMs }];
    return [start, { phase: 'committing', atMs: doneMs }, { phase: 'finished', atMs: doneMs + committing }];
  }

  #isThere({ creation, removal }: Database): boolean {
    return (
      (creation === undefined || this.#phaseOf(creation) === 'finished') &&
      (removal === undefined || this.#phaseOf(removal) !== 'finished')
    );
  }

  #phaseOf(task: Task): Phase {
    advance(task, this.#clock.nowMs());
    return phaseOf(task);
  }

  #newGuid(): string {
    return `00000000-0000-4000-a000-${(this.#made++).toString(16).padStart(12, '0')}`;
  }
}

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a change names replaces what was there, in `default_db_config` field by field. */
function updated(config: Config, change: Config): Config {
  const [before, wanted] = [config.default_db_config, change.default_db_config];
  if (!isObject(before) || !isObject(wanted)) return { ...config, ...change };
  return { ...config, ...change, default_db_config: { ...before, ...wanted } };
}
