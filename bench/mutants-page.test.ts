import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from '../harness/reference/mutants.ts';
import { loadRegister } from '../spec/register.ts';
import { mutantsPage } from './mutants-page.ts';

test('docs/mutants.md is up to date: npm run mutants:page', () => {
  const page = readFileSync(new URL('../docs/mutants.md', import.meta.url), 'utf8');
  expect(page === mutantsPage(mutants, loadRegister())).toBe(true);
});

test('a bar in a fault does not end its cell', () => {
  const [mutant] = mutants;
  if (!mutant) throw new RangeError('no mutant');
  expect(mutantsPage([{ ...mutant, breaks: 'a | b' }], loadRegister())).toContain('a \\| b');
});
