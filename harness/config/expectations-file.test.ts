import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import type { Expectations } from '../model/report.ts';
import { readExpectations } from './expectations-file.ts';
import { sameness, updateExpectations } from './update-expectations.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-expectations-'));
afterAll(() => rmSync(folder, { recursive: true }));
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

test.each(['', '# nothing yet\n', '[]', 'null'])('an empty file expects nothing: %j', (text) =>
  expect(read(text)).toEqual([]),
);

const entry = (more: string): string => `- {clause: list.a, fingerprint: x, reason: y${more}}`;

test.each([
  { text: '- a: {', says: 'is no YAML', remedy: 'Mend the file.' },
  { text: 'clause: list.a', says: ':1: it is no list of expectations', remedy: '- clause: ID' },
  { text: '- list.a', says: ':1: an expectation is not what it should be', remedy: 'clause, target' },
  {
    text: '- clause: list.a\n  reason: y',
    says: ':1: the expectation has no fingerprint',
    remedy: 'update-',
  },
  { text: entry(', ownr: me'), says: ':1: the unknown key ownr', remedy: 'Did you mean owner?' },
  { text: entry(', expires: 2026-02-31'), says: ':1: expires is no date', remedy: '2026-12-31' },
  { text: entry(', expires: soon'), says: ':1: expires is no date', remedy: '2026-12-31' },
  { text: entry(', flaky: sometimes'), says: ':1: flaky is not what it should be', remedy: 'Its keys are' },
  {
    text: `\n\n${entry('').replace('y}', '""}')}`,
    says: ':3: reason is not what it should be',
    remedy: 'keys',
  },
  {
    text: '- clause: list.aa\n  fingerprint: x\n  reason: y',
    says: ':1: there is no clause list.aa: delete lines 1 to 3.',
    remedy: 'Did you mean list.a?',
  },
  {
    text: `${entry('')}\n${entry(', target: t')}\n${entry(', owner: me')}`,
    says: ':3: the same as in line 1 is said again of list.a',
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

  test('adds what was not expected, and leaves everything else as it is', () => {
    const before = read(one + two);
    expect(updateExpectations(file, [{ expectations: { ...none, unexpected: [failure] } }])).toEqual({
      added: 1,
      deleted: 0,
    });
    const text = readFileSync(file, 'utf8');
    for (const comment of (one + two).match(/#.*/g) ?? []) expect(text).toContain(comment);
    const after = readExpectations(file, clauses);
    expect(after.map(sameness)).toEqual([...before.map(sameness), sameness({ ...failure, reason: '' })]);
    expect(after[1]?.reason).toBe('a long story');
    expect(after[2]).toMatchObject({
      clause: 'list.b',
      fingerprint: failure.fingerprint,
      reason: 'not said yet; seen in 2 checks',
    });
  });

  test('takes out what passes again, with its comment, and nothing else', () => {
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

  test('leaves what is past its date to a person, and what still comes on another target', () => {
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

  test('makes a file that there is not, and names the target where there are several', () => {
    rmSync(file);
    updateExpectations(file, [{ target: 'eu-1', expectations: { ...none, unexpected: [failure] } }]);
    expect(readFileSync(file, 'utf8')).toMatch(/^# Failures that are put up with/);
    expect(readExpectations(file, clauses)).toMatchObject([{ clause: 'list.b', target: 'eu-1' }]);
  });
});
