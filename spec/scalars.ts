/** The words with which the docs name the types of plain values. */
import type { Scalar } from './fact.ts';

const scalars: ReadonlyMap<string, Scalar> = new Map([
  ['string', 'string'],
  ['strings', 'string'],
  ['text', 'string'],
  ['iso_8601', 'string'],
  ['iso_8601 timestamp', 'string'],
  ['date, iso_8601 format', 'string'],
  ['date', 'string'],
  ['timestamp', 'string'],
  ['integer', 'integer'],
  ['integers', 'integer'],
  ['int', 'integer'],
  ['number', 'number'],
  ['numbers', 'number'],
  ['float', 'number'],
  ['floats', 'number'],
  ['boolean', 'boolean'],
  ['booleans', 'boolean'],
  ['bool', 'boolean'],
]);

/** The type that a word names, or undefined. */
export const scalarOf = (word: string): Scalar | undefined => scalars.get(word.trim().toLowerCase());
