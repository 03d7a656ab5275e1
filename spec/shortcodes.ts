/**
 * Hugo's shortcodes, taken out before Markdown is parsed: they are a layer above it, and a block of code
 * inside a table cell runs over several lines, which no Markdown table survives. Offsets lead back to the source.
 */
export interface Expanded {
  /** Plain Markdown. A block of code is one mark on one line: see `mark`. */
  readonly markdown: string;
  /** The blocks of code, by the number in their mark. */
  readonly codes: readonly string[];
  /** The offset in the source of an offset in `markdown`. */
  sourceOffset(offset: number): number;
  /** What could not be expanded, at offsets in the source. */
  readonly unread: readonly { readonly offset: number; readonly reason: string }[];
}

const [open, close] = ['\uE000', '\uE001']; // private use: in no page
const markPattern = /\uE000(\d+)\uE001/g;
const mark = (index: number): string => `${open}${index}${close}`;

/** A text cut at its marks: words and the numbers of blocks of code. */
export function atMarks(text: string): readonly (string | number)[] {
  return text
    .split(markPattern)
    .map((part, index) => (index % 2 === 0 ? part : Number(part)))
    .filter((part) => part !== '');
}

/** Layout of the site around ordinary Markdown: the tag goes, what it encloses stays. */
const transparent = new Set(['note', 'warning', 'tip', 'banner-article', 'info', 'image']);

/** Expands the shortcodes of a page. Text without any comes back as it is. */
export function expandShortcodes(source: string): Expanded {
  const pieces: string[] = [];
  const starts: { readonly out: number; readonly source: number }[] = [];
  const codes: string[] = [];
  const unread: { offset: number; reason: string }[] = [];
  let length = 0;
  const put = (text: string, from: number): void => {
    starts.push({ out: length, source: from });
    pieces.push(text);
    length += text.length;
  };
  let at = 0;
  while (at < source.length) {
    const tag = nextTag(source, at);
    put(source.slice(at, tag?.from).replaceAll(open, ' ').replaceAll(close, ' '), at);
    if (!tag) break;
    at = tag.to;
    const [name = '', ...rest] = tag.inside.split(/\s+/);
    if (name === 'relref' || name === 'ref') {
      put(rest.join(' ').replaceAll('"', ''), tag.from);
    } else if (name === 'code') {
      const end = closingCode(source, tag.to);
      if (end) {
        put(mark(codes.length), tag.from);
        codes.push(source.slice(tag.to, end.from));
        at = end.to;
      } else unread.push({ offset: tag.from, reason: 'a block of code that is never closed' });
    } else if (!transparent.has(name.replace('/', ''))) {
      unread.push({ offset: tag.from, reason: `the shortcode \`${name}\`` });
    }
  }
  return {
    markdown: pieces.join(''),
    codes,
    unread,
    sourceOffset(offset) {
      const piece = starts.findLast(({ out }) => out <= offset);
      return piece ? piece.source + (offset - piece.out) : offset;
    },
  };
}

interface Tag {
  readonly from: number;
  readonly to: number;
  readonly inside: string;
}

function nextTag(source: string, at: number): Tag | undefined {
  const from = source.indexOf('{{<', at);
  const end = from < 0 ? -1 : source.indexOf('>}}', from);
  if (end < 0) return undefined;
  return { from, to: end + 3, inside: source.slice(from + 3, end).trim() };
}

function closingCode(source: string, at: number): Tag | undefined {
  for (let tag = nextTag(source, at); tag; tag = nextTag(source, tag.to)) {
    if (tag.inside.replace(/\s/g, '') === '/code') return tag;
    if (tag.inside === 'code') return undefined; // the next block opens: this one was never closed
  }
  return undefined;
}
