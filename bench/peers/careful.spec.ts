/** What a careful user writes by hand in vitest, with an OpenAPI matcher. No test of ours: tools.ts runs it. */
import { fileURLToPath } from 'node:url';
import request from 'supertest';
import { expect, test, vi } from 'vitest';
import vitestOpenApi from 'vitest-openapi';

vitestOpenApi(fileURLToPath(new URL('../../spec/editions/7.8/openapi.yaml', import.meta.url)));
const { PEER_URL = '', PEER_USER = '', PEER_PASSWORD = '' } = process.env;

/** Each id begins with the phase of its task. */
const ids = (
  'queued running committing finished failed queued-cancel queued-forced running-cancel running-forced running-unforced ' +
  'committing-forced running-cancel-fails finished-490 finished-510 failed-490 finished-50-of-60 finished-70-of-60 ' +
  'finished-ttl-on-read running-old'
).split(' ');
const wishOf = (id: string): object => ({
  ...(id.endsWith('-fails') ? { cancel_fails: true } : {}),
  ...(/of-60|old/.test(id) ? { result_ttl: 60 } : {}),
});

type Step = readonly [
  name: string,
  /** READ and CANCEL take an id with a query, AGE an id and seconds, MAKE an id. */
  request: string,
  /** Both are fair where the documents leave two open. */
  codes: readonly number[],
  more?: { status?: string; login?: 'none' | 'wrong'; resultTtlS?: number; withinMs?: number },
];
const steps: readonly Step[] = [
  ['the list is empty', 'LIST', [200]],
  ...ids.map((id): Step => [`make ${id}`, `MAKE ${id}`, [201]]),
  ['the list', 'LIST', [200]],
  ['the list without a login', 'LIST', [401], { login: 'none' }],
  ['the list with a wrong password', 'LIST', [401], { login: 'wrong' }],
  ['a queued task', 'READ queued', [200], { status: 'queued' }],
  ['a running task', 'READ running', [200], { status: 'started' }],
  ['a committing task', 'READ committing', [200], { status: 'started' }],
  ['a finished task', 'READ finished', [200], { status: 'finished' }],
  ['a failed task', 'READ failed', [200], { status: 'failed' }],
  ['a running task, verbose', 'READ running?verbose=true', [200], { status: 'started' }],
  ['a failed task, verbose', 'READ failed?verbose=true', [200], { status: 'failed' }],
  ['a finished task, not verbose', 'READ finished?verbose=false', [200], { status: 'finished' }],
  ['read without a login', 'READ running', [401], { login: 'none' }],
  ['read with a wrong password', 'READ finished', [401], { login: 'wrong' }],
  ['read an unknown task', 'READ unknown', [404]],
  ['cancel without a login', 'CANCEL running', [401], { login: 'none' }],
  ['cancel with a wrong password', 'CANCEL queued', [401], { login: 'wrong' }],
  ['it is still running', 'READ running', [200], { status: 'started' }],
  ['cancel an unknown task', 'CANCEL unknown', [404]],
  ['cancel queued', 'CANCEL queued-cancel', [200]],
  ['cancel queued, forced', 'CANCEL queued-forced?force=true', [200]],
  ['cancel running', 'CANCEL running-cancel', [200]],
  ['cancel running, forced', 'CANCEL running-forced?force=true', [200]],
  ['cancel running, not forced', 'CANCEL running-unforced?force=false', [200]],
  ['cancel committing', 'CANCEL committing', [406]],
  ['cancel committing, not forced', 'CANCEL committing?force=false', [406]],
  ['it is still committing', 'READ committing', [200], { status: 'started' }],
  ['cancel committing, forced', 'CANCEL committing-forced?force=true', [200]],
  ['a cancel that fails', 'CANCEL running-cancel-fails', [409]],
  ['cancel finished', 'CANCEL finished', [406, 409]],
  ['cancel finished, forced', 'CANCEL finished?force=true', [406, 409]],
  ['cancel failed', 'CANCEL failed', [406, 409]],
  ['the cancelled task fails', 'READ running-cancel', [200], { status: 'failed', withinMs: 10_000 }],
  ['age 490 s', 'AGE finished-490 490', [204]],
  ['it is kept', 'READ finished-490', [200], { status: 'finished' }],
  ['age 510 s', 'AGE finished-510 510', [204]],
  ['it is gone', 'READ finished-510', [404]],
  ['it can’t be cancelled', 'CANCEL finished-510', [404]],
  ['age a failed task', 'AGE failed-490 490', [204]],
  ['it is kept too', 'READ failed-490', [200], { status: 'failed' }],
  ['age 50 of 60 s', 'AGE finished-50-of-60 50', [204]],
  ['it is kept by its TTL', 'READ finished-50-of-60', [200], { status: 'finished' }],
  ['age 70 of 60 s', 'AGE finished-70-of-60 70', [204]],
  ['it is gone by its TTL', 'READ finished-70-of-60', [404]],
  ['a TTL on read', 'READ finished-ttl-on-read', [200], { status: 'finished', resultTtlS: 60 }],
  ['age it 70 s', 'AGE finished-ttl-on-read 70', [204]],
  ['it is gone by that TTL', 'READ finished-ttl-on-read', [404]],
  ['age a running task', 'AGE running-old 600', [204]],
  ['it is there', 'READ running-old', [200], { status: 'started' }],
];

test.for(steps)('%s', { timeout: 15_000 }, async ([, step, codes, more = {}]) => {
  const [verb, target = '', seconds] = step.split(' ');
  const [id = '', query = ''] = target.split('?');
  const { status, login, resultTtlS, withinMs } = more;
  const send = () => {
    const [phase] = id.split('-');
    const to = request(PEER_URL);
    const calls: Readonly<Record<string, () => request.Test>> = {
      LIST: () => to.get('/v1/crdb_tasks'),
      READ: () => to.get(`/v1/crdb_tasks/${id}`).query(query),
      CANCEL: () => to.post(`/v1/crdb_tasks/${id}/actions/cancel`).query(query).type('json'),
      MAKE: () => to.post('/_control/v1/tasks').send({ id, phase, ...wishOf(id) }),
      AGE: () => to.post(`/_control/v1/tasks/${id}/age`).send({ seconds: Number(seconds) }),
    };
    const call = calls[verb ?? '']?.();
    if (!call) throw new Error(`unknown step: ${step}`);
    if (resultTtlS !== undefined) call.set('X-Result-TTL', `${resultTtlS}`);
    return login === 'none' ? call : call.auth(PEER_USER, login === 'wrong' ? 'wrong' : PEER_PASSWORD);
  };
  const check = async (): Promise<void> => {
    const response = await send();
    expect(codes).toContain(response.status);
    if (verb !== 'MAKE' && verb !== 'AGE') expect(response).toSatisfyApiSpec();
    if (status) expect(response.body).toMatchObject({ id, status });
  };
  if (withinMs === undefined) await check();
  else await vi.waitFor(check, { timeout: withinMs, interval: 500 });
});
