/** Register and suites agree, and a selection brings what it depends on. */
import { describe, expect, test } from 'vitest';
import { mutants } from '../harness/reference/mutants.ts';
import { type Check, readSuites } from '../harness/run/clause.ts';
import { gather } from '../harness/run/report.ts';
import { simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { loadRegister } from '../spec/register.ts';

const register = loadRegister();
const book = await readSuites();

const prerequisitesOf = ({ positiveControl, dependsOn }: Check): readonly string[] =>
  positiveControl === undefined ? dependsOn : [...dependsOn, positiveControl];

describe('register and suites', () => {
  test('every clause has a block', () => {
    expect(register.clauses.map(({ id }) => id).filter((id) => !book.get(id)?.length)).toEqual([]);
  });

  test('every block, positive control and cause names a clause', () => {
    const named = [...book.values()].flat().flatMap((check) => [check.clause, ...prerequisitesOf(check)]);
    expect([...new Set(named)].filter((id) => !register.byId.has(id))).toEqual([]);
  });

  test('the cases of a clause have names of their own', () => {
    const twice = [...book].filter(
      ([, checks]) => new Set(checks.map(({ name }) => name)).size < checks.length,
    );
    expect(twice.map(([id]) => id)).toEqual([]);
  });

  test('no clause depends on itself, directly or indirectly', () => {
    const done = new Set<string>(); // of each clause, what follows is looked at once
    const round = (id: string, path: readonly string[]): readonly string[] | undefined =>
      path.includes(id)
        ? [...path, id]
        : done.size === done.add(id).size
          ? undefined
          : (book.get(id) ?? [])
              .flatMap(prerequisitesOf)
              .map((other) => round(other, [...path, id]))
              .find((found) => found !== undefined);
    expect([...book.keys()].map((id) => round(id, [])).find((found) => found !== undefined)).toBeUndefined();
  });

  test.each([
    { level: 'must', atLeast: 2 },
    { level: 'should', atLeast: 1 },
  ])('every $level clause detects at least $atLeast faulty servers', ({ level, atLeast }) => {
    const detected = (id: string) => mutants.filter(({ killedBy }) => killedBy.includes(id)).length;
    const clauses = register.clauses.filter((clause) => clause.level === level);
    expect(clauses.map(({ id }) => id).filter((id) => detected(id) < atLeast)).toEqual([]);
  });
});

test('a selection includes the prerequisites of its clauses, each once', async () => {
  const events = await simulate((clock) => withoutNetwork({ clock }), {
    selection: ['cancel.commit-phase.refused'],
  });
  const checks = gather(events).checks.filter(({ suite }) => suite !== 'every exchange');
  expect(checks.map(({ clause, name }) => `${clause} ${name}`).sort()).toEqual([
    'cancel.commit-phase.refused force=false',
    'cancel.commit-phase.refused force=omitted',
    'cancel.commit-phase.refused force=omitted, beside=forced cancels',
    'cancel.commit-phase.refused force=omitted, cancelFails=true',
    'cancel.commit-phase.refused force=omitted, passed=queued to committing',
    'cancel.commit-phase.refused force=omitted, passed=queued to running to committing',
    'cancel.commit-phase.refused force=omitted, passed=running to committing',
    'cancel.commit-phase.refused force=omitted, times=3',
    'cancel.commit-phase.refused force=omitted, together=6',
    'cancel.running.accepted force=false',
    'cancel.running.accepted force=omitted',
    'cancel.running.accepted force=omitted, of=tasks with ids of every form',
    'cancel.running.accepted moment=first, force=omitted',
    'cancel.running.accepted moment=last, force=omitted, of=the oldest and the newest task',
    'cancel.running.accepted running, after=a cancelled task of its id, force=omitted',
    'cancel.running.accepted running, passed=queued to running, force=omitted',
  ]);
});
