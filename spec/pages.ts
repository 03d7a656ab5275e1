/** A docs page in any of its three forms → Markdown tree, title and key. It extracts no facts; see reading.ts. */
import type { Nodes, Root } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { parseDocument } from 'yaml';
import { plainText } from './blocks.ts';
import { isRecord, SpecError } from './record.ts';

/** A row, shortcode or table of a page that could not be read. */
export interface Unread {
  /** `file:line`; `file (content):line` for page JSON, whose content is one string. */
  readonly where: string;
  readonly reason: string;
}

export interface DocsPage {
  /** The file or URL that it came from. */
  readonly name: string;
  /** Path below the reference: `requests/crdb_tasks`. */
  readonly key: string;
  readonly title: string;
  readonly root: Root;
  /** Code blocks of shortcodes, by the number in their mark; see `atMarks`. */
  readonly codes: readonly string[];
  /** Where a node stands, for people. */
  where(node: Nodes): string;
  readonly unread: readonly Unread[];
}

const markdown = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']);

const threeForms = 'Give a docs page: page JSON, Hugo source or Markdown.';

/**
 * Parses a page of any form.
 * @param name file or URL, for messages; also for the key, if the page does not state its own address
 * @throws {SpecError} the text is broken JSON, other JSON, HTML, or no docs page at all
 */
