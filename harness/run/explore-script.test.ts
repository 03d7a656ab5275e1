/** Scripts: as text and back, what can't be read, and what is smaller. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { phases } from '../model/task.ts';
import { type ScriptPowers, scriptSource } from './explore-generate.ts';
import { parseScript, renumbered, scriptText, sizeOf, smallerThan } from './explore-script.ts';

const powers: ScriptPowers = {
  phases: new Set(phases),
  moves: true,
  ages: true,
  removes: true,
  cancelFailure: true,
  wrongPassword: true,
  credentials: true,
  force: true,
  graceS: 2,
};

test('a script is the same after it was written and read', async () => {
  const source = await scriptSource(powers, 1);
  for (const script of source.next(100)) expect(parseScript(scriptText(script))).toEqual(script);
});

test('the same seed gives the same scripts, another one others', async () => {
  const drawn = async (seed: number) => (await scriptSource(powers, seed)).next(5).map(scriptText);
  expect(await drawn(7)).toEqual(await drawn(7));
  expect(await drawn(8)).not.toEqual(await drawn(7));
});

test('a provisioner without powers gets scripts without the steps that need them', async () => {
  const weak = {
    ...powers,
    phases: new Set(['running'] as const),
    moves: false,
    ages: false,
    removes: false,
    credentials: false,
  };
  const texts = (await scriptSource({ ...weak, cancelFailure: false, force: false }, 1))
    .next(100)
    .map(scriptText);
  expect(
    texts.filter((text) => /move|age |remove|credentials|cancel_fails|force(?!=false)|finished/.test(text)),
  ).toEqual([]);
});

test('scripts are chosen by what was not tried before', async () => {
  const source = await scriptSource(powers, 1);
  source.next(20);
  const before = source.seen.pairs;
  source.next(20);
  expect(source.seen.pairs).toBeGreaterThan(before + 100);
});

describe('text that is no script', () => {
  test.each([
    { text: '', says: 'step 1, is empty' },
    { text: 'create 0 queued;', says: 'step 2, is empty' },
    { text: 'create 0 queued; cancle 0', says: 'step 2, “cancle 0” is no step' },
    { text: 'create 0 done', says: 'step 1, “create 0 done” is not complete' },
    { text: 'create 0', says: 'step 1, “create 0” is not complete' },
    { text: 'create 0 queued; cancel 1', says: 'step 2, task 1 is not created before' },
    { text: 'create 0 queued; age 0 -5', says: 'step 2, “age 0 -5” is not complete' },
    { text: 'create 0 queued; read 0 credentials=wrong', says: 'step 2, “read 0 credentials=wrong” is not' },
    { text: 'create 0 queued; read 0 loud', says: 'step 2, “read 0 loud” is not' },
    { text: 'create 0 queued; (read 0 & )', says: 'step 2, is empty' },
    { text: 'wait soon', says: 'step 1, “wait soon” is not' },
    { text: 'create x queued', says: 'step 1, “create x queued” is not' },
  ])('$text', ({ text, says }) => {
    expect(() => parseScript(text)).toThrow(UserError);
    expect(() => parseScript(text)).toThrow(`--replay can’t be read: ${says}`);
  });

  test('the error says what could stand there', () => {
    const read = (text: string) => {
      try {
        return parseScript(text);
      } catch (error) {
        return error instanceof UserError ? error.remedy : error;
      }
    };
    expect(read('create 0')).toBe('There could be: create N PHASE [ttl=SECONDS] [cancel_fails]');
  });
});

test('smaller scripts: without a step, plainer, one after another; each of them smaller', () => {
  const script = parseScript(
    'create 0 queued ttl=60; create 1 running; (read 0 verbose & cancel 1); wait 1.3',
  );
  const smaller = smallerThan(script);
  expect(smaller.every((one) => sizeOf(one) < sizeOf(script) || one.length > script.length)).toBe(true);
  const texts = smaller.map(scriptText);
  expect(texts).toContain('create 0 queued ttl=60; create 1 running; (read 0 verbose & cancel 1)');
  expect(texts).toContain('create 0 queued; create 1 running; (read 0 verbose & cancel 1); wait 1.3');
  expect(texts).toContain('create 0 queued ttl=60; create 1 running; read 0 verbose; cancel 1; wait 1.3');
  expect(texts).toContain('create 1 running; wait 1.3');
});

test('a task that is made where it is moved to; tasks with the lowest numbers', () => {
  const script = parseScript('create 1 queued; move 1 running; cancel 1');
  expect(smallerThan(script).map(scriptText)).toContain('create 1 running; cancel 1');
  expect(scriptText(renumbered(script))).toBe('create 0 queued; move 0 running; cancel 0');
});
