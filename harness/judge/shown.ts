/** Reads tasks out of responses, using only the fields that a judge needs: one fault must not hide another. */
import { isRecord } from '../../spec/record.ts';
import type { Validators } from '../../spec/validators.ts';
import { type Exchange, json, redactedMark, requestLine } from '../model/exchange.ts';
import type { Phase } from '../model/task.ts';
import { type Finding, finding, judgeLost } from '../model/verdict.ts';

export const statuses = ['queued', 'started', 'finished', 'failed'] as const;
export type Status = (typeof statuses)[number];

/** The status that a read of a task shows in each phase. */
export const statusOf: Readonly<Record<Phase, Status>> = {
  queued: 'queued',
  running: 'started',
  committing: 'started',
  finished: 'finished',
  failed: 'failed',
};

export interface ShownTask {
  readonly id: string;
  readonly status: Status;
  /** All fields as received, without nulls: a null in place of an absent value has its own clause. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Shown<What> = { readonly what: What } | { readonly inconclusive: Finding };

const isStatus = (value: unknown): value is Status => statuses.some((status) => status === value);

/** The task that a value shows; undefined where it has no id, or no documented status. */
export function taskIn(value: unknown): ShownTask | undefined {
  if (!isRecord(value)) return undefined;
  const { id, status } = value;
  if (typeof id !== 'string' || !isStatus(status)) return undefined;
  return { id, status, fields: withoutNulls(value) };
}

/** Copies only where there is a null: a run reads tens of thousands of rows. */
const withoutNulls = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.values(fields).includes(null)
    ? Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== null))
    : fields;

/**
 * The task that a read of an existing task shows.
 * @param attribute whether a status other than 200 proves that `read.status.200` is broken
 * @returns an inconclusive finding where the read was lost, where its status is not 200 (because of `read.status.200`),
 *   or where the body holds no task (because of `read.schema`)
 */
export function shownTask(exchange: Exchange, attribute: boolean): Shown<ShownTask> {
  const inconclusive =
    judgeLost(exchange) ?? prerequisiteStatus(exchange, [200], 'read.status.200', attribute);
  if (inconclusive) return { inconclusive };
  const task = taskIn(json(exchange)?.value);
  if (exchange.redacted && task?.id.includes(redactedMark)) return { inconclusive: secretId(exchange) };
  return task ? { what: task } : { inconclusive: noTask(exchange, 'read.schema') };
}

/** The rows of a list; inconclusive because of `list.status.200` or `list.schema` where they can't be read. */
export function shownRows(exchange: Exchange): Shown<readonly ShownTask[]> {
  const inconclusive = judgeLost(exchange) ?? prerequisiteStatus(exchange, [200], 'list.status.200', true);
  if (inconclusive) return { inconclusive };
  const value = json(exchange)?.value;
  if (!Array.isArray(value)) return { inconclusive: noTask(exchange, 'list.schema') };
  const rows = value.map(taskIn).filter((row) => row !== undefined);
  if (exchange.redacted && rows.some(({ id }) => id.includes(redactedMark)))
    return { inconclusive: secretId(exchange) };
  return rows.length === value.length ? { what: rows } : { inconclusive: noTask(exchange, 'list.schema') };
}

/** A field's value in a reason: a string as it is, anything else as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');

/** What responses show, against what was expected. */
export interface ShownComparison {
  readonly ok: boolean;
  readonly seen: string;
  readonly expected: string;
}

/** `GET /v1/crdb_tasks/7 shows status queued, expected status started` */
export const comparison = (
  what: string,
  exchanges: Exchange | readonly Exchange[],
  { ok, seen, expected }: ShownComparison,
): Finding =>
  finding(ok ? 'pass' : 'fail', `${what} shows ${seen}, expected ${expected}`, exchanges, { expected, seen });

/** The status that a read shows, or undefined where it shows none. */
export function shownStatus(exchange: Exchange): Status | undefined {
  const shown = exchange.response?.status === 200 ? taskIn(json(exchange)?.value) : undefined;
  return shown?.status;
}

/** Whether a read shows one of these statuses: the condition of `settle`. */
export const showsStatus =
  (...statuses: readonly Status[]) =>
  (exchange: Exchange): boolean =>
    statuses.some((status) => shownStatus(exchange) === status);

/**
 * The prerequisite that a response has an expected status.
 * @param attribute whether the exchange proves the failed clause broken
 * @returns undefined where it has; otherwise inconclusive because of `clause`
 */
export function prerequisiteStatus(
  exchange: Exchange,
  expected: readonly number[],
  clause: string,
  attribute: boolean,
): Finding | undefined {
  const status = exchange.response?.status;
  if (status !== undefined && expected.includes(status)) return undefined;
  const wanted = expected.join(' or ');
  return finding(
    'inconclusive',
    `${requestLine(exchange)} answered ${status}, expected ${wanted}`,
    exchange,
    {
      because: clause,
      statusClause: clause,
      expected: wanted,
      seen: String(status),
      ...(attribute ? { attributedTo: clause } : {}),
    },
  );
}

/**
 * A finding with the clause that is really broken: where the docs of the edition have no such status of the operation,
 * that is its `statuses` clause, and not the clause that asks for a certain status.
 */
export function attributedStatus(found: Finding, { operations }: Validators): Finding {
  const { statusClause, ...rest } = found;
  const [exchange] = found.exchanges;
  if (statusClause === undefined || !exchange) return found;
  const { operation, response } = exchange;
  if (operation !== 'list' && operation !== 'read' && operation !== 'cancel') return rest;
  if (response && operations[operation].statuses.includes(response.status)) return rest;
  const broken = (clause: string): string => (clause === statusClause ? `${operation}.statuses` : clause);
  return {
    ...rest,
    ...(rest.because === undefined ? {} : { because: broken(rest.because) }),
    ...(rest.attributedTo === undefined ? {} : { attributedTo: broken(rest.attributedTo) }),
  };
}

const noTask = (exchange: Exchange, clause: string): Finding =>
  finding(
    'inconclusive',
    `${requestLine(exchange)}: the body holds no task with a string id and a documented status`,
    exchange,
    {
      because: clause,
    },
  );

/** Such an id can neither be compared nor asked for. */
const secretId = (exchange: Exchange): Finding =>
  finding(
    'inconclusive',
    `${requestLine(exchange)}: an id in the body holds a secret of this run and was redacted`,
    exchange,
  );

/** Each text once. */
export const distinct = (words: readonly string[]): string => [...new Set(words)].join(', ');
