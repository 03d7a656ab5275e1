import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mutants } from './mutants.ts';
import { variants } from './variants.ts';

// ── the register of clauses, read as a file: this folder shares no code with spec/ ──
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

describe('the mutants', () => {
  test('the register of clauses was read', () => {
    expect(written.length).toBeGreaterThan(50);
  });
  test('have unique ids', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });
  test('ids are words with hyphens', () => {
    expect(mutants.map(({ id }) => id).filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });
  test('name clauses that exist', () => {
    const named = mutants.flatMap(({ id, killedBy, mayFail }) =>
      [...killedBy, ...mayFail].filter((clause) => !known.has(clause)).map((clause) => `${id}: ${clause}`),
    );
    expect(named).toEqual([]);
  });
  test('name each clause once', () => {
    const both = mutants.filter(({ killedBy, mayFail }) => killedBy.some((id) => mayFail.includes(id)));
    expect(both.map(({ id }) => id)).toEqual([]);
  });
  test('are all detected by a clause', () => {
    expect(mutants.filter(({ killedBy }) => killedBy.length === 0).map(({ id }) => id)).toEqual([]);
  });
  test.each(judged)('$level $id is broken by a mutant', ({ id }) => {
    expect(mutants.filter(({ killedBy }) => killedBy.includes(id)).length).toBeGreaterThan(0);
  });
});

test('variants have unique ids', () => {
  expect(new Set(variants.map(({ id }) => id)).size).toBe(variants.length);
});
test('variants warn by clauses that exist', () => {
  expect(variants.flatMap(({ warns }) => warns).filter((id) => !known.has(id))).toEqual([]);
});
