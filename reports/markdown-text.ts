/** Pieces of Markdown in which no text of a report can be a link, a mention or markup; and a page that fits a size. */
import type { InlineCode, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { toMarkdown } from 'mdast-util-to-markdown';
import { printable } from './text/escape.ts';
import { counted } from './text/sentences.ts';

const form = { bullet: '-' as const };

/** @returns Markdown that ends with a line feed */
export function written(children: readonly RootContent[]): string {
  const root: Root = { type: 'root', children: [...children] };
  return toMarkdown(root, form);
}

export const plain = (value: string): Text => ({ type: 'text', value });

/** Code is shown as it is: GitHub looks in it for no mention, no issue and no address. */
export const code = (words: string, limit = 400): InlineCode => ({
  type: 'inlineCode',
  value: printable(words, limit).replaceAll('\\u{a}', ' ').trim() || '(empty)',
});

/** What a mention, an issue, a commit, an address or a formula could be made of. */
const linkable = /[@#$]|:\/\/|www\.|GH-|\b[0-9a-f]{7,}\b/i;

/** A sentence, which is code where a reader of Markdown could find more in it than words. */
export const said = (words: string, limit = 400): PhrasingContent => {
  const shown = printable(words, limit);
  return linkable.test(shown) ? code(words, limit) : plain(shown);
};

export const paragraph = (...children: PhrasingContent[]): RootContent => ({ type: 'paragraph', children });

export const list = (items: readonly (readonly PhrasingContent[])[]): RootContent => ({
  type: 'list',
  ordered: false,
  spread: false,
  children: items.map((children) => ({
    type: 'listItem',
    spread: false,
    children: [{ type: 'paragraph', children: [...children] }],
  })),
});

/** A link where the address is one of the web; else what stands there, as code. */
export const link = (words: string, url: string): PhrasingContent =>
  /^https?:\/\/[^\s<>]+$/.test(url) && url.length < 300
    ? { type: 'link', url, children: [plain(words)] }
    : code(url);

/** Folded until somebody opens it. The summary is HTML, so what stands in it is escaped for that. */
export const fold = (summary: string): RootContent => ({
  type: 'html',
  value: `<details><summary>${summary}</summary>`,
});
export const foldEnd: RootContent = { type: 'html', value: '</details>' };
export const folded = (summary: string, children: readonly RootContent[]): readonly RootContent[] => [
  fold(summary),
  ...children,
  foldEnd,
];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"'`]/g, (character) => entities[character] ?? '');

/** The same as {@link code}, and {@link said}, inside of a summary. */
export const htmlCode = (words: string, limit = 400): string =>
  `<code>${escaped(printable(words, limit))}</code>`;
export const htmlSaid = (words: string, limit = 400): string =>
  linkable.test(printable(words, limit)) ? htmlCode(words, limit) : escaped(printable(words, limit));

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
