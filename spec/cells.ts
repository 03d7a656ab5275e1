/** Cells of the docs' tables → parts of facts. */
import type { TypeFact } from './fact.ts';
import { fingerprint } from './fingerprint.ts';
import type { Notes, Row } from './reading.ts';
import { atMarks } from './shortcodes.ts';
import { readType, typeWords, values } from './types.ts';

const marker = /\((?:optional|required|read[- ]only|default:?[^)]*|range:?[^)]*)\)/gi;

/** The hash of a description cell; `(optional)` and its like are facts of their own and don't count. */
export const cellFingerprint = (description: string): string => fingerprint(description.replace(marker, ' '));

export const marksOptional = (description: string): boolean => /\(optional\)/i.test(description);

export const marksReadOnly = (description: string): boolean => /read[- ]only/i.test(description);

/** Undocumented where the cell is empty; undefined, and noted, where it can't be read. */
export function typeOf(row: Row, column: number, notes: Notes): TypeFact | undefined {
  const cell = row.cells[column];
  const text = cell ? typeWords(cell).trim() : '';
  if (text === '') return { kind: 'unknown' };
  return readType(text, notes.page.codes) ?? notes.cannotRead(row.node, `the type \`${oneLine(text)}\``);
}

/**
 * A cell that begins with the type and goes on with the description: `integer; …`, a shape and words,
 * or words and then `Values:`, one a line.
 */
export function typeAndDescription(row: Row, column: number, notes: Notes): TypeFact | undefined {
  const cell = row.cells[column];
  const text = cell ? typeWords(cell).trim() : '';
  const beforeSemicolon = readType(text.split(';')[0] ?? '', notes.page.codes);
  if (beforeSemicolon) return beforeSemicolon;
  const list = /(?:^|\n)\s*Values:\s*\n([\s\S]*)$/i.exec(text)?.[1];
  const named = list?.split('\n').map((line) => line.replace(/:.*$/, '').trim());
  return (named && values(named.join('\n'))) ?? notes.cannotRead(row.node, `no type in \`${oneLine(text)}\``);
}

const oneLine = (text: string): string => {
  const line = atMarks(text)
    .map((part) => (typeof part === 'number' ? '{{<code>}}' : part))
    .join('')
    .replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};
