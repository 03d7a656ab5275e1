import { expect, test } from 'vitest';
import type { CheckResult } from '../harness/model/report.ts';
import { evidenceOf } from './evidence.ts';
import { cancelled, exchange, sampleReport } from './samples/sample.ts';

const report = sampleReport({
  clauses: [],
  exchanges: [
    exchange('read-1'),
    cancelled('cancel-1', 200),
    exchange('read-2'),
    exchange('read-3', { lost: 'answered 503' }),
    exchange('read-4', { lost: 'connection reset' }),
  ],
});
const check = (...exchanges: string[]): CheckResult => ({
  name: 'case',
  suite: 'cancel',
  verdict: 'fail',
  reason: '',
  exchanges,
});

test('a request that was sent again is one line, in the order of the first use', () => {
  const { repeats } = evidenceOf(report)(check('read-1', 'cancel-1', 'read-2'));
  expect(repeats.map(({ line, times }) => [line.split('/').at(-1), times])).toEqual([
    ['7', 2],
    ['cancel', 1],
  ]);
});

test('it says why the last answer that was lost was lost', () => {
  expect(evidenceOf(report)(check('read-3', 'read-4', 'read-1'))).toHaveProperty('lost', 'connection reset');
  expect(evidenceOf(report)(check('read-1'))).not.toHaveProperty('lost');
});

test('the lines trust the certificate as the run did', () => {
  const line = (settings: Record<string, boolean | string>) =>
    evidenceOf({ ...report, run: { ...report.run, settings } })(check('read-1')).repeats[0]?.line;
  expect(line({ insecure: true })).toContain(' -k ');
  expect(line({ ca: 'ca.pem' })).toContain(' --cacert ca.pem ');
  expect(line({ insecure: false })).not.toMatch(/ -k |--cacert/);
});
