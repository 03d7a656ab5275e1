import { expect, test } from 'vitest';
import { oneEdition } from './one-edition.ts';

test('runs beside each other are held to one edition; after the last of them another may come', () => {
  const first = oneEdition();
  const second = oneEdition('7.8');
  first[Symbol.dispose]();
  expect(() => oneEdition('8.0')).toThrow('held to the edition 8.0 while one beside it is held to 7.8');
  second[Symbol.dispose]();
  expect(() => oneEdition('8.0')[Symbol.dispose]()).not.toThrow();
});
