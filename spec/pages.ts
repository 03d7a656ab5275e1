/** A docs page in any of its three forms → title, key and blocks. It extracts no facts; see reading.ts. */
import { parseDocument } from 'yaml';
import { titledPages } from './contract.ts';
import { type PageBlock, parseMarkdown } from './markdown.ts';
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
  readonly blocks: readonly PageBlock[];
  /** The anchors that headings set explicitly. */
  readonly anchors: ReadonlySet<string>;
  /** Code blocks of shortcodes, by the number in their mark; see `atMarks`. */
  readonly codes: readonly string[];
  readonly unread: readonly Unread[];
}

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
    `${name} is JSON, but not a docs page: a page has title, url and content.`,
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
  const { markdown, codes, lines, unread } = expandShortcodes(text);
  const [fenced = '', yaml = ''] = /^---[ \t]*\n([\s\S]*?\n)?---[ \t]*(?:\n|$)/.exec(markdown) ?? [];
  const front = frontMatter(yaml);
  const blank = fenced.replace(/[^\n]+/g, ''); // so that lines keep their numbers
  const parsed = parseMarkdown(blank + markdown.slice(fenced.length), (line) => `${place}:${lines[line]}`);
  if (!parsed)
    throw new SpecError(
      `${name} nests its blocks too deeply to be a docs page.`,
      'Give a page of the REST API reference.',
    );
  const pageTitle = title ?? front.title ?? parsed.title;
  if (pageTitle === undefined)
    throw new SpecError(`${name} has no title, so it is not a docs page.`, threeForms);
  return {
    name,
    key: pageKey(url ?? front.url ?? titledPages.get(pageTitle.trim().toLowerCase()) ?? name),
    title: pageTitle.trim(),
    blocks: parsed.blocks,
    anchors: parsed.anchors,
    codes,
    unread: unread.map(({ line, reason }) => ({ where: `${place}:${line}`, reason })),
  };
}

/** Title and address from YAML front matter, whatever the case of its keys. Broken front matter has neither. */
function frontMatter(yaml: string): { readonly title?: string; readonly url?: string } {
  let values: unknown;
  try {
    values = parseDocument(yaml, { uniqueKeys: false }).toJS();
  } catch {
    // aliases that multiply
  }
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
  /** Plain Markdown with `\n` line ends. Each code block is one mark on one line. */
  readonly markdown: string;
  /** The code blocks, by the number in their mark. */
  readonly codes: readonly string[];
  /** For each line of `markdown`, the line of the source where it begins, counted from 1. */
  readonly lines: readonly number[];
  /** What could not be expanded, at lines of the source. */
  readonly unread: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Expands the Hugo shortcodes of a page. This must happen before Markdown is parsed: a code block inside a table cell
 * spans lines, and no Markdown table may.
 */
export function expandShortcodes(source: string): ExpandedPage {
  const parts = source.replace(/\r\n?/g, '\n').split(/(\{\{<[^{}]*>\}\})/); // texts, and tags between them
  const insideTag = (at: number): string => parts[at]?.slice(3, -3).trim() ?? '';
  const codes: string[] = [];
  const unread: { line: number; reason: string }[] = [];
  const lines = [1];
  let markdown = '';
  let line = 1;
  for (let at = 0; at < parts.length; at += 1) {
    const text = parts[at] ?? '';
    markdown += text.replaceAll(markStart, ' ').replaceAll(markEnd, ' ');
    for (const _ of text.matchAll(/\n/g)) lines.push(++line);
    const tag = ++at;
    if (tag >= parts.length) break;
    const [name = '', ...rest] = insideTag(tag).split(/\s+/);
    if (name === 'relref' || name === 'ref') {
      markdown += rest.join(' ').replaceAll('"', '');
    } else if (name === 'code') {
      let end = tag + 2;
      while (end < parts.length && !/^(\/\s*)?code$/.test(insideTag(end))) end += 2;
      if (insideTag(end).startsWith('/')) {
        markdown += `${markStart}${codes.length}${markEnd}`;
        codes.push(parts.slice(tag + 1, end).join(''));
        at = end;
      } else unread.push({ line, reason: 'a code block that is never closed' });
    } else if (!layout.has(name.replace('/', ''))) {
      unread.push({ line, reason: `the shortcode \`${name}\`` });
    }
    line +=
      parts
        .slice(tag, at + 1)
        .join('')
        .split('\n').length - 1;
  }
  return { markdown, codes, lines, unread };
}
