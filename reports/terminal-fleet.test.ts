import { describe, expect, test } from 'vitest';
import type { Verdict } from '../harness/model/verdict.ts';
import { evilText, sampleReport } from '../harness/testing/reports/sample.ts';
import { type Fleet, type FleetEntry, fleetSchema, fleetVerdict } from './fleet.ts';
import { fleetAnnotations } from './github.ts';
import { fleetText, type Version, versionsText } from './terminal-fleet.ts';
import { fleetProblem } from './validate.ts';

const entry = (name: string, verdict: Fleet['verdict'] | undefined, exitCode: number): FleetEntry => ({
  name,
  labels: [],
  url: 'https://cluster.example/',
  exitCode,
  result: verdict
    ? {
        verdict,
        headline: `${verdict}: so it is`,
        run: 'r',
        must: { proven: 1, broken: 0, reachable: 1, total: 1 },
      }
    : null,
  problem: verdict ? null : `not there${evilText}`,
});
const targets = [
  entry('a', 'conformant', 0),
  entry('bb', 'non-conformant', 1),
  entry('c', undefined, 3),
  entry('d', 'incomplete', 4),
];
const fleet: Fleet = {
  schema: fleetSchema,
  verdict: 'non-conformant',
  exitCode: 1,
  shard: { index: 2, of: 3 },
  startedAt: '2026-11-24T03:12:45.123Z',
  durationMs: 5000,
  harnessVersion: '0.1.0',
  docsVersion: '7.8',
  hashes: { suites: 'a1', openapi: 'b2', clauses: 'c3', config: 'd4' },
  planned: ['a', 'bb', 'c', 'd', 'elsewhere'],
  targets,
};

test.each<{ is: Fleet['verdict']; of: readonly FleetEntry[]; why: string }>([
  { is: 'non-conformant', of: targets, why: 'one is' },
  { is: 'incomplete', of: targets.filter(({ name }) => name !== 'bb'), why: 'one was not tested' },
  { is: 'conformant', of: targets.slice(0, 1), why: 'all are' },
  { is: 'incomplete', of: [], why: 'there is none' },
])('$is where $why', ({ is, of }) => expect(fleetVerdict(of)).toBe(is));

test('a line for each target, and the verdict first and last', () => {
  const lines = fleetText(fleet, { colour: false, width: 100, file: 'out/fleet.json' }).trimEnd().split('\n');
  const verdict =
    ' NON-CONFORMANT  4 targets (part 2 of 3): 1 non-conformant, 1 conformant, 1 incomplete, 1 not tested';
  expect([lines[0], lines.at(-1)]).toEqual([verdict, verdict]);
  expect(lines).toContain('bb  non-conformant: so it is');
  expect(lines.join('')).not.toMatch(/\p{C}/u);
});

test('GitHub gets an annotation for the fleet, and for each target that is not green', () => {
  const lines = fleetAnnotations(fleet).trimEnd().split('\n');
  expect(lines.map((line) => line.slice(0, 18))).toEqual([
    '::notice title=crd',
    '::error title=bb::',
    '::error title=c::n',
    '::warning title=d:',
  ]);
});

describe('a fleet is none where', () => {
  test('nothing is wrong it is one', () => expect(fleetProblem(fleet)).toBeUndefined());
  test.each<{ broken: Partial<Fleet>; says: string }>([
    { broken: { targets: [...targets, entry('a', 'conformant', 0)] }, says: 'target a is listed twice' },
    { broken: { targets: [entry('x', 'non-conformant', 1)] }, says: 'target x is not in "planned"' },
    { broken: { verdict: 'conformant' }, says: 'the results of the targets give non-conformant' },
    {
      broken: { targets: [{ ...entry('bb', 'non-conformant', 1), problem: 'x' }] },
      says: 'a result and a problem',
    },
    { broken: { exitCode: 5 }, says: 'exitCode must be equal to one of the allowed values' },
  ])('$says', ({ broken, says }) => expect(fleetProblem({ ...fleet, ...broken })).toContain(says));
});

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
    'Proven in some versions only: b.shaky.',
  ]);
});

test('where nothing is broken and nothing differs, it says so', () => {
  expect(versionsText([version('7.4', { a: 'pass' }), version('7.8', { a: 'pass' })], 80)).toEqual([
    '',
    'No clause is broken in any version.',
    'Proven in some versions only: no clause.',
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
