import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import type { Expectations, PlacedExpectation } from '../model/report.ts';
import type { RunVerdict, Verdict } from '../model/verdict.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import {
  gateVerdict,
  heldAgainst,
  type JudgedClause,
  readExpectations,
  updateExpectations,
} from './expectations.ts';

/** A clause with a check for each verdict; a failed one saw what stands behind the colon. */
function clause(verdict: Verdict, ...checks: readonly string[]): JudgedClause {
  return {
    id: 'list.a',
    operation: 'list',
    verdict,
    checks: checks.map((told, at) => {
      const [found = '', seen] = told.split(':');
      return {
        name: `case ${at}`,
        suite: 'list',
        verdict: found as Verdict, // written by the rows below
        reason: '',
        exchanges: [],
        ...(seen === undefined ? {} : { expected: '200', seen }),
      };
    }),
  };
}

const entry = (seen: string, more: Partial<PlacedExpectation> = {}): PlacedExpectation => ({
  clause: 'list.a',
  fingerprint: `list: expected 200, seen ${seen}`,
  reason: 'known',
  lines: [1, 3],
  ...more,
});

const held = (
  judged: JudgedClause,
  entries: readonly PlacedExpectation[],
  { startedAt = '2026-11-24T23:59:59.000Z', strict = false } = {},
) =>
  heldAgainst({ clauses: [judged], run: { startedAt, settings: { strict } } }, { file: 'e.yaml', entries });

describe('a failure', () => {
  test('that was expected is met, with the checks that showed it', () => {
    const { met, unexpected, outdated } = held(clause('fail', 'pass', 'fail:404', 'fail:404'), [
      entry('404'),
    ]);
    expect([met, unexpected, outdated]).toEqual([
      [{ ...entry('404'), checks: ['case 1', 'case 2'] }],
      [],
      [],
    ]);
  });

  test('of another kind is not hidden by one that was expected', () => {
    const { met, unexpected } = held(clause('fail', 'fail:404', 'fail:500'), [entry('404')]);
    expect(met.flatMap(({ checks }) => checks)).toEqual(['case 0']);
    expect(unexpected).toEqual([
      { clause: 'list.a', fingerprint: 'list: expected 200, seen 500', checks: ['case 1'] },
    ]);
  });

  test('of another clause is not hidden', () => {
    const { met, unexpected } = held(clause('fail', 'fail:404'), [entry('404', { clause: 'list.b' })]);
    expect([met.length, unexpected.length]).toEqual([0, 1]);
  });

  test('is not expected after the last day', () => {
    const past = entry('404', { expires: '2026-11-23' });
    const { met, unexpected, outdated } = held(clause('fail', 'fail:404'), [past]);
    expect([met.length, unexpected.length, outdated]).toEqual([
      0,
      1,
      [{ ...past, problem: 'past its date' }],
    ]);
  });

  test('is expected on the last day', () =>
    expect(held(clause('fail', 'fail:404'), [entry('404', { expires: '2026-11-24' })])).toMatchObject({
      met: [{}],
      unexpected: [],
      outdated: [],
    }));

  test.each([
    { strict: false, unexpected: 0 },
    { strict: true, unexpected: 1 },
  ])('that is a warning counts where warnings do: strict $strict', ({ strict, unexpected }) =>
    expect(held(clause('warn', 'warn:404'), [], { strict }).unexpected).toHaveLength(unexpected),
  );
});

