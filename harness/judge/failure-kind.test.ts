import { describe, expect, test } from 'vitest';
import { loadRegister } from '../../spec/register.ts';
import { mutants } from '../reference/mutants.ts';
import { gather } from '../run/report.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { type FailedCheck, failureKind } from './failure-kind.ts';

const register = loadRegister();
const check = (told: Partial<FailedCheck>): FailedCheck => ({ name: 'once', suite: 'status', ...told });

describe('the kind of a failure holds', () => {
  test.each<{ why: string; told: Partial<FailedCheck>; kind: string }>([
    {
      why: 'operation, phase, expected and seen status',
      told: { name: 'committing, force=false', expected: '406 or 409', seen: '200' },
      kind: 'read committing: expected 406 or 409, seen 200',
    },
    {
      why: 'the operation that a case is about, where it names one',
      told: { name: 'operation=cancel', expected: '401', seen: '403' },
      kind: 'cancel: expected 401, seen 403',
    },
    {
      why: 'no place where what is anywhere was seen first',
      told: {
        suite: 'every exchange',
        name: 'seen in read.asked-id (running, x=1)',
        expected: '401',
        seen: '200',
      },
      kind: 'read: expected 401, seen 200',
    },
    {
      why: 'no id',
      told: { expected: 'id conformance-c924378f-00138', seen: 'id 7' },
      kind: 'read: expected id …, seen id …',
    },
    {
      why: 'no id among other words',
      told: { seen: 'id a-1, status queued, crdb_guid 53bd-fc5a' },
      kind: 'read: seen id …, status queued, crdb_guid …',
    },
    {
      why: 'no id of a task',
      told: { expected: 'the task as it was', seen: 'the task conformance-1-2 (running)' },
      kind: 'read: expected the task as it was, seen the task … (running)',
    },
    {
      why: 'no value, row or count',
      told: { seen: '`[3].progress` is 45.5; `[4].progress` is 7; `[4].error` is "no\\"pe"; and 12 more' },
      kind: 'read: seen `[].error` is "…"; `[].progress` is #',
    },
    {
      why: 'each field once',
      told: { seen: 'null in [1].ended, [0].started, [2].ended' },
      kind: 'read: seen null in [].ended, [].started',
    },
    {
      why: 'the last of the statuses that were caught',
      told: { seen: 'status queued, status failed, status finished' },
      kind: 'read: seen status finished',
    },
    {
      why: 'the steps back of a course, however often it was read',
      told: { seen: 'queued → queued → started → queued → started → queued → finished → failed' },
      kind: 'read: seen finished → failed, started → queued',
    },
    {
      why: 'no time',
      told: { seen: 'started 01/12/2026 10:00:00, ended Tue, 1 Dec 2026, started some day' },
      kind: 'read: seen ended …, started …',
    },
    { why: 'the operation alone where nothing is compared', told: {}, kind: 'read' },
  ])('$why', ({ told, kind }) => expect(failureKind(check(told), 'read')).toBe(kind));

  test('not more than a line of a file', () =>
    expect(failureKind(check({ seen: 'x'.repeat(1000) }), 'read').length).toBeLessThan(300));
});

const some = ['list-is-500', 'mock-cancelled', 'queued-has-a-bad-field'];

test.each(some)('%s fails in the same kinds, in whichever order the checks start', async (mutant) => {
  const rules = mutants.find(({ id }) => id === mutant)?.rules;
  if (!rules) throw new Error(`there is no faulty server ${mutant}`);
  const kinds = await Promise.all(
    [1, -5].map(async (seed) => {
      const { checks } = gather(
        await simulate((clock) => withoutNetwork({ clock, rules }), { settings: { seed } }),
      );
      const failed = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
      return new Set(
        failed.map(
          (one) => `${one.clause}: ${failureKind(one, register.byId.get(one.clause)?.operation ?? 'any')}`,
        ),
      );
    }),
  );
  expect(kinds[0]?.size).toBeGreaterThan(0);
  expect(kinds[1]).toEqual(kinds[0]);
});
