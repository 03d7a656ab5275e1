/** What changed between two runs, and what that says about a verdict that did: in words. */
import { printable } from '../escape.ts';
import type { Comparison, FieldChange, Part } from './compare.ts';

const names: Readonly<Record<Part, string>> = {
  target: 'the target',
  suites: 'the suites',
  docs: 'the docs',
  settings: 'the settings',
};

/** `the target: server mock/1.4 → mock/1.5`, a line each; none where nothing changed. */
export const changedLines = ({ changed }: Pick<Comparison, 'changed'>): readonly string[] =>
  [...changed].map(([part, fields]) => `${names[part]}: ${fields.map(fieldInWords).join(', ')}`);

const fieldInWords = ({ field, from, to }: FieldChange): string =>
  `${field} ${printable(from, 80)} → ${printable(to, 80)}`;

/** What is said where nothing that is recorded explains a change. */
export const noCause = 'nothing that is recorded changed: a flake, or the target changed without saying so';

/** `the target or the suites`; what nothing explains says so. */
export function blame(causes: readonly Part[]): string {
  const blamed = causes.map((part) => names[part]);
  if (blamed.length === 0) return noCause;
  if (blamed.length === 1) return `${blamed[0]} changed, and nothing else that may explain it`;
  return `${blamed.slice(0, -1).join(', ')} and ${blamed.at(-1)} changed: either may explain it`;
}