describe('an expectation', () => {
  test.each<{ run: JudgedClause; problem: string; why: string }>([
    { run: clause('pass', 'pass', 'pass'), problem: 'passes again', why: 'whose clause passes' },
    {
      run: clause('fail', 'fail:500', 'pass'),
      problem: 'not seen any more',
      why: 'of a kind that is not seen',
    },
    { run: clause('observed', 'observed'), problem: 'not seen any more', why: 'of what is only observed' },
  ])('$why is outdated: $problem', ({ run, problem }) =>
    expect(held(run, [entry('404')]).outdated).toEqual([{ ...entry('404'), problem }]),
  );

  test.each<{
    run: JudgedClause;
    more?: Partial<PlacedExpectation>;
    why: string;
  }>([
    { run: clause('inconclusive', 'pass', 'inconclusive'), why: 'doubtful' },
    { run: clause('skip', 'skip'), why: 'out of reach' },
    { run: clause('skip'), why: 'not looked at' },
    { run: clause('fail', 'fail:500', 'inconclusive'), why: 'failing in another way, and doubtful besides' },
    { run: clause('fail', 'fail:500', 'skip'), why: 'failing in another way, and partly out of reach' },
    { run: { ...clause('pass', 'pass'), id: 'list.other' }, why: 'not part of this run' },
    { run: clause('pass', 'pass'), more: { flaky: true }, why: 'said to come now and then' },
  ])('of a clause that is $why is not', ({ run, more }) =>
    expect(held(run, [entry('404', more)]).outdated).toEqual([]),
  );
});

describe('a gate takes for the verdict', () => {
  const none: Expectations = { file: 'e.yaml', met: [], unexpected: [], outdated: [] };
  const failure = { clause: 'list.a', fingerprint: 'x', checks: ['y'] };
  const outdated = [{ ...entry('404'), problem: 'passes again' as const }];
  test.each<{
    verdict: RunVerdict;
    proven: number;
    expectations?: Expectations;
    is: RunVerdict;
    why: string;
  }>([
    {
      verdict: 'non-conformant',
      proven: 1,
      is: 'non-conformant',
      why: 'that of the run, without expectations',
    },
    {
      verdict: 'non-conformant',
      proven: 2,
      expectations: none,
      is: 'conformant',
      why: 'all expected, the rest proven',
    },
    {
      verdict: 'non-conformant',
      proven: 1,
      expectations: none,
      is: 'incomplete',
      why: 'all expected, one unproven',
    },
    { verdict: 'incomplete', proven: 1, expectations: none, is: 'incomplete', why: 'nothing to excuse' },
    {
      verdict: 'non-conformant',
      proven: 2,
      expectations: { ...none, unexpected: [failure] },
      is: 'non-conformant',
      why: 'one unexpected',
    },
    {
      verdict: 'conformant',
      proven: 3,
      expectations: { ...none, outdated },
      is: 'non-conformant',
      why: 'an expectation that is over',
    },
  ])('$is: $why', ({ verdict, proven, expectations, is }) => {
    const must = { proven, broken: 1, reachable: 3, total: 3 };
    expect(gateVerdict({ verdict, summary: { must }, ...(expectations ? { expectations } : {}) })).toBe(is);
  });
});

const folder = freshFolder();
const file = join(folder, 'e.yaml');
const clauses = ['list.a', 'list.b'];

function read(text: string) {
  writeFileSync(file, text);
  return readExpectations(file, clauses);
}

function refusal(text: string): UserError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const one = `# why we live with it
- clause: list.a
  fingerprint: "list: expected 200, seen 404"
  reason: known   # see below
  link: https://issues.example/7
  owner: ops
  expires: 2026-12-31
  target: staging
  flaky: true
`;
const two = `
# another team's
- clause: list.b
  fingerprint: x
  reason: >-
    a long
    story
`;

test('each entry has its lines', () => {
  const [first, second, ...more] = read(one + two);
  expect(first).toEqual({
    clause: 'list.a',
    fingerprint: 'list: expected 200, seen 404',
    reason: 'known',
    link: 'https://issues.example/7',
    owner: 'ops',
    expires: '2026-12-31',
    target: 'staging',
    flaky: true,
    lines: [2, 9],
  });
  expect(second).toEqual({ clause: 'list.b', fingerprint: 'x', reason: 'a long story', lines: [12, 16] });
  expect(more).toEqual([]);
});

test.each(['', '# nothing yet\n', '[]', 'null'])('an empty file has no entries: %j', (text) =>
  expect(read(text)).toEqual([]),
);

const entryText = (more: string): string => `- {clause: list.a, fingerprint: x, reason: y${more}}`;

