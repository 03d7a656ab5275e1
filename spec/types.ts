/** Cells of the docs' tables → types. If a type can't be read, the result is undefined and the caller reports it. */
import { fingerprint, type Scalar, type TypeFact } from './facts.ts';
import { plainText, type TableRow } from './markdown.ts';
import { atMarks } from './pages.ts';

/** The words with which the docs name the types of plain values. */
const scalarWords: Readonly<Record<Scalar, readonly string[]>> = {
  string: [
    ...['string', 'strings', 'text', 'date', 'timestamp'],
    ...['iso_8601', 'iso_8601 timestamp', 'date, iso_8601 format'],
  ],
  integer: ['integer', 'integers', 'int'],
  number: ['number', 'numbers', 'float', 'floats'],
  boolean: ['boolean', 'booleans', 'bool'],
};

const scalars: ReadonlyMap<string, Scalar> = new Map(
  (['string', 'integer', 'number', 'boolean'] as const).flatMap((scalar) =>
    scalarWords[scalar].map((word) => [word, scalar] as const),
  ),
);

/** The type that a word names, or undefined. */
export const scalarOf = (word: string): Scalar | undefined => scalars.get(word.trim().toLowerCase());

const marker = /\((?:optional|required|read[- ]only|default:?[^)]{0,100}|range:?[^)]{0,100})\)/gi;

/** The fingerprint of a description cell. `(optional)` and its like are facts of their own and don't count. */
export const cellFingerprint = (description: string): string => fingerprint(description.replace(marker, ' '));

export const marksOptional = (description: string): boolean => /\(optional\)/i.test(description);

export const marksReadOnly = (description: string): boolean => /read[- ]only/i.test(description);

/** A cell's words with bold kept as `**` and each `<br>` as a line break: both carry meaning in a type. */
const typeText = ({ cells }: TableRow, column: number): string =>
  plainText(cells[column] ?? [], { lineBreak: '\n', bold: '**' })
    .replace(/\u00a0/g, ' ')
    .trim();

/** A type, or the reason why a cell has none that can be read. */
export type CellType = { readonly type: TypeFact } | { readonly unread: string };

/** The type in a cell; an empty cell documents none. */
export function typeInCell(row: TableRow, column: number, codes: readonly string[]): CellType {
  const text = typeText(row, column);
  if (text === '') return { type: { kind: 'unknown' } };
  const type = readType(text, codes);
  return type ? { type } : { unread: `the type \`${oneLine(text)}\`` };
}

/**
 * The type in a cell that begins with the type and continues with the description: `integer; …`, or a description
 * and then `Values:`, one a line.
 */
export function typeBeforeDescription(row: TableRow, column: number, codes: readonly string[]): CellType {
  const text = typeText(row, column);
  const lines = text.split('\n');
  const list = lines.findIndex((line) => /^\s*values:\s*$/i.test(line)) + 1;
  const values = lines.slice(list).map((line) => line.replace(/:.*$/, '').trim());
  const named = list > 0 ? enumIn(values.join('\n')) : undefined;
  const type = readType(text.split(';')[0] ?? '', codes) ?? named;
  return type ? { type } : { unread: `no type in \`${oneLine(text)}\`` };
}

const oneLine = (text: string): string => {
  const line = atMarks(text)
    .map((part) => (typeof part === 'number' ? '{{<code>}}' : part))
    .join('')
    .replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};

/** The docs stay below 400 characters. A hostile page could exhaust time and stack. */
const longestType = 2000;

/**
 * @param text of a type cell: bold as `**`, each `<br>` as a line break
 * @param codes the page's code blocks
 */
export function readType(text: string, codes: readonly string[]): TypeFact | undefined {
  if (text.length > longestType) return undefined;
  const drawn = atMarks(text).find((part) => typeof part === 'number');
  if (drawn !== undefined) return shapeType(codes[drawn] ?? '');
  const bare = text
    .replace(/\((default|range)[^)]*\)/gi, '')
    .replace(/[,;]?\s*$/, '')
    .trim();
  return enumIn(bare) ?? namedType(bare) ?? (/^[[{]/.test(bare) ? shapeType(bare) : undefined);
}

const quoted = /'[^']*'|‘[^’]*’|"[^"]*"|“[^”]*”/g;

