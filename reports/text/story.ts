/** What led to a check's verdict: the requests that were sent for it, from the making of its task on, and their tasks. */
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult, Report } from '../../harness/model/report.ts';
import type { TaskRecord } from '../../harness/model/task.ts';
import { printable } from './escape.ts';

/** Longer texts of a report are cut here. */
export const textLimit = 2000;

export interface Recorded {
  /** The exchanges that show a check, in the order that it names them. */
  readonly shown: (check: CheckResult) => readonly Exchange[];
  /** All that was sent for the check that an exchange was sent for, in the order of sending. */
  readonly sentWith: (exchange: Exchange) => readonly Exchange[];
  readonly task: (id: string) => TaskRecord | undefined;
}

/** Made once for a report. Checks may come from the report as it is or from its `printableReport`. */
export function recordedIn({ exchanges, tasks: made }: Pick<Report, 'exchanges' | 'tasks'>): Recorded {
  const byId = new Map(exchanges.map((exchange) => [printable(exchange.id, textLimit), exchange]));
  const bySender = Map.groupBy(exchanges, ({ sentFor }) => sentFor);
  const tasks = new Map(made.map((task) => [task.id, task]));
  return {
    shown: (check) => check.exchanges.flatMap((id) => byId.get(printable(id, textLimit)) ?? []),
    sentWith: (exchange) =>
      exchange.sentFor === undefined ? [exchange] : (bySender.get(exchange.sentFor) ?? []),
    task: (id) => tasks.get(id),
  };
}

export interface Story {
  /** In the order of sending, up to the last that shows the verdict. */
  readonly exchanges: readonly Exchange[];
  /** Those that show the verdict. */
  readonly shown: ReadonlySet<Exchange>;
  readonly tasks: readonly TaskRecord[];
  /** How many exchanges are left out, for there are too many to be drawn. */
  readonly left: number;
}

const mostDrawn = { exchanges: 24, tasks: 6 };

/** Undefined where no exchange shows the check. */
export function storyOf(recorded: Recorded, check: CheckResult): Story | undefined {
  const shown = recorded.shown(check);
  if (shown.length === 0) return undefined;
  const endMs = Math.max(...shown.map(({ receivedAt }) => receivedAt));
  const all = [...new Set([...shown.flatMap((exchange) => recorded.sentWith(exchange)), ...shown])]
    .filter((exchange) => exchange.sentAt <= endMs)
    .sort((a, b) => a.sentAt - b.sentAt)
    .filter(
      (exchange, at, sorted) => exchange.request.method !== 'DELETE' || isAskedAgain(exchange, sorted, at),
    );
  const exchanges = all.length <= mostDrawn.exchanges ? all : firstOf(all, new Set(shown));
  const ids = new Set(exchanges.flatMap((exchange) => taskIdOf(exchange) ?? []));
  return {
    exchanges,
    shown: new Set(shown),
    tasks: [...ids].flatMap((id) => recorded.task(id) ?? []).slice(0, mostDrawn.tasks),
    left: all.length - exchanges.length,
  };
}

/** Whether a removal is part of the story: its task is asked for, or made again, afterwards. */
function isAskedAgain(removal: Exchange, sorted: readonly Exchange[], at: number): boolean {
  const id = taskIdOf(removal);
  return id !== undefined && sorted.slice(at + 1).some((later) => taskIdOf(later) === id);
}

/** Of a story that is too long to be told whole, what was sent about the tasks of the exchanges that show the verdict. */
export function mainStoryOf(
  recorded: Recorded,
  check: CheckResult,
): Pick<Story, 'exchanges' | 'left'> | undefined {
  const story = storyOf(recorded, check);
  if (!story || story.left === 0) return story;
  const { shown, exchanges: drawn, left } = story;
  if (![...shown].some(taskIdOf)) return story;
  const rank = rankAmong(shown);
  const exchanges = drawn.filter((exchange) => rank(exchange) < 2);
  return { exchanges, left: left + drawn.length - exchanges.length };
}

/** 0: it shows the verdict; 1: it is about the same task; 2: about another one. */
function rankAmong(shown: ReadonlySet<Exchange>): (exchange: Exchange) => number {
  const tasks = new Set([...shown].flatMap((exchange) => taskIdOf(exchange) ?? []));
  return (exchange) => (shown.has(exchange) ? 0 : tasks.has(taskIdOf(exchange) ?? '') ? 1 : 2);
}

/**
 * Those that show the verdict go first; then, of those about the same tasks, the first, which makes one, and the latest;
 * then the first of the others.
 */
function firstOf(all: readonly Exchange[], shown: ReadonlySet<Exchange>): readonly Exchange[] {
  const rank = rankAmong(shown);
  const [own, others] = [all.filter((one) => rank(one) < 2), all.filter((one) => rank(one) === 2)];
  const wanted = new Set([...shown, ...own.slice(0, 1), ...own.toReversed(), ...others]);
  const drawn = new Set([...wanted].slice(0, mostDrawn.exchanges));
  return all.filter((exchange) => drawn.has(exchange));
}

/** The task that a request is about, by its path, by its `X-Task-ID` or by what it asks to be made. */
export function taskIdOf({ operation, request }: Exchange): string | undefined {
  if (operation === 'crdbs') return request.headers['X-Task-ID'];
  const inPath = /\/(?:v1\/crdb_tasks|_control\/v1\/tasks)\/([^/?]+)/.exec(request.path)?.[1];
  if (inPath !== undefined) return decoded(inPath);
  const id = operation === 'control' ? asked(request.body).id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // malformed on purpose
  }
}

/** What a body asks for, field by field; nothing where it is no JSON object. */
export function asked(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
