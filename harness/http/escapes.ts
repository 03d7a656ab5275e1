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
    if (!inner) return;
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

/** Undoes one layer of escapes; undefined where there is none. Escapes of bytes become characters of latin1. */
function decoded(text: string): Decoded | undefined {
  const units = new Uint16Array(text.length);
  /** Where each unit of the result begins in the text; a result is never longer than its text. */
  const origins = new Uint32Array(text.length + 1);
  let length = 0;
  const add = (unit: number, origin: number): void => {
    units[length] = unit;
    origins[length++] = origin;
  };
  let done = 0;
  const copyUntil = (end: number): void => {
    for (; done < end; done++) add(text.charCodeAt(done), done);
  };
  for (const found of text.matchAll(anEscape)) {
    copyUntil(found.index);
    const character = unescaped(found);
    for (let at = 0; at < character.length; at++) add(character.charCodeAt(at), found.index);
    done += found[0].length;
  }
  if (length === done) return undefined;
  copyUntil(text.length);
  origins[length] = text.length;
  return {
    text: Buffer.from(units.buffer, 0, length * 2).toString('utf16le'),
    whence: ([from, to]) => [origins[from] ?? 0, origins[to] ?? text.length],
  };
}

function unescaped(found: RegExpExecArray): string {
  const [, percent, unicode, braced, byte, itself, control, hexadecimal, decimal, name] = found;
  const hex = percent ?? unicode ?? braced ?? byte ?? hexadecimal;
  if (hex !== undefined) return ofCode(Number.parseInt(hex, 16));
  if (decimal !== undefined) return ofCode(Number(decimal));
  if (control !== undefined) return controls[control.toLowerCase()] ?? control;
  return itself ?? entities.get((name ?? '').toLowerCase()) ?? '\ufffd';
}

const ofCode = (code: number): string => (code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code));
