/** A word as POSIX sh reads it back, byte for byte. It is safe to show: nothing in it reaches a terminal raw. */

const harmless = /^[A-Za-z0-9_/.,:+@%][A-Za-z0-9_/.,:+@%=-]*$/;

/** Long runs of one letter (malformed ids are made of them), what a terminal could take for a command, the rest. */
const pieces = /(?<run>(?<letter>[A-Za-z0-9])\k<letter>{99,})|(?<unsafe>(?:(?!\n)[\p{C}\p{Zl}\p{Zp}])+)/gu;

/** @returns `word` for a POSIX shell. A NUL is lost: no argument can hold one. */
export function quoted(word: string): string {
  if (harmless.test(word) && word.length < 100) return word;
  let shell = '';
  let end = 0;
  for (const match of word.matchAll(pieces)) {
    const { run, letter, unsafe } = match.groups ?? {};
    shell += literal(word.slice(end, match.index));
    if (run !== undefined && letter !== undefined) shell += repeated(letter, run.length);
    if (unsafe !== undefined) shell += bytes(unsafe);
    end = match.index + match[0].length;
  }
  shell += literal(word.slice(end));
  return shell === '' ? "''" : shell;
}

const literal = (text: string): string => (text === '' ? '' : `'${text.replaceAll("'", "'\\''")}'`);

const repeated = (letter: string, times: number): string => `"$(printf %0${times}d 0 | tr 0 ${letter})"`;

/** A newline is left to `literal`: at its end, `$(…)` would lose it. */
const bytes = (text: string): string =>
  `"$(printf '${[...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}')"`;
