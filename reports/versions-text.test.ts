import { expect, test } from 'vitest';
import type { Verdict } from '../harness/model/verdict.ts';
import { sampleReport } from './samples/sample.ts';
import { type Version, versionsText } from './versions-text.ts';

const [clause] = sampleReport({ clauses: [{ id: 'any', verdict: 'pass', checks: [{}] }] }).clauses;
const version = (name: string, verdicts: Readonly<Record<string, Verdict>>): Version => ({
  name,
  report: {
    clauses: Object.entries(verdicts).flatMap(([id, verdict]) =>
      clause ? [{ ...clause, id, verdict }] : [],
    ),
  },
});

const old = { 'a.broken': 'fail', 'b.shaky': 'inconclusive', 'c.fine': 'pass' } as const;
const fresh = { 'a.broken': 'pass', 'b.shaky': 'pass', 'c.fine': 'pass', 'd.added': 'warn' } as const;

test('each clause that is broken somewhere has its verdict in every version', () => {
  expect(versionsText([version('7.4', old), version('7.8', fresh)], 80)).toEqual([
    '',
    'broken somewhere   7.4   7.8',
    'a.broken          fail  pass',
    'd.added              ·  warn',
    '1 clause differs in what could be proven alone: b.shaky.',
  ]);
});

test('where nothing is broken and nothing differs, it says so', () => {
  expect(versionsText([version('7.4', { a: 'pass' }), version('7.8', { a: 'pass' })], 80)).toEqual([
    '',
    'No clause is broken in any version.',
    '0 clauses differ in what could be proven alone.',
  ]);
});

test('one version is compared with nothing', () => {
  expect(versionsText([version('7.4', old)], 80)).toEqual([]);
});

test('a name can do no harm', () => {
  const evil = '\u001b[2J';
  expect(versionsText([version(evil, { [evil]: 'fail' }), version('b', {})], 80).join('')).not.toContain(
    evil,
  );
});
