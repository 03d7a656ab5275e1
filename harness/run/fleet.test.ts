import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { configHash, shardedTargets, shardOf } from './fleet.ts';

describe('a part', () => {
  test.each([
    { text: '1/1', targets: 1, is: { index: 1, of: 1 } },
    { text: '3/8', targets: 8, is: { index: 3, of: 8 } },
  ])('$text of $targets targets', ({ text, targets, is }) => expect(shardOf(text, targets)).toEqual(is));

  test.each([
    { text: '9/8', says: '--shard 9/8 is not a part' },
    { text: '0/8', says: 'is not a part' },
    { text: '3', says: 'is not a part' },
    { text: '-1/8', says: 'is not a part' },
    { text: '1.5/8', says: 'is not a part' },
    { text: '1/0', says: 'is not a part' },
    { text: '1/9', says: 'there are only 8 targets' },
  ])('$text of 8 targets is none: $says', ({ text, says }) => {
    expect(() => shardOf(text, 8)).toThrow(says);
    expect(() => shardOf(text, 8)).toThrow(UserError);
  });
});

describe('the parts of fifty targets', () => {
  const targets = Array.from({ length: 50 }, (_, at) => ({ name: `t-${at}` }));
  const parts = (all = targets) => [1, 2, 3, 4].map((index) => shardedTargets(all, { index, of: 4 }));

  test('hold each target once', () =>
    expect(
      parts()
        .flat()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(targets.map(({ name }) => name).sort()));

  test('differ in size by one at most', () =>
    expect(parts().map(({ length }) => length)).toEqual([13, 13, 12, 12]));

  test('are the same in whichever order the file names them', () => {
    const names = (all: typeof targets) => parts(all).map((part) => part.map(({ name }) => name).sort());
    expect(names(targets.toReversed())).toEqual(names(targets));
  });

  test('keep the order of the file within', () => {
    const [part = []] = parts();
    expect(part.map(({ name }) => Number(name.slice(2)))).toEqual(
      part.map(({ name }) => Number(name.slice(2))).sort((a, b) => a - b),
    );
  });
});

describe('the hash of a configuration', () => {
  const targets = [{ name: 'a', target: 'http://a' }];
  const hash = configHash({ targets, profile: 'full' });
  test.each([
    { why: 'the order of keys', options: { profile: 'full', targets: [{ target: 'http://a', name: 'a' }] } },
    { why: 'the part', options: { targets, profile: 'full', shard: '1/2' } },
    { why: 'the folder', options: { targets, profile: 'full', out: 'x', targetsAtOnce: 3 } },
  ] as const)('does not depend on $why', ({ options }) => expect(configHash(options)).toBe(hash));
  test.each([
    { why: 'another profile', options: { targets, profile: 'quick' } },
    { why: 'another target', options: { targets: [{ name: 'a', target: 'http://b' }], profile: 'full' } },
    { why: 'expectations', options: { targets, profile: 'full', expectations: 'e.yaml' } },
  ] as const)('differs with $why', ({ options }) => expect(configHash(options)).not.toBe(hash));
});
