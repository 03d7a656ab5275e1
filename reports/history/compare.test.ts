import { expect, test } from 'vitest';
import type { Verdict } from '../../harness/model/verdict.ts';
import { night } from '../../harness/testing/reports/sample.ts';
import { compare } from './compare.ts';
import { pastRun } from './runs.ts';
import { comparisonText } from './text.ts';

const of = (verdict: Verdict | undefined) => ({ clauses: verdict === undefined ? {} : { a: verdict } });

test.each<{ before?: Verdict; after?: Verdict; kind: string | undefined }>([
  { before: 'pass', after: 'fail', kind: 'new' },
  { before: 'skip', after: 'fail', kind: 'new' },
  { before: 'warn', after: 'fail', kind: 'new' },
  { after: 'fail', kind: 'new' },
  { before: 'pass', after: 'warn', kind: 'new' },
  { before: 'fail', after: 'fail', kind: 'still broken' },
  { before: 'fail', after: 'warn', kind: 'still broken' },
  { before: 'fail', after: 'pass', kind: 'fixed' },
  { before: 'warn', after: 'observed', kind: 'fixed' },
  { before: 'fail', after: 'inconclusive', kind: 'unconfirmed' },
  { before: 'fail', after: 'skip', kind: 'unconfirmed' },
  { before: 'pass', after: 'inconclusive', kind: 'no longer proven' },
  { before: 'skip', after: 'pass', kind: 'newly proven' },
  { before: 'inconclusive', after: 'skip', kind: undefined },
  { before: 'pass', after: 'pass', kind: undefined },
  { before: 'observed', after: 'observed', kind: undefined },
  { after: 'pass', kind: 'added' },
  { before: 'fail', kind: 'removed' },
])('$before → $after is $kind', ({ before, after, kind }) => {
  const { changes } = compare(pastRun(night(1, of(before))), pastRun(night(2, of(after))));
  expect(changes.map((change) => change.kind)).toEqual(kind === undefined ? [] : [kind]);
});

const hashes = { suites: 'a1', openapi: 'b2', clauses: 'c3' };
test.each([
  { why: 'nothing', told: {}, causes: [] },
  { why: 'its Server header', told: { target: { server: 'Mock/2.0' } }, causes: ['target'] },
  { why: 'its URL alone', told: { target: { url: 'http://127.0.0.1:4011' } }, causes: [] },
  { why: 'the suites', told: { run: { hashes: { ...hashes, suites: 'a2' } } }, causes: ['suites'] },
  { why: 'the register', told: { run: { hashes: { ...hashes, clauses: 'c4' } } }, causes: ['suites'] },
  { why: 'the harness', told: { run: { harnessVersion: '0.2.0' } }, causes: ['suites'] },
  { why: 'the edition', told: { run: { docsVersion: '7.22' } }, causes: ['docs'] },
  { why: 'the OpenAPI', told: { run: { hashes: { ...hashes, openapi: 'b3' } } }, causes: ['docs'] },
  { why: 'the profile', told: { run: { profile: 'full' as const } }, causes: ['settings'] },
  { why: 'the provisioner', told: { target: { provisioner: 'none' } }, causes: ['settings'] },
  { why: 'the seed alone', told: { run: { seed: 7 } }, causes: [] },
  {
    why: 'what the exit code depends on',
    told: { run: { settings: { timeoutS: 10, graceS: 2, settleS: 10, strict: true } } },
    causes: [],
  },
  {
    why: 'two things',
    told: { target: { server: null }, run: { docsVersion: '8' } },
    causes: ['target', 'docs'],
  },
])('another verdict is laid to what changed: $why', ({ told, causes }) => {
  const { changes } = compare(pastRun(night(1, of('pass'))), pastRun(night(2, { ...of('fail'), ...told })));
  expect(changes).toMatchObject([{ kind: 'new', causes }]);
});

test('a clause that is broken and was not asked before is laid to the suites that ask', () => {
  const target = { server: 'Mock/2.0' };
  const after = night(2, { ...of('fail'), target, run: { hashes: { ...hashes, suites: 'a2' } } });
  const { changes, changed } = compare(pastRun(night(1)), pastRun(after));
  expect(changes).toMatchObject([{ clause: 'a', kind: 'new', causes: ['suites'] }]);
  const charged = compare(pastRun(night(1)), pastRun(night(2, { ...of('fail'), target })));
  expect(charged.changes).toMatchObject([{ clause: 'a', kind: 'new', causes: ['target'] }]);
  expect(changed.get('target')).toEqual([{ field: 'server', from: 'Mock/1.0', to: 'Mock/2.0' }]);
});

test('two targets are told apart by their names; servers on one host by their paths', () => {
  const at = (name: string, url: string) => pastRun(night(1, { target: { name, url } })).target;
  expect([
    at('host:1', 'http://host:1/'),
    at('host:1', 'http://host:1/a/'),
    at('mine', 'http://host:1/a'),
  ]).toEqual(['host:1', 'host:1/a', 'mine']);
  const [a, b] = ['one', 'two'].map((name) => pastRun(night(1, { target: { name } })));
  expect(a && b && [...compare(a, b).changed]).toEqual([
    ['target', [{ field: 'name', from: 'one', to: 'two' }]],
  ]);
});

test('a selection against a whole run: the clauses of one run alone are counted apart', () => {
  const part = night(2, { clauses: { a: 'pass' }, run: { settings: { selection: 'a' } } });
  const comparison = compare(pastRun(night(1, { clauses: { a: 'pass', b: 'pass' } })), pastRun(part));
  const text = comparisonText(comparison, 200);
  expect(text).toContain('selection all clauses → a');
  expect(text).toContain('No verdict changed.\n1 clause in one of the runs only.');
});
