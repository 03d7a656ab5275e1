/**
 * What a careful user asks by hand: tasks seeded in every phase and aged by the control protocol, then some 40
 * requests with codes, ids and statuses asserted. One table; each tool of the second class runs all of it.
 */
export interface Step {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** Below the target, with its query. */
  readonly path: string;
  readonly login?: 'right' | 'none' | 'wrong password';
  readonly resultTtlS?: number;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Both bounds are fair where the documents leave two codes open. */
  readonly code: number | readonly [least: number, most: number];
  readonly task?: { readonly id: string; readonly status: 'queued' | 'started' | 'finished' | 'failed' };
  /** It comes about after a while: asked again for so many seconds, by the tools that can. */
  readonly withinS?: number;
}

type Seed = readonly [id: string, phase: string, more?: Readonly<Record<string, unknown>>];

const seeds: readonly Seed[] = [
  ['queued', 'queued'],
  ['running', 'running'],
  ['committing', 'committing'],
  ['finished', 'finished'],
  ['failed', 'failed'],
  ['cancel-queued', 'queued'],
  ['cancel-queued-forced', 'queued'],
  ['cancel-running', 'running'],
  ['cancel-running-forced', 'running'],
  ['cancel-running-unforced', 'running'],
  ['cancel-committing', 'committing'],
  ['cancel-committing-forced', 'committing'],
  ['cancel-fails', 'running', { cancel_fails: true }],
  ['aged-490', 'finished'],
  ['aged-510', 'finished'],
  ['aged-failed', 'failed'],
  ['ttl-60-aged-50', 'finished', { result_ttl: 60 }],
  ['ttl-60-aged-70', 'finished', { result_ttl: 60 }],
  ['ttl-on-read', 'finished'],
  ['aged-unfinished', 'running', { result_ttl: 60 }],
];

const make = ([id, phase, more]: Seed): Step => ({
  id: `make-${id}`,
  method: 'POST',
  path: '/_control/v1/tasks',
  body: { id, phase, ...more },
  code: 201,
});
const age = (id: string, seconds: number): Step => ({
  id: `age-${id}`,
  method: 'POST',
  path: `/_control/v1/tasks/${id}/age`,
  body: { seconds },
  code: 204,
});
const one = '/v1/crdb_tasks';
type Status = NonNullable<Step['task']>['status'];
const reads = (id: string, status: Status, query = '', name = `read-${id}`): Step => ({
  id: name,
  method: 'GET',
  path: `${one}/${id}${query}`,
  code: 200,
  task: { id, status },
});
const refusedRead = (id: string, code: number, more: Partial<Step> = {}): Step => ({
  id: `read-${id}-is-${code}`,
  method: 'GET',
  path: `${one}/${id}`,
  code,
  ...more,
});
const cancels = (id: string, code: Step['code'], query = '', more: Partial<Step> = {}): Step => ({
  id: `post-${id}${query.replace(/\W/g, '-')}`,
  method: 'POST',
  path: `${one}/${id}/actions/cancel${query}`,
  code,
  ...more,
});
/** The documents say 406, and 409 is a fair reading where the task has ended. */
const refusedAtTheEnd = [406, 409] as const;

export const steps: readonly Step[] = [
  { id: 'empty-list', method: 'GET', path: one, code: 200 },
  ...seeds.map(make),
  { id: 'list', method: 'GET', path: one, code: 200 },
  { id: 'list-without-login', method: 'GET', path: one, login: 'none', code: 401 },
  { id: 'list-wrong-password', method: 'GET', path: one, login: 'wrong password', code: 401 },
  reads('queued', 'queued'),
  reads('running', 'started'),
  reads('committing', 'started'),
  reads('finished', 'finished'),
  reads('failed', 'failed'),
  reads('running', 'started', '?verbose=true', 'read-running-verbose'),
  reads('failed', 'failed', '?verbose=true', 'read-failed-verbose'),
  reads('finished', 'finished', '?verbose=false', 'read-finished-plain'),
  refusedRead('running', 401, { login: 'none' }),
  refusedRead('finished', 401, { login: 'wrong password' }),
  refusedRead('nobody', 404),
  cancels('running', 401, '', { login: 'none' }),
  cancels('queued', 401, '', { login: 'wrong password' }),
  reads('running', 'started', '', 'running-is-untouched'),
  cancels('nobody', 404),
  cancels('cancel-queued', 200),
  cancels('cancel-queued-forced', 200, '?force=true'),
  cancels('cancel-running', 200),
  cancels('cancel-running-forced', 200, '?force=true'),
  cancels('cancel-running-unforced', 200, '?force=false'),
  cancels('cancel-committing', 406),
  cancels('cancel-committing', 406, '?force=false'),
  reads('cancel-committing', 'started', '', 'committing-is-untouched'),
  cancels('cancel-committing-forced', 200, '?force=true'),
  cancels('cancel-fails', 409),
  cancels('finished', refusedAtTheEnd),
  cancels('finished', refusedAtTheEnd, '?force=true'),
  cancels('failed', refusedAtTheEnd),
  { ...reads('cancel-running', 'failed', '', 'cancelled-has-failed'), withinS: 10 },
  age('aged-490', 490),
  reads('aged-490', 'finished'),
  age('aged-510', 510),
  refusedRead('aged-510', 404),
  cancels('aged-510', 404),
  age('aged-failed', 490),
  reads('aged-failed', 'failed'),
  age('ttl-60-aged-50', 50),
  reads('ttl-60-aged-50', 'finished'),
  age('ttl-60-aged-70', 70),
  refusedRead('ttl-60-aged-70', 404),
  { ...reads('ttl-on-read', 'finished'), resultTtlS: 60 },
  age('ttl-on-read', 70),
  refusedRead('ttl-on-read', 404),
  age('aged-unfinished', 600),
  reads('aged-unfinished', 'started'),
];
