/** Undoes the escapes that targets use for a text, and knows where each part of the result was in the text. */

export type Range = readonly [from: number, to: number];

/** A text with its escapes undone. */
export interface Decoded {
  readonly text: string;
  /** The range of the original text that a range of this one was decoded from. */
  readonly whence: (range: Range) => Range;
}

const mostLevels = 3;

/** A text as it is, and with one, two and three layers of escapes undone. */
export function* decodings(original: string): Generator<Decoded> {
  let level: Decoded = { text: original, whence: (range) => range };
  yield level;
  for (let depth = 0; depth < mostLevels && /[\\%&]/.test(level.text); depth++) {
    const outer = level;
    const inner = decoded(outer.text);
    if (inner.text === outer.text) return;
    level = { text: inner.text, whence: (range) => outer.whence(inner.whence(range)) };
    yield level;
  }
}

const anEscape =
  /%([\da-f]{2})|\\u([\da-f]{4})|\\u\{([\da-f]{1,6})\}|\\x([\da-f]{2})|\\([^a-z\d])|\\([nrt])|&#x0*([\da-f]{1,6});|&#0*(\d{1,7});|&([a-z]{2,10}\d?);/gi;

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** HTML's names of ASCII characters. Any other is read as U+FFFD, like a character of another charset. */
const entities = new Map(
  'excl! quot" num# dollar$ percnt% amp& apos\' lpar( rpar) ast* plus+ comma, period. sol/ colon: semi; lt< equals= gt> quest? commat@ lsqb[ bsol\\ rsqb] hat^ lowbar_ grave` lcub{ lbrace{ verbar| vert| rcub} rbrace}'
    .split(' ')
    .map((row) => [row.slice(0, -1), row.slice(-1)]),
);

/** Undoes one layer of escapes. Escapes of bytes become characters of latin1. */
function decoded(text: string): Decoded {
  // For each escape: where it begins and ends in the text, and where its characters begin and end in the result.
  const edits: { readonly from: number; readonly to: number; readonly at: number; readonly until: number }[] =
    [];
  let shift = 0;
  const result = text.replace(anEscape, (whole: string, ...groups: readonly (string | number)[]) => {
    const character = unescaped(groups.slice(0, 9));
    const from = Number(groups[9]);
    edits.push({ from, to: from + whole.length, at: from - shift, until: from - shift + character.length });
    shift += whole.length - character.length;
    return character;
  });
  const editBefore = (position: number) =>
    edits[firstWhere(edits.length, (at) => (edits[at]?.at ?? 0) > position) - 1];
  const start = (position: number): number => {
    const edit = editBefore(position);
    if (!edit) return position;
    return position < edit.until ? edit.from : edit.to + position - edit.until;
  };
  const end = (position: number): number => {
    const edit = editBefore(position - 1);
    if (!edit) return position;
    return position <= edit.until ? edit.to : edit.to + position - edit.until;
  };
  return { text: result, whence: ([from, to]) => [start(from), end(to)] };
}

function unescaped(groups: readonly (string | number | undefined)[]): string {
  const [percent, unicode, braced, byte, itself, control, hexadecimal, decimal, name] = groups.map((group) =>
    group === undefined ? undefined : String(group),
  );
  const hex = percent ?? unicode ?? braced ?? byte ?? hexadecimal;
  if (hex !== undefined) return ofCode(Number.parseInt(hex, 16));
  if (decimal !== undefined) return ofCode(Number(decimal));
  if (control !== undefined) return controls[control.toLowerCase()] ?? control;
  return itself ?? entities.get((name ?? '').toLowerCase()) ?? '\ufffd';
}

const ofCode = (code: number): string => (code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code));

/** The first of `length` positions at which an ordered condition holds; `length` where it never does. */
function firstWhere(length: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
