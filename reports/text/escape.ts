/**
 * Makes text that a target had a say in safe to show: nothing in it can move a cursor, change a colour,
 * turn the reading direction, start a line of its own or fill a screen. Every reporter's text goes through here.
 */
import type { Report } from '../../harness/model/report.ts';

/** Controls, formats (bidi and zero-width among them), lone surrogates, private and unassigned; odd white space. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const spelled = (character: string): string =>
  named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * @returns one line of printable text: `\u{1b}` for an escape character; what is longer than `limit` characters
 *   is cut there, and its length is added
 */
export function printable(text: string, limit = 400): string {
  return text.length <= limit ? plain(text) : `${plain(start(text, limit))}… (${text.length} characters)`;
}

/** The same of a text of many lines, which stay; it is not cut. */
export const lines = (text: string): string => text.replaceAll('\r\n', '\n').replace(unsafeInLines, spelled);

/** A line feed is none of them. */
const unsafeInLines = /(?!\n)[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const plain = (text: string): string => text.replace(unsafe, spelled);

/** The first `length` characters; a surrogate pair is not cut in two. */
function start(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? length - 1 : length);
}

/** Plain data whose every text is `printable`, names of fields too. */
export const printableData = <T>(data: T, limit: number): T =>
  // The shape stays as it is: texts alone are exchanged, for other texts.
  JSON.parse(JSON.stringify(data, (_, value: unknown) => printableValue(value, limit)));

function printableValue(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return printable(value, limit);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [printable(name, limit), inner]))
    : value;
}

/** A report whose target, run and clauses are `printable`; exchanges stay as they were recorded. */
export function printableReport(report: Report, limit: number): Report {
  const { target, run, clauses } = report;
  return { ...report, ...printableData({ target, run, clauses }, limit) };
}
