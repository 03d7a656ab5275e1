import { expect, test } from 'vitest';
import { cancelled, exchange, sampleReport } from '../../harness/testing/reports/sample.ts';
import { pageOf } from './page.ts';
import { coverage } from './summary.ts';

const sent = (id: string, path: string, more: Partial<ReturnType<typeof exchange>['request']> = {}) =>
  exchange(id, { request: { method: 'GET', path, headers: {}, credentials: 'own', ...more } });
const report = sampleReport({
  clauses: [
    { id: 'cancel.status.200', verdict: 'pass' },
    { id: 'cancel.status.409', verdict: 'skip' },
  ],
  exchanges: [
    sent('read-1', '/v1/crdb_tasks/7?verbose=true', { headers: { 'x-result-ttl': '60' } }),
    sent('read-2', '/v1/crdb_tasks/7?verbose=maybe', { headers: { 'X-Result-TTL': 'soon' } }),
    sent('read-3', '/v1/crdb_tasks/7', { credentials: 'none' }),
    exchange('read-4', { lost: 'connection reset' }),
    cancelled('cancel-1', 200),
    cancelled('cancel-2', 406, '?force=false'),
  ],
});
const rows = [...`${coverage(pageOf(report, {}))}`.matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map(([, row = '']) =>
  row.replace(/<\/t[hd]>/g, '|').replace(/<[^>]*>/g, ''),
);

test('an exchange is counted by its parameters and the status of its answer', () => {
  for (const row of [
    'parameters|200|no response|',
    'verbose=true, X-Result-TTL|1||',
    'verbose malformed, X-Result-TTL malformed|1||',
    'credentials: none|1||',
    'none||1|',
    'force=false|||',
  ])
    expect(rows.some((one) => one.startsWith(row.replace(/\|+$/, '')))).toBe(true);
});

test('a documented status that was never seen is counted as 0', () => {
  expect(rows).toContain('parameters|200|406|409|');
  expect(rows).toContain('all|1|1|0|');
});
