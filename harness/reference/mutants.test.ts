import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rules } from './contract.ts';
import { mutants } from './mutants.ts';
import { allSwitches } from './switches.ts';
import { story } from './trace.ts';
import { variants } from './variants.ts';

// ── the register of clauses, read as a file: this folder shares no code with the one that owns it ──
interface Clause {
  readonly id: string;
  readonly level: 'must' | 'should' | 'may';
}
const isClause = (value: unknown): value is Clause =>
  typeof value === 'object' && value !== null && 'id' in value && 'level' in value;
const register: unknown = parse(readFileSync(new URL('../../spec/clauses.yaml', import.meta.url), 'utf8'));
const written =
  typeof register === 'object' &&
  register !== null &&
  'clauses' in register &&
  Array.isArray(register.clauses)
    ? register.clauses.filter(isClause)
    : [];
const derived = [
  'list.status.200',
  'list.status.401',
  'read.status.200',
  'read.status.401',
  'read.status.404',
  'cancel.status.401',
  'cancel.status.404',
  'cancel.status.409',
  ...['list', 'read', 'cancel'].map((operation) => `${operation}.statuses`),
  ...['list', 'read'].flatMap((operation) => [`${operation}.media-type`, `${operation}.schema`]),
].map((id): Clause => ({ id, level: 'must' }));
const clauses = [...written, ...derived];
const known = new Set(clauses.map(({ id }) => id));
const judged = clauses.filter(({ level }) => level !== 'may');

describe('the register of wrong servers', () => {
  test('the register of clauses was read', () => {
    expect(written.length).toBeGreaterThan(50);
  });
  test('no two bear one id', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });
  test('ids are words with hyphens', () => {
    expect(mutants.map(({ id }) => id).filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });
  test('they name clauses that exist', () => {
    const named = mutants.flatMap(({ id, killedBy, mayFail }) =>
      [...killedBy, ...mayFail].filter((clause) => !known.has(clause)).map((clause) => `${id}: ${clause}`),
    );
    expect(named).toEqual([]);
  });
  test('a clause either must convict one, or may', () => {
    const both = mutants.filter(({ killedBy, mayFail }) => killedBy.some((id) => mayFail.includes(id)));
    expect(both.map(({ id }) => id)).toEqual([]);
  });
  test('each is convicted by a clause', () => {
    expect(mutants.filter(({ killedBy }) => killedBy.length === 0).map(({ id }) => id)).toEqual([]);
  });
  test.each(judged)('$level $id is broken by one', ({ id }) => {
    expect(mutants.filter(({ killedBy }) => killedBy.includes(id)).length).toBeGreaterThan(0);
  });
});

const contract = story(rules);

test('the story is the same when it is told again', () => expect(story(rules)).toEqual(contract));
test.each(mutants)('$id can be told from the contract', (mutant) => {
  expect(story(mutant.rules)).not.toEqual(contract);
});
// What differs on the wire alone is shown in wire.test.ts, what differs in control in control.test.ts.
const onTheWireOnly = [
  ...allSwitches.filter(({ onTheWire }) => onTheWire).map(({ id }) => id),
  'forgetful-control',
];
test.each(variants.filter(({ id }) => !onTheWireOnly.includes(id)))('$id can be told too', (variant) => {
  expect(story(variant.rules)).not.toEqual(contract);
});
test('no two variants bear one id', () => {
  expect(new Set(variants.map(({ id }) => id)).size).toBe(variants.length);
});
test('variants warn by clauses that exist', () => {
  expect(variants.flatMap(({ warns }) => warns).filter((id) => !known.has(id))).toEqual([]);
});
