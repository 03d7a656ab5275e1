/** Exchanges and tasks for own tests, in one line each. Nothing else uses them. */
import { bracket } from '../model/bracket.ts';
import type { Exchange, RecordedResponse } from '../model/exchange.ts';
import type { Operation, Request } from '../model/requests.ts';
import type { Phase, Task } from '../model/task.ts';

export type Told = Partial<Omit<Exchange, 'response'>> & {
  readonly status?: number;
  /** A text as it is; anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly truncated?: true;
  readonly shortened?: RecordedResponse['shortened'];
};

const paths = {
  list: '/v1/crdb_tasks',
  read: '/v1/crdb_tasks/7',
  cancel: '/v1/crdb_tasks/7/actions/cancel',
  control: '/_control/v1',
  crdbs: '/v1/crdbs',
  other: '/v1/crdb_tasks/7/actions/cancel',
} as const;

let serial = 0;

function exchange(operation: Operation, method: string, told: Told, usual: unknown): Exchange {
  const { status = 200, body = usual, headers = {}, truncated, shortened, ...rest } = told;
  const response: RecordedResponse = {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(truncated ? { truncated } : {}),
    ...(shortened ? { shortened } : {}),
  };
  return {
    id: `${operation}-${++serial}`,
    operation,
    sentAt: 1000,
    receivedAt: 1010,
    attempt: 1,
    request: { method, path: paths[operation], headers: {}, credentials: 'own' },
    ...(rest.lost === undefined ? { response } : {}),
    ...rest,
  };
}

/** An answer to a request, complete at the instant at which it was sent. */
export const answerTo = (request: Request, nowMs: number, told: Told): Exchange => {
  const { operation, method, path, credentials = 'own' } = request;
  const sent = { method, path, headers: {}, credentials };
  return exchange(operation, method, { request: sent, sentAt: nowMs, receivedAt: nowMs, ...told }, '');
};

/** A field set as it is documented. */
export const shownAs = (status: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id: '7',
  crdb_guid: 'guid-7',
  status,
  ...more,
});

/** A read of task 7: 200 and started, unless something else is told. */
export const readOf = (told: Told = {}): Exchange => exchange('read', 'GET', told, shownAs('started'));

/** A read of task 7 that shows a status. */
export const readShows = (status: string, more: Readonly<Record<string, unknown>> = {}, told: Told = {}) =>
  readOf({ ...told, body: shownAs(status, more) });

/** A list that holds these rows: task 7 alone, started, unless something else is told. */
export const listOf = (body: unknown = [shownAs('started')], told: Told = {}): Exchange =>
  exchange('list', 'GET', { ...told, body }, []);

export const cancelOf = (status: number, told: Told = {}): Exchange =>
  exchange('cancel', 'POST', { ...told, status }, '');

export const controlOf = (status: number, told: Told = {}): Exchange =>
  exchange('control', 'POST', { ...told, status }, '');

/** A request that is none of the three operations. */
export const otherOf = (status: number): Exchange => exchange('other', 'GET', { status }, '');

export const lost = { lost: 'read ECONNRESET' } as const;

/** Task 7, brought into a phase between 900 and 910 ms. */
export const taskIn = (phase: Phase, more: Partial<Task> = {}): Task => ({
  id: '7',
  held: true,
  history: [{ phase, when: bracket(900, 910) }],
  agedS: 0,
  ...more,
});

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Bodies that a hostile target may send: a judge may say what it likes of them, and throw nothing. */
export const hostileBodies: readonly { readonly what: string; readonly body: string }[] = [
  { what: 'no text', body: '' },
  { what: 'no JSON', body: '<html>' },
  { what: 'null', body: 'null' },
  { what: 'a number', body: '7' },
  { what: 'an empty array', body: '[]' },
  { what: 'an array of null', body: '[null]' },
  { what: 'an array of arrays', body: '[[[]]]' },
  { what: 'an empty object', body: '{}' },
  { what: 'a prototype', body: '{"__proto__":{"id":"7","status":"started"}}' },
  { what: 'a prototype beside the fields', body: '{"id":"7","status":"started","__proto__":{"a":1}}' },
  { what: 'a constructor', body: '{"id":"7","status":"started","constructor":null,"hasOwnProperty":1}' },
  { what: 'an id that is a number', body: '{"id":7,"status":"started"}' },
  { what: 'an id that is an object', body: '{"id":{},"status":"started"}' },
  { what: 'a status that every object inherits', body: '{"id":"7","status":"constructor"}' },
  { what: 'nulls', body: '{"id":null,"status":null,"crdb_guid":null}' },
  {
    what: 'a guid that can be made no text',
    body: '{"id":"7","status":"started","crdb_guid":{"toString":1,"valueOf":1}}',
  },
  { what: 'arrays, 100,000 deep', body: deep(100_000) },
  { what: 'a field, 100,000 deep', body: `{"id":"7","status":"started","errors":${deep(100_000)}}` },
  { what: 'a guid, 100,000 deep', body: `{"id":"7","status":"started","crdb_guid":${deep(100_000)}}` },
];
