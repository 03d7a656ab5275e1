import { expect, test } from 'vitest';
import type { Exchange } from '../../harness/model/exchange.ts';
import { exchange } from '../../harness/testing/reports/sample.ts';
import { retentionOf } from './timeline.ts';

const control = (path: string, body: object, sentAt: number, status = 204): Exchange =>
  exchange(`control-${sentAt}`, {
    operation: 'control',
    sentAt,
    receivedAt: sentAt + 10,
    request: {
      method: 'POST',
      path: `/_control/v1/tasks${path}`,
      headers: {},
      credentials: 'own',
      body: JSON.stringify(body),
    },
    response: { status, headers: {}, body: '' },
  });
const read = (sentAt: number, headers: Record<string, string> = {}): Exchange =>
  exchange(`read-${sentAt}`, {
    sentAt,
    receivedAt: sentAt + 10,
    request: { method: 'GET', path: '/v1/crdb_tasks/7', headers, credentials: 'own' },
  });
const ended = [{ id: '7', phases: [{ phase: 'finished', after: 1000, before: 1010 }] }] as const;

function drawn(exchanges: readonly Exchange[], tasks: Parameters<typeof retentionOf>[0]['tasks'] = ended) {
  const shown = new Set(exchanges.slice(-1));
  const told = retentionOf({ exchanges, shown, tasks, left: 0 }, 2);
  return told && { ttlS: told.ttlS, reads: told.reads.map(({ age, due }) => ({ ...age, due })) };
}

test('the age of a read runs from the bracket of the end, and ageing adds to it', () => {
  expect(drawn([control('/7/age', { seconds: 494 }, 1020), read(1040)])).toEqual({
    ttlS: 500,
    reads: [{ earliestMs: 494_030, latestMs: 494_050, due: 'kept' }],
  });
});

test.each([
  { seconds: 498, due: 'kept', why: 'over a second before the expiry' },
  { seconds: 499, due: 'nothing', why: 'within the last second' },
  { seconds: 501, due: 'nothing', why: 'within the grace' },
  { seconds: 502, due: 'gone', why: 'past the grace' },
])('$due: $why', ({ seconds, due }) =>
  expect(drawn([control('/7/age', { seconds }, 1020), read(1040)])?.reads[0]?.due).toBe(due),
);

test('a retention set at the creation counts, and one set by a read goes before it, from the end or from that read', () => {
  const made = control('', { phase: 'finished', id: '7', result_ttl: 60 }, 1000, 201);
  expect(drawn([made, read(1040)])?.ttlS).toBe(60);
  expect(drawn([made, read(1040, { 'X-Result-TTL': '90' }), read(2000)])).toEqual({
    ttlS: 90,
    reads: [{ earliestMs: 950, latestMs: 1010, due: 'kept' }],
  });
});

test.each([
  { why: 'an ageing that was refused', first: control('/7/age', { seconds: 494 }, 1020, 404) },
  { why: 'a malformed retention', first: read(1020, { 'X-Result-TTL': 'soon' }) },
  { why: 'the ageing of another task', first: control('/8/age', { seconds: 494 }, 1020) },
])('$why gives no deadline', ({ first }) => expect(drawn([first, read(1040)])).toBeUndefined());

test('of a task whose end is not known nothing is drawn; a cancelled one ends between cancel and the read that shows it', () => {
  const running = [{ id: '7', phases: [{ phase: 'running', after: 900, before: 910 }] }] as const;
  const aged = [control('/7/age', { seconds: 59 }, 1100), read(1200)];
  expect(drawn(aged, running)).toBeUndefined();
  const cancel = exchange('cancel-1', {
    operation: 'cancel',
    sentAt: 1000,
    receivedAt: 1020,
    request: { method: 'POST', path: '/v1/crdb_tasks/7/actions/cancel', headers: {}, credentials: 'own' },
  });
  const shows = {
    ...read(1050),
    response: { status: 200, headers: {}, body: '{"id":"7","status":"failed"}' },
  };
  expect(drawn([cancel, shows, ...aged], running)?.reads).toEqual([
    { earliestMs: 59_140, latestMs: 59_210, due: 'kept' },
  ]);
});