test.each([
  { text: '- a: {', says: 'is not valid YAML', remedy: 'Correct the file.' },
  { text: 'clause: list.a', says: ':1: the file is not a list of known failures', remedy: '- clause: ID' },
  { text: '- list.a', says: ':1: the entry has a wrong value', remedy: 'clause, target' },
  {
    text: '- clause: list.a\n  reason: y',
    says: ':1: the entry has no fingerprint',
    remedy: 'crdb-conformance expectations',
  },
  { text: entryText(', ownr: me'), says: ':1: unknown key ownr', remedy: 'Did you mean owner?' },
  { text: entryText(', expires: 2026-02-31'), says: ':1: expires is not a date', remedy: '2026-12-31' },
  { text: entryText(', expires: soon'), says: ':1: expires is not a date', remedy: '2026-12-31' },
  { text: entryText(', flaky: sometimes'), says: ':1: flaky has a wrong value', remedy: 'The keys are' },
  {
    text: `\n\n${entryText('').replace('y}', '""}')}`,
    says: ':3: reason has a wrong value',
    remedy: 'keys',
  },
  {
    text: '- clause: list.aa\n  fingerprint: x\n  reason: y',
    says: ':1: there is no clause list.aa: delete lines 1 to 3.',
    remedy: 'Did you mean list.a?',
  },
  {
    text: `${entryText('')}\n${entryText(', target: t')}\n${entryText(', owner: me')}`,
    says: ':3: the entry for list.a repeats line 1',
    remedy: 'Delete line 3.',
  },
])('$text is refused: $says', ({ text, says, remedy }) => {
  const error = refusal(text);
  expect(error.message).toContain(says);
  expect(error.remedy).toContain(remedy);
  expect([error.exitCode, error.message.split('\n').length]).toEqual([2, 1]);
});

describe('an update', () => {
  const none: Expectations = { file, met: [], unexpected: [], outdated: [] };
  const failure = { clause: 'list.b', fingerprint: 'list: expected 200, seen "…"', checks: ['a', 'b'] };

  test('adds what is not in the file, and leaves everything else as it is', () => {
    const before = read(one + two);
    expect(updateExpectations(file, [{ expectations: { ...none, unexpected: [failure] } }])).toEqual({
      added: 1,
      deleted: 0,
    });
    const text = readFileSync(file, 'utf8');
    for (const comment of (one + two).match(/#.*/g) ?? []) expect(text).toContain(comment);
    const after = readExpectations(file, clauses);
    expect(after.slice(0, 2).map(({ lines: _, ...one }) => one)).toEqual(
      before.map(({ lines: _, ...one }) => one),
    );
    expect(after[1]?.reason).toBe('a long story');
    expect(after[2]).toMatchObject({
      clause: 'list.b',
      fingerprint: failure.fingerprint,
      reason: 'no reason given yet; seen in 2 checks',
    });
  });

  test('deletes what passes again, with its comment, and nothing else', () => {
    const [first] = read(one + two);
    const outdated = first ? [{ ...first, problem: 'passes again' as const }] : [];
    expect(updateExpectations(file, [{ expectations: { ...none, outdated } }])).toEqual({
      added: 0,
      deleted: 1,
    });
    const after = readFileSync(file, 'utf8');
    expect(after).not.toContain('list.a');
    expect(after).toContain("# another team's\n- clause: list.b");
  });

  test('keeps what is past its date, and what another target still needs', () => {
    const [first, second] = read(one + two);
    if (!first || !second) throw new Error('two entries');
    const update = updateExpectations(file, [
      {
        target: 'a',
        expectations: {
          ...none,
          outdated: [
            { ...first, problem: 'past its date' },
            { ...second, problem: 'passes again' },
          ],
        },
      },
      { target: 'b', expectations: { ...none, met: [{ ...second, checks: ['c'] }] } },
    ]);
    expect(update).toEqual({ added: 0, deleted: 0 });
    expect(readFileSync(file, 'utf8')).toBe(one + two);
  });

  test('makes a new file, and names the target where there are several', () => {
    rmSync(file);
    updateExpectations(file, [{ target: 'eu-1', expectations: { ...none, unexpected: [failure] } }]);
    expect(readFileSync(file, 'utf8')).toMatch(/^# Known failures/);
    expect(readExpectations(file, clauses)).toMatchObject([{ clause: 'list.b', target: 'eu-1' }]);
  });
});
