/** A docs page in any of its three forms → Markdown tree, title and key. Reads no facts out of it. */
import type { Nodes, Root } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { parseDocument } from 'yaml';
import { SpecError } from './errors.ts';
import { isPageJson, pageJson } from './page-json.ts';
import { isRecord } from './record.ts';
import { expandShortcodes } from './shortcodes.ts';
import { words } from './words.ts';

/** A row, shortcode or table of a page that could not be read. */
export interface Unread {
  /** `file:line`, or `file (content):line` in a page JSON, where the content is one string. */
  readonly where: string;
  readonly reason: string;
}

export interface Page {
  /** The file or URL that it came from. */
  readonly name: string;
  /** Path below the reference: `requests/crdb_tasks`. */
  readonly key: string;
  readonly title: string;
  readonly root: Root;
  /** The blocks of code that stood in shortcodes, by the number in their mark: see shortcodes.ts. */
  readonly codes: readonly string[];
  /** Where a node stands, for people. */
  where(node: Nodes): string;
  readonly unread: readonly Unread[];
}

const markdown = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']);

/**
 * Parses a page of any form.
 * @param name file or URL, for messages and, where the page names no address of its own, for its key
 * @throws {SpecError} cut-off JSON, JSON that is no page, HTML, or nothing that could be a docs page
 */
export function parsePage(text: string, name: string): Page {
  if (text.trim() === '')
    throw new SpecError(`${name} is empty.`, 'Give a docs page: page JSON, Hugo source or Markdown.');
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw new SpecError(
      `${name} is HTML, not a docs page in one of the three forms.`,
      'Give its page JSON (index.json) or its Markdown (index.html.md).',
    );
  }
  if (isPageJson(text)) {
    const { title, url, content } = pageJson(text, name);
    return fromMarkdown(content, { name, place: `${name} (content)`, title, url });
  }
  return fromMarkdown(text, { name, place: name });
}

interface Origin {
  readonly name: string;
  readonly place: string;
  readonly title?: string;
  readonly url?: string;
}

function fromMarkdown(text: string, { name, place, title, url }: Origin): Page {
  const expanded = expandShortcodes(text);
  const root = parsed(expanded.markdown, name);
  const front = frontMatter(root);
  const lineStarts = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
  const line = (offset: number): number => 1 + lineStarts.filter((start) => start <= offset).length;
  const heading = root.children.find((node) => node.type === 'heading');
  const pageTitle = title ?? front.title ?? (heading?.depth === 1 ? words(heading) : undefined);
  const address = url ?? front.url;
  if (pageTitle === undefined) {
    throw new SpecError(
      `${name} has no title, so it is not a docs page.`,
      'Give a docs page: page JSON, Hugo source or Markdown.',
    );
  }
  return {
    name,
    key: pageKey(address ?? name),
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

/** Title and address of the YAML front matter, whatever the case of its keys. Broken front matter has neither. */
function frontMatter(root: Root): { readonly title?: string; readonly url?: string } {
  const [first] = root.children;
  const values: unknown = first?.type === 'yaml' ? parseDocument(first.value).toJS() : undefined;
  if (!isRecord(values)) return {};
  const title = values.Title ?? values.title;
  const url = values.url ?? values.canonical ?? values.canonicalUrl;
  return { ...(typeof title === 'string' && { title }), ...(typeof url === 'string' && { url }) };
}

/** `requests/crdb_tasks` of a page's address or file: what follows the reference's folder, or begins with its rooms. */
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
