/** What an answer shows of tasks, taken from as little of it as a judge needs: one fault must not hide another. */
import { isRecord } from '../../spec/record.ts';
import { asked, type Exchange, json } from '../model/exchange.ts';
import { type Finding, finding, lostDoubt } from '../model/verdict.ts';
import { isDocumented } from './documented.ts';

export const statuses = ['queued', 'started', 'finished', 'failed'] as const;
export type Status = (typeof statuses)[number];

export interface ShownTask {
  readonly id: string;
  readonly status: Status;
  /** All fields as they were shown, nulls taken out: a null for an absent value is a clause of its own. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Shown<What> = { readonly what: What } | { readonly doubt: Finding };

const isStatus = (value: unknown): value is Status => statuses.some((status) => status === value);

function taskIn(value: unknown): ShownTask | undefined {
  if (!isRecord(value)) return undefined;
  const { id, status } = value;
  if (typeof id !== 'string' || !isStatus(status)) return undefined;
  return { id, status, fields: withoutNulls(value) };
}

/** Most tasks hold none: then nothing is copied, for a run looks at ten thousands of rows. */
const withoutNulls = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.values(fields).includes(null)
    ? Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== null))
    : fields;

/**
 * The task that a read shows, of a task that must be there.
 * @returns a doubt where the read was lost; because of `read.status.200` where it was not answered with 200
 *   (and `charge` says whether that is proof against it), because of `read.schema` where it shows no task
 */
export function shownTask(exchange: Exchange, charge: boolean): Shown<ShownTask> {
  const doubt = lostDoubt(exchange) ?? unlessStatus(exchange, [200], 'read.status.200', charge);
  if (doubt) return { doubt };
  const task = taskIn(json(exchange)?.value);
  return task ? { what: task } : { doubt: noTask(exchange, 'read.schema') };
}

/** The rows of a list; a doubt because of `list.status.200` or `list.schema` where they can't be made out. */
export function shownRows(exchange: Exchange): Shown<readonly ShownTask[]> {
  const doubt = lostDoubt(exchange) ?? unlessStatus(exchange, [200], 'list.status.200', true);
  if (doubt) return { doubt };
  const value = json(exchange)?.value;
  if (!Array.isArray(value)) return { doubt: noTask(exchange, 'list.schema') };
  const rows = value.map(taskIn).filter((row) => row !== undefined);
  return rows.length === value.length ? { what: rows } : { doubt: noTask(exchange, 'list.schema') };
}

/** A field's value in a reason: a text as it is, anything else as JSON. A value from JSON may be no text at all. */
export const said = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');

/** The status that a read shows, or undefined where it shows none. */
export function shownStatus(exchange: Exchange): Status | undefined {
  const shown = exchange.response?.status === 200 ? taskIn(json(exchange)?.value) : undefined;
  return shown?.status;
}

/** What to settle for: that a read shows a status. */
export const showsStatus =
  (status: Status) =>
  (exchange: Exchange): boolean =>
    shownStatus(exchange) === status;

/**
 * A doubt because of `clause`, which the exchange is charged to, where the status is not an expected one; because of
 * the operation's `statuses` where it is not even a documented one.
 */
export function unlessStatus(
  exchange: Exchange,
  expected: readonly number[],
  clause: string,
  charge: boolean,
): Finding | undefined {
  const status = exchange.response?.status;
  if (status !== undefined && expected.includes(status)) return undefined;
  const wanted = expected.join(' or ');
  const broken = isDocumented(exchange.operation, status) ? clause : `${exchange.operation}.statuses`;
  return finding('inconclusive', `${asked(exchange)} answered ${status}, expected ${wanted}`, exchange, {
    because: broken,
    expected: wanted,
    seen: String(status),
    ...(charge ? { blames: broken } : {}),
  });
}

const noTask = (exchange: Exchange, clause: string): Finding =>
  finding('inconclusive', `${asked(exchange)}: the answer shows no task that could be judged`, exchange, {
    because: clause,
  });
