/**
 * The databases of a cluster. Each operation on one is a task, and one at a time runs on each database: the others
 * wait in their queue. A database is there from the end of its creation to the end of its removal.
 */
import type { Clock } from '../clock.ts';
import { advance, type Phase, phaseOf, type Task } from '../task.ts';
import type { Tasks } from '../tasks.ts';
import type { Quirks } from './quirks.ts';

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
  /** Until when the operations that were asked for keep it busy. */
  busyUntilMs: number;
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
  plant(config: Config): string {
    const guid = this.#newGuid();
    this.#all.set(guid, {
      guid,
      config,
      creation: undefined,
      removal: undefined,
      updates: [],
      busyUntilMs: 0,
    });
    return guid;
  }

  /** What is there, as objects of the API. */
  shown(): readonly Config[] {
    return [...this.#all.keys()].map((guid) => this.show(guid)).filter((shown) => shown !== undefined);
  }

  /** One of them; undefined where it isn't there, or not any more. */
  show(guid: string): Config | undefined {
    const database = this.#all.get(guid);
    if (!database || !this.#isThere(database)) return undefined;
    const done = database.updates.filter(({ task }) => this.#phaseOf(task) === 'finished');
    database.config = done.reduce((config, { change }) => updated(config, change), database.config);
    for (const one of done) database.updates.splice(database.updates.indexOf(one), 1);
    return { guid, ...database.config };
  }

  /** Whether its removal has been asked for and not been called off. */
  isBeingRemoved(guid: string): boolean {
    const removal = this.#all.get(guid)?.removal;
    return removal !== undefined && this.#phaseOf(removal) !== 'failed';
  }

  create(config: Config, wish: TaskWish): Task {
    const guid = this.#newGuid();
    const nowMs = this.#clock.nowMs();
    const { task, endsMs } = this.#enqueue(guid, nowMs, wish);
    this.#all.set(guid, {
      guid,
      config,
      creation: task,
      removal: undefined,
      updates: [],
      busyUntilMs: endsMs,
    });
    return task;
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
    const { task, endsMs } = this.#enqueue(guid, database.busyUntilMs, wish);
    database.busyUntilMs = endsMs;
    return { database, task };
  }

  /** A task that moves by itself, and when it will be done, if nobody cancels it. */
  #enqueue(guid: string, freeMs: number, { id, resultTtlS, fails }: TaskWish) {
    const nowMs = this.#clock.nowMs();
    const { queued, running, committing } = this.#takesMs;
    const runsMs = Math.max(nowMs, freeMs) - nowMs + queued;
    const doneMs = runsMs + running;
    const schedule: { readonly phase: Phase; readonly afterMs: number }[] = fails
      ? [
          { phase: 'running', afterMs: runsMs },
          { phase: 'failed', afterMs: doneMs },
        ]
      : [
          { phase: 'running', afterMs: runsMs },
          { phase: 'committing', afterMs: doneMs },
          { phase: 'finished', afterMs: doneMs + committing },
        ];
    const task = this.#tasks.create({
      ...(id === undefined ? {} : { id }),
      ...(resultTtlS === undefined ? {} : { resultTtlS }),
      guid,
      phase: 'queued',
      schedule,
    });
    return { task, endsMs: nowMs + doneMs + (fails ? 0 : committing) };
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