/** An enumeration: only quoted values, or one word a line. Bold marks a default and is left out. */
function enumIn(text: string): TypeFact | undefined {
  const plain = text.replaceAll('**', '');
  const values = plain.match(quoted)?.map((value) => value.slice(1, -1));
  if (values && /^[\s,|/]*(or)?[\s,|/]*$/i.test(plain.replace(quoted, ' '))) return { kind: 'enum', values };
  const lines = plain.split('\n').flatMap((line) => line.trim() || []);
  return lines.length > 1 && lines.every((line) => /^[\w.-]+$/.test(line))
    ? { kind: 'enum', values: lines }
    : undefined;
}

function namedType(text: string): TypeFact | undefined {
  const plain = text.replaceAll('**', '').replace(/\s+/g, ' ').trim();
  const scalar = scalarOf(plain);
  if (scalar) return { kind: scalar };
  const [, of] = /^(?:json )?(?:array|list)(?: of)?\s*(.*)$/i.exec(plain) ?? [];
  if (of !== undefined) {
    const items: TypeFact | undefined = of === '' ? { kind: 'unknown' } : namedType(of);
    return items && { kind: 'array', items };
  }
  // The fields of an object that a cell only names are on another page.
  return /^(.+ )?objects?$/i.test(plain) ? { kind: 'object', fields: [] } : undefined;
}

/** How deep shapes may nest. The docs stay below six; a hostile page could exhaust the stack. */
const maxDepth = 20;

/**
 * The type that the docs draw as a nested value, `[{ "name": string, "id": integer }, ...]`; undefined if the text is
 * not in this notation.
 */
export function shapeType(drawn: string): TypeFact | undefined {
  const tokens = drawn
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/(^|\s)\/\/.*$/gm, ' ') // comments
    .match(/"[^"]*"|u?'[^']*'|[[\]{}:,]|[^\s[\]{}:,"']+/g);
  if (!tokens) return undefined;
  let at = 0;
  const next = (): string => tokens[at] ?? '';
  const take = (token: string): boolean => {
    if (next() !== token) return false;
    at += 1;
    return true;
  };
  /** Reads up to the closing token; false at the end of the text, or where `one` can't read. */
  const until = (closing: string, one: () => boolean): boolean => {
    while (!take(closing)) {
      if (at >= tokens.length) return false;
      if (!take('...') && !take(',') && !one()) return false;
    }
    return true;
  };
  const value = (depth: number): TypeFact | undefined => {
    if (depth > maxDepth) return undefined;
    if (take('[')) {
      const items: TypeFact[] = [];
      const whole = until(']', () => {
        const item = value(depth + 1);
        if (item) items.push(item);
        return item !== undefined;
      });
      return whole ? { kind: 'array', items: items[0] ?? { kind: 'unknown' } } : undefined;
    }
    if (take('{')) {
      const fields: { name: string; type: TypeFact }[] = [];
      const whole = until('}', () => {
        const name = tokens[at++] ?? '';
        const type = /^[[\]{}:,]$/.test(name) || !take(':') ? undefined : value(depth + 1);
        if (type) fields.push({ name: name.replace(/^["']|["']$/g, ''), type });
        return type !== undefined;
      });
      return whole ? { kind: 'object', fields } : undefined;
    }
    const parts: string[] = [];
    while (at < tokens.length && !/^[[\]{}:,]$/.test(next()) && !(parts.length > 0 && /^["']/.test(next())))
      parts.push(tokens[at++] ?? '');
    return parts.length === 0 ? undefined : drawnWord(parts.join(' ').toLowerCase());
  };
  const type = value(0);
  return at >= tokens.length ? type : undefined;
}

/** `string`, `array of strings`, or an example in the place of a type, whose type is unknown. */
function drawnWord(text: string): TypeFact {
  const scalar = scalarOf(text);
  if (scalar) return { kind: scalar };
  const [, items] = /^(?:array|list) of (.+)$/.exec(text) ?? [];
  if (items !== undefined) return { kind: 'array', items: { kind: scalarOf(items) ?? 'unknown' } };
  return { kind: 'unknown' };
}
