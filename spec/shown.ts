/** Values and names from a target, made safe to print: short, one line, no control character. Targets are hostile. */

const longest = 60;

/** A JSON value in a few words: scalars as JSON, cut at 60 characters; what holds others by its kind alone. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? printable(JSON.stringify(cut(value))) : printable(String(value));
}

/** A field's name as a target wrote it, in backticks. */
export const shownName = (name: string): string => `\`${printable(cut(name)).replaceAll('`', "'")}\``;

function cut(text: string): string {
  return text.length > longest ? `${[...text.slice(0, longest)].slice(0, -1).join('')}…` : text;
}

/** Control, format, private and unassigned characters, and line separators, as escapes. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
