import { expect, test } from 'vitest';
import { neededNode, reaches, version } from './package.ts';

test.each([
  { has: '22.22.0', least: '22.22.0', enough: true },
  { has: '22.21.9', least: '22.22.0', enough: false },
  { has: '22.9.0', least: '22.22.0', enough: false },
  { has: '23.0.0', least: '22.22.0', enough: true },
  { has: '100.0.0', least: '22.22.0', enough: true },
  { has: '8.17.0', least: '22.22.0', enough: false },
])('Node $has reaches $least: $enough', ({ has, least, enough }) => expect(reaches(has, least)).toBe(enough));

test('the manifest is found, and the Node of the tests is one that it names', () => {
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(reaches(process.versions.node, neededNode)).toBe(true);
});
