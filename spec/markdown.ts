/** Markdown → the blocks of a page in reading order, each with its line and the headings above it. */
import MarkdownIt, { type Token } from 'markdown-it';
import { SpecError } from './record.ts';

/** Deeper blocks would be left out by the parser, so such a page is refused. */
const maxNesting = 100;
/** The parser takes time in the square of a paragraph's length. The longest one of the reference has 3,735 characters. */
const longestParagraph = 20_000;
const parser = new MarkdownIt({ html: true, maxNesting });
parser.core.ruler.before('inline', 'longest paragraph', ({ tokens }) => {
  for (const token of tokens) {
    if (token.type !== 'inline' || token.content.length <= longestParagraph) continue;
    token.info = String(token.content.length); // which a paragraph has no other use for
    token.content = '';
  }
});

/** A paragraph, a heading or a table cell, as the parser gives it. */
export type Words = readonly Token[];

/**
 * Words as a reader sees them. Images and HTML tags have none, except `<br>` in any spelling.
 * @param marks how to write a line break, and both ends of a bold part
 */
export function plainText(words: Words, marks = { lineBreak: ' ', bold: '' }): string {
  const textOf = ({ type, content }: Token): string => {
    if (type === 'text' || type === 'code_inline') return content;
    if (type === 'softbreak') return '\n';
    if (type === 'hardbreak' || (type === 'html_inline' && /^<br\s*\/?>$/i.test(content)))
      return marks.lineBreak;
    return type === 'strong_open' || type === 'strong_close' ? marks.bold : '';
  };
  return words.map(textOf).join('');
}

export function linksIn(words: Words): readonly { readonly url: string; readonly text: string }[] {
  let start = 0;
  return words.flatMap((token, at) => {
    if (token.type === 'link_open') start = at; // links never nest
    if (token.type !== 'link_close') return [];
    const text = plainText(words.slice(start, at)).trim();
    return [{ url: String(words[start]?.attrGet('href')), text }];
  });
}

export interface PageSection {
  readonly depth: number;
  readonly title: string;
  /** The explicit `{#anchor}`, or the slug that sites make of the title. */
  readonly anchor: string;
  readonly explicit: boolean;
}

interface Block {
  /** For people: `file:line`. */
  readonly where: string;
  /** From the outermost heading to the nearest one, without the page's own title (depth 1). */
  readonly sections: readonly PageSection[];
  /** The nearest explicit anchor; without one, the nearest heading's; '' above the first heading. */
  readonly anchor: string;
  /** The nearest heading's title in lower case; '' above the first heading. */
  readonly heading: string;
}

export interface Paragraph extends Block {
  readonly kind: 'paragraph';
  readonly words: Words;
}

export interface CodeBlock extends Block {
  readonly kind: 'code';
  readonly text: string;
}

export interface Table extends Block {
  readonly kind: 'table';
  /** The column names, in lower case. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export type PageBlock = Paragraph | CodeBlock | Table;

export class TableRow {
  readonly where: string;
  /** How many cells the source has. The parser cuts and fills `cells` to the width of the head, as GFM asks. */
  readonly width: number;
  readonly cells: Words[] = [];

  constructor(where: string, source: string) {
    this.where = where;
    const inner = source.trim().replace(/^[\s>]*\|?|(?<!\\)\|$/g, '');
    this.width = inner.split(/(?<!\\)\|/).length;
  }

  /** The plain words of a cell, trimmed; '' if there is no such column. */
  text(column: number): string {
    return plainText(this.cells[column] ?? [])
      .replace(/\s+/g, ' ')
      .trim();
  }
}

export interface ParsedMarkdown {
  /** Of the first heading, if that has depth 1. */
  readonly title: string | undefined;
  /** Blocks in lists and quotations among them. */
  readonly blocks: readonly PageBlock[];
  /** The anchors that headings set explicitly. */
  readonly anchors: ReadonlySet<string>;
}

/**
 * @param whereIs names a line, counted from 0, for people
 * @returns undefined if blocks are nested too deeply
 * @throws {SpecError} a paragraph is too long
 */
export function parseMarkdown(
  markdown: string,
  whereIs: (line: number) => string,
): ParsedMarkdown | undefined {
  const tokens = parser.parse(markdown, {});
  if (tokens.some(({ level }) => level >= maxNesting - 1)) return undefined;
  const long = tokens.find(({ type, info }) => type === 'inline' && info !== '');
  if (long)
    throw new SpecError(
      `${whereIs(long.map?.[0] ?? 0)}: a paragraph has ${long.info} characters; those of docs pages have at most ${longestParagraph}.`,
      'Give a page of the REST API reference.',
    );
  const lines = markdown.split('\n');
  const blocks: PageBlock[] = [];
  const anchors = new Set<string>();
  const slugs = new Map<string, number>();
  let title: string | undefined;
  let place: Omit<Block, 'where'> = { sections: [], anchor: '', heading: '' };
  let rows: TableRow[] = [];
  for (const [at, { type, tag, level, content, map }] of tokens.entries()) {
    const [line] = map ?? [0];
    const where = whereIs(line);
    const words = tokens[at + 1]?.children ?? [];
    switch (type) {
      case 'heading_open': {
        const section = sectionOf(words, Number(tag.slice(1)), slugs);
        const outer = place.sections.filter(({ depth }) => depth < section.depth);
        const sections = section.depth === 1 ? outer : [...outer, section];
        const nearest = sections.at(-1);
        const { anchor = '' } = sections.findLast(({ explicit }) => explicit) ?? nearest ?? {};
        place = { sections, anchor, heading: nearest?.title.toLowerCase() ?? '' };
        if (section.explicit && section.depth > 1) anchors.add(section.anchor);
        if (level === 0) title ??= section.depth === 1 ? plainText(words) : '';
        break;
      }
      case 'paragraph_open':
        blocks.push({ kind: 'paragraph', words, where, ...place });
        break;
      case 'fence':
      case 'code_block':
        blocks.push({ kind: 'code', text: content, where, ...place });
        break;
      case 'table_open':
        rows = [];
        break;
      case 'tr_open':
        rows.push(new TableRow(where, lines[line] ?? ''));
        break;
      case 'th_open':
      case 'td_open':
        rows.at(-1)?.cells.push(words);
        break;
      case 'table_close': {
        const [head, ...below] = rows;
        const columns = head?.cells.map((cell) => plainText(cell).trim().toLowerCase()) ?? [];
        blocks.push({ kind: 'table', columns, rows: below, where: head?.where ?? where, ...place });
        break;
      }
    }
  }
  return { title: title || undefined, blocks, anchors };
}

function sectionOf(words: Words, depth: number, used: Map<string, number>): PageSection {
  const text = plainText(words).trim();
  const [mark = '', explicit] = /\{#([^{}\s]+)\}$/.exec(text) ?? [];
  const title = text.slice(0, text.length - mark.length).trim();
  if (explicit !== undefined) return { depth, title, anchor: explicit, explicit: true };
  const slug = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');
  const before = used.get(slug) ?? 0;
  used.set(slug, before + 1);
  return { depth, title, anchor: before === 0 ? slug : `${slug}-${before}`, explicit: false };
}
