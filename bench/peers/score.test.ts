import { expect, test } from 'vitest';
import { mutants } from '../../harness/reference/mutants.ts';
import { loadRegister } from '../../spec/register.ts';
import { linesIn, median, score, type Trial } from './score.ts';
import { faithful, wrong } from './servers.ts';
import { relational, wrongByThemselves } from './subtle.ts';

const trial = (id: string, kind: Trial['server']['kind'], ...accused: readonly string[]): Trial => ({
  server: { id, kind },
  accused,
  seconds: 1,
});

test('a wrong server is convicted only by what is not said of the reference too', () => {
  const {
    convicted,
    subtleConvicted,
    falseAlarms,
    wrong: all,
    subtle: subtleOnes,
  } = score([
    trial('reference', 'faithful', 'usual'),
    trial('terse', 'faithful'),
    trial('a', 'plainly wrong', 'usual'),
    trial('b', 'plainly wrong', 'usual', 'new'),
    trial('c', 'subtly wrong', 'new'),
    trial('d', 'subtly wrong'),
  ]);
  expect({ convicted, subtleConvicted, falseAlarms, all, subtleOnes }).toEqual({
    convicted: ['b', 'c'],
    subtleConvicted: ['c'],
    falseAlarms: ['reference'],
    all: 4,
    subtleOnes: 2,
  });
});

test('a tool that breaks down convicts nobody, and is named', () => {
  const { convicted, failures } = score([{ ...trial('a', 'plainly wrong'), failed: 'its time was up' }]);
  expect({ convicted, failures }).toEqual({ convicted: [], failures: ['a: its time was up'] });
});

test('the median is a value that was measured; blank lines are no lines', () => {
  expect([median([9, 1, 2]), linesIn(['a\n\n b\n', 'c'])]).toEqual([2, 3]);
});

test('what tells the subtle ones is known: clauses of the register, and exceptions that are needed', () => {
  const clauses = new Set(loadRegister().clauses.map(({ id }) => id));
  expect([...relational].filter((id) => !clauses.has(id))).toEqual([]);
  const excepted = mutants.filter(
    ({ id, killedBy }) => wrongByThemselves.has(id) && killedBy.every((one) => relational.has(one)),
  );
  expect(excepted.map(({ id }) => id).sort()).toEqual([...wrongByThemselves].sort());
});

test('six faithful servers; a smaller draw of wrong ones is the beginning of a larger', () => {
  const ids = (count: number) => wrong(count, 1).map(({ id }) => id);
  expect(faithful).toHaveLength(6);
  expect(ids(40).slice(0, 30)).toEqual(ids(30));
});