export function parsePage(text: string, name: string): DocsPage {
  if (text.trim() === '') throw new SpecError(`${name} is empty.`, threeForms);
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw new SpecError(
      `${name} is HTML, not a docs page in one of the three forms.`,
      'Give its page JSON (index.json) or its Markdown (index.html.md).',
    );
  }
  const isJson = /^\s*[{[]/.test(text) && !/^\s*\{\{/.test(text); // no Markdown page begins with a single brace
  if (!isJson) return fromMarkdown(text, { name, place: name });
  const { title, url, content } = pageJson(text, name);
  return fromMarkdown(content, { name, place: `${name} (content)`, title, url });
}

/** The published JSON form: `{ id, title, url, content, … }`. The content is Markdown with emptied links. */
function pageJson(text: string, name: string): { title: string; url: string; content: string } {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch (error) {
    throw new SpecError(
      `${name} is broken JSON, perhaps cut off after ${text.length} characters.`,
      'Download the page again.',
      { cause: error },
    );
  }
  if (isRecord(page)) {
    const { title, url, content } = page;
    if (typeof title === 'string' && typeof url === 'string' && typeof content === 'string')
      return { title, url, content };
  }
  throw new SpecError(
    `${name} is JSON, but no docs page: a page has title, url and content.`,
    'Give the page JSON that the docs publish beside each page (index.json).',
  );
}

interface Origin {
  readonly name: string;
  readonly place: string;
  readonly title?: string;
  readonly url?: string;
}

function fromMarkdown(text: string, { name, place, title, url }: Origin): DocsPage {
  const expanded = expandShortcodes(text);
  const root = parsed(expanded.markdown, name);
  const front = frontMatter(root);
  const lineStarts = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
  const line = (offset: number): number => 1 + lineStarts.filter((start) => start <= offset).length;
  const heading = root.children.find((node) => node.type === 'heading');
  const pageTitle = title ?? front.title ?? (heading?.depth === 1 ? plainText(heading) : undefined);
  if (pageTitle === undefined)
    throw new SpecError(`${name} has no title, so it is not a docs page.`, threeForms);
  return {
    name,
    key: pageKey(url ?? front.url ?? name),
    title: pageTitle.trim(),
    root,
    codes: expanded.codes,
    where: (node) => `${place}:${line(expanded.sourceOffset(node.position?.start.offset ?? 0))}`,
    unread: expanded.unread.map(({ offset, reason }) => ({ where: `${place}:${line(offset)}`, reason })),
  };
}

function parsed(text: string, name: string): Root {
  try {
    return markdown.parse(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SpecError(
      `${name} nests its blocks too deeply to be a docs page.`,
      'Give a page of the REST API reference.',
      { cause: error },
    );
  }
}

/** Title and address from YAML front matter, whatever the case of its keys. Broken front matter has neither. */
function frontMatter(root: Root): { readonly title?: string; readonly url?: string } {
  const [first] = root.children;
  const values: unknown = first?.type === 'yaml' ? parseDocument(first.value).toJS() : undefined;
  if (!isRecord(values)) return {};
  const title = values.Title ?? values.title;
  const url = values.url ?? values.canonical ?? values.canonicalUrl;
  return { ...(typeof title === 'string' && { title }), ...(typeof url === 'string' && { url }) };
}

/** `requests/crdb_tasks` from a page's address or file: the part below `rest-api…`, or from `requests` or `objects` on. */
export function pageKey(address: string): string {
  const parts = address
    .replace(/[?#].*$/, '')
    .split(/[\\/]/)
    .filter((part) => part !== '');
  const reference = parts.findLastIndex((part) => part.startsWith('rest-api'));
  const room = parts.findIndex((part) => part === 'requests' || part === 'objects');
  const inside = reference >= 0 ? parts.slice(reference + 1) : parts.slice(room >= 0 ? room : -1);
  const [last = ''] = inside.slice(-1);
  const name = last.replace(/(\.page)?(\.html)?\.(md|json)$/, '');
  return [...inside.slice(0, -1), ...(name === '_index' || name === 'index' ? [] : [name])].join('/');
}

const [markStart, markEnd] = ['\uE000', '\uE001']; // private use: no page holds them

/** A text cut at its marks: strings, and the numbers of code blocks. */
export function atMarks(text: string): readonly (string | number)[] {
  return text
    .split(/\uE000(\d+)\uE001/)
    .map((part, index) => (index % 2 === 0 ? part : Number(part)))
    .filter((part) => part !== '');
}

/** Shortcodes that only lay out ordinary Markdown: the tag goes, the enclosed text stays. */
const layout = new Set(['note', 'warning', 'tip', 'banner-article', 'info', 'image']);

export interface ExpandedPage {
  /** Plain Markdown. Each code block is one mark on one line. */
  readonly markdown: string;
  /** The code blocks, by the number in their mark. */
  readonly codes: readonly string[];
  /** The offset in the source of an offset in `markdown`. */
  sourceOffset(offset: number): number;
  /** What could not be expanded, at offsets in the source. */
  readonly unread: readonly { readonly offset: number; readonly reason: string }[];
}

/**
 * Expands the Hugo shortcodes of a page. This must happen before Markdown is parsed: a code block inside a table cell
 * spans lines, and no Markdown table may.
 */
export function expandShortcodes(source: string): ExpandedPage {
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
    put(source.slice(at, tag?.from).replaceAll(markStart, ' ').replaceAll(markEnd, ' '), at);
    if (!tag) break;
    at = tag.to;
    const [name = '', ...rest] = tag.inside.split(/\s+/);
    if (name === 'relref' || name === 'ref') {
      put(rest.join(' ').replaceAll('"', ''), tag.from);
    } else if (name === 'code') {
      const end = closingCode(source, tag.to);
      if (end) {
        put(`${markStart}${codes.length}${markEnd}`, tag.from);
        codes.push(source.slice(tag.to, end.from));
        at = end.to;
      } else unread.push({ offset: tag.from, reason: 'a code block that is never closed' });
    } else if (!layout.has(name.replace('/', ''))) {
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

interface ShortcodeTag {
  readonly from: number;
  readonly to: number;
  readonly inside: string;
}

function nextTag(source: string, at: number): ShortcodeTag | undefined {
  const from = source.indexOf('{{<', at);
  const end = from < 0 ? -1 : source.indexOf('>}}', from);
  if (end < 0) return undefined;
  return { from, to: end + 3, inside: source.slice(from + 3, end).trim() };
}

function closingCode(source: string, at: number): ShortcodeTag | undefined {
  for (let tag = nextTag(source, at); tag; tag = nextTag(source, tag.to)) {
    if (tag.inside.replace(/\s/g, '') === '/code') return tag;
    if (tag.inside === 'code') return undefined; // the next block opens, so this one was never closed
  }
  return undefined;
}
