/** Lines for a terminal: colours, wrapping, columns. Widths are counted in characters. */
import { styleText } from 'node:util';

/** What a colour is for; nothing is told by colour alone. */
const styles = {
  pass: 'green',
  fail: 'red',
  warn: 'yellow',
  inconclusive: 'magenta',
  skip: 'gray',
  observed: 'cyan',
  conformant: ['bold', 'white', 'bgGreen'],
  'non-conformant': ['bold', 'white', 'bgRed'],
  incomplete: ['bold', 'black', 'bgYellow'],
  title: 'bold',
  quiet: 'gray',
  command: 'cyan',
} as const satisfies Record<string, Parameters<typeof styleText>[0]>;
export type Style = keyof typeof styles;

/** Gives a text a colour, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** The caller knows where the text goes: no stream is asked. */
export const painter = (colour: boolean): Paint =>
  colour ? (style, text) => styleText(styles[style], text, { validateStream: false }) : (_, text) => text;

const widthOf = (text: string): number => [...text].length;

/** Breaks a text at its spaces; a word that is longer than a line is broken where the line ends. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => chunks(long, width))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function chunks(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const characters = [...word];
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += width) parts.push(characters.slice(at, at + width).join(''));
  return parts;
}

/** The text on one line, cut with an ellipsis where it is longer. */
export function oneLine(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** A wrapped text under a first line that begins with `lead`. */
export function hanging(lead: string, text: string, width: number): string[] {
  const margin = ' '.repeat(widthOf(lead));
  return wrapped(text, Math.max(20, width - margin.length)).map(
    (line, row) => (row === 0 ? lead : margin) + line,
  );
}

/** Names after one another, as many as fit on one line; the others are counted. */
export function listed(names: readonly string[], width: number): string {
  let line = '';
  for (const [row, name] of names.entries()) {
    const longer = line === '' ? name : `${line}, ${name}`;
    const left = names.length - row - 1;
    const rest = left === 0 ? '' : ` and ${left} more`;
    if (row > 0 && widthOf(longer + rest) > width) return `${line} and ${left + 1} more`;
    line = longer;
  }
  return line;
}

/** Columns two spaces apart: the first one's cells stand at the left, the others' at the right. */
export function columns(rows: readonly (readonly string[])[]): string[][] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row.map((cell, column) => {
      const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
      return column === 0 ? cell + space : `  ${space}${cell}`;
    }),
  );
}

/** `850 ms`, `6.2 s`, `8 min 20 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
