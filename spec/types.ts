/** A type cell of a table → a type. What it can't read it gives back as undefined, for the caller to report. */
import type { TableCell } from 'mdast';
import type { TypeFact } from './fact.ts';
import { scalarOf } from './scalars.ts';
import { shapeType } from './shape.ts';
import { atMarks } from './shortcodes.ts';
import { words } from './words.ts';

/** A cell's words with bold kept as `**` and each `<br>` as a line break: both mean something in a type. */
export const typeWords = (cell: TableCell): string =>
  words(cell, { lineBreak: '\n', strong: (inside) => `**${inside}**` }).replace(/\u00a0/g, ' ');

/**
 * @param text of a type cell, as `typeWords` gives it
 * @param codes the page's blocks of code
 */
export function readType(text: string, codes: readonly string[]): TypeFact | undefined {
  const drawn = atMarks(text).find((part) => typeof part === 'number');
  if (drawn !== undefined) return shapeType(codes[drawn] ?? '');
  const limits = {
    ...captured('default', /\(default:?\s*([^)]*)\)/i, text),
    ...captured('range', /\(range:?\s*([^)]*)\)/i, text),
  };
  const bare = text
    .replace(/\((default|range)[^)]*\)/gi, '')
    .replace(/[,;]?\s*$/, '')
    .trim();
  return values(bare) ?? named(bare, limits) ?? (/^[[{]/.test(bare) ? shapeType(bare) : undefined);
}

function captured(
  name: 'default' | 'range',
  pattern: RegExp,
  text: string,
): { [Name in typeof name]?: string } {
  const found = pattern.exec(text)?.[1]?.trim();
  return found === undefined || found === '' ? {} : { [name]: found };
}

const word = `'[^']*'|‘[^’]*’|"[^"]*"|“[^”]*”`;
const quoted = new RegExp(`\\*\\*\\s*(${word})\\s*\\*\\*|(${word})`, 'g');

/** An enumeration: nothing but quoted values, a bold one being the default; or one word a line. */
export function values(text: string): TypeFact | undefined {
  const found: string[] = [];
  let byDefault: string | undefined;
  const rest = text.replace(quoted, (_, bold: string | undefined, plain: string | undefined) => {
    const value = (bold ?? plain ?? '').slice(1, -1);
    found.push(value);
    if (bold !== undefined) byDefault = value;
    return ' ';
  });
  if (found.length > 0 && /^[\s,|/]*(or)?[\s,|/]*$/i.test(rest)) return enumeration(found, byDefault);
  const lines = text.split('\n').map((line) => line.trim());
  const plain = lines.filter((line) => line !== '');
  if (plain.length < 2 || !plain.every((line) => /^(\*\*)?[\w.-]+(\*\*)?$/.test(line))) return undefined;
  const bold = plain.find((line) => line.startsWith('**'));
  return enumeration(plain.map(unbold), bold === undefined ? undefined : unbold(bold));
}

const unbold = (word: string): string => word.replaceAll('**', '');

const enumeration = (found: readonly string[], byDefault: string | undefined): TypeFact => ({
  kind: 'enum',
  values: found,
  ...(byDefault !== undefined && { default: byDefault }),
});

function named(text: string, limits: { default?: string; range?: string }): TypeFact | undefined {
  const plain = text.replaceAll('**', '').replace(/\s+/g, ' ').trim();
  const scalar = scalarOf(plain);
  if (scalar) return { kind: scalar, ...limits };
  const [, items] = /^(?:json )?(?:array|list)(?: of)?\s*(.*)$/i.exec(plain) ?? [];
  if (items !== undefined) {
    const type = items === '' ? { kind: 'unknown' as const } : named(items, {});
    return (
      type && { kind: 'array', items: type, ...(limits.default !== undefined && { default: limits.default }) }
    );
  }
  if (/^(?:(?:complex|json)\s+)?objects?$/i.test(plain)) return { kind: 'object', fields: [] };
  const [, object] = /^(.+?)\s+objects?$/i.exec(plain) ?? [];
  return object === undefined ? undefined : { kind: 'reference', object };
}
