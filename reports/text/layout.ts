/** Lines for a terminal: colours, wrapping, columns, titles. Widths are counted in characters. */
import { styleText } from 'node:util';
import type { CheckResult, Report } from '../../harness/model/report.ts';
import { printableReport } from './escape.ts';
import { type Evidence, evidenceOf } from './evidence.ts';

/** What a colour is for; no colour is the only sign of something. */
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
export function listed(names: readonly string[], width: number, between = ', '): string {
  let line = '';
  for (const [row, name] of names.entries()) {
    const longer = line === '' ? name : `${line}${between}${name}`;
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

export interface TerminalPage {
  readonly report: Report;
  readonly width: number;
  readonly paint: Paint;
  readonly evidence: (check: CheckResult) => Evidence;
  /** Since when a broken clause is broken, in a few words by its id. */
  readonly since: ReadonlyMap<string, string>;
}

/** No line of it holds a character that a target could do harm with. */
export function pageOf(
  report: Report,
  {
    colour,
    width,
    since = new Map(),
  }: Pick<TerminalPage, 'width'> & { colour: boolean; since?: TerminalPage['since'] },
): TerminalPage {
  return {
    report: printableReport(report, 400),
    width: Math.max(40, width),
    paint: painter(colour),
    evidence: evidenceOf(report),
    since,
  };
}

/** A title over a part, with an empty line before it. */
export const titled = ({ paint, width }: TerminalPage, title: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : ['', paint('title', `── ${title} ${'─'.repeat(Math.max(0, width - title.length - 4))}`), ...lines];

/** `cancel.leaves (3), cancel.stays-out`: each clause once, with how often it is named, on three lines at most. */
export function clauseNames({ width }: TerminalPage, ids: readonly string[]): string[] {
  const names = [...Map.groupBy(ids, (id) => id)].map(([id, { length }]) =>
    length === 1 ? id : `${id} (${length})`,
  );
  return hanging('  ', listed(names, 3 * (width - 2) - 40), width);
}
