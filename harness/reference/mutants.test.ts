import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { basic, FakeClock } from '../testing/reference-client.ts';
import { axis, cross, perShape } from './mutant.ts';
import { mutants } from './mutants.ts';
import { directReference } from './reference.ts';
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

describe('a family', () => {
  const [queuedOnly] = perShape(
    [{ operation: 'read', phase: 'queued', verbose: 'omitted' }],
    ({ phase }) => ({
      id: phase,
      breaks: 'a read of a queued task is answered with 418',
      change: { read: { status: { queued: 418, running: 418 } } },
      killedBy: 'read.status.200',
    }),
  );
  test.each([
    { path: 'queued', status: 418, why: 'the shape of its row' },
    { path: 'queued?verbose=false', status: 200, why: 'another value of an axis' },
    { path: 'running', status: 200, why: 'another phase' },
  ])('has its fault for requests of its shape only: $why', async ({ path, status }) => {
    if (!queuedOnly) throw new RangeError('one row makes one mutant');
    const { tasks, user, password, answer } = directReference({
      clock: new FakeClock(),
      rules: queuedOnly.rules,
    });
    for (const phase of ['queued', 'running'] as const) tasks.create({ id: phase, phase });
    const headers = { Authorization: basic(user, password) };
    const call = { method: 'GET', path: `/v1/crdb_tasks/${path}`, headers };
    expect((await answer(call, new AbortController().signal)).status).toBe(status);
  });
  test('has a row for each combination of two axes', () => {
    expect(cross(axis('phase', ['queued', 'running']), axis('force', ['true']))).toEqual([
      { phase: 'queued', force: 'true' },
      { phase: 'running', force: 'true' },
    ]);
  });
});
