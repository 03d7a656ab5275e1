/** Fits a page to a size: what is most important goes first, and what has no room is counted. Pure. */
import { counted } from '../headline.ts';

/** A part of a page. Its entries stand in the order of their weight; each text brings its own line feeds. */
export interface Section {
  readonly before: string;
  readonly entries: readonly string[];
  readonly after: string;
  /** What an entry is called where it is counted: `broken clause`. */
  readonly what: string;
}

/** For the line that counts what is left out, in each section. */
const moreBytes = 120;

/**
 * @param head always whole
 * @returns the page, of at most so many bytes of UTF-8, where `head` leaves as much room
 */
export function fitted(head: string, sections: readonly Section[], limitBytes: number): string {
  const told = sections.filter(({ entries }) => entries.length > 0);
  const around = told.map(({ before, after }) => sizeOf(before + after) + moreBytes);
  let room = around.reduce((left, size) => left - size, limitBytes - sizeOf(head));
  const parts = told.flatMap(({ before, entries, after, what }) => {
    const shown = entries.filter((entry) => {
      const fits = sizeOf(entry) <= room; // a smaller one after it may still have room
      room -= fits ? sizeOf(entry) : 0;
      return fits;
    });
    const left = entries.length - shown.length;
    const more = left === 0 ? '' : `\nand ${counted(left, `more ${what}`)}: see report.json\n`;
    return [before, ...shown, more, after];
  });
  return [head, ...parts].join('');
}

const sizeOf = (text: string): number => Buffer.byteLength(text);
