/** The parts of a page: blocks below their headings, rows of tables, and the plain words of a node. */
import type { Heading, Nodes, Root, RootContent, Table, TableCell, TableRow } from 'mdast';

/**
 * The text of a node as a reader sees it. Images and HTML tags have none, except `<br>` in any spelling.
 * @param wording how to write a line break, and the text of a bold part
 */
export function plainText(
  node: Nodes,
  wording: { readonly lineBreak: string; readonly strong?: (text: string) => string } = { lineBreak: ' ' },
): string {
  if (node.type === 'text' || node.type === 'inlineCode') return node.value;
  if (node.type === 'break') return wording.lineBreak;
  if (node.type === 'html') return /^<br\s*\/?>$/i.test(node.value.trim()) ? wording.lineBreak : '';
  if (!('children' in node)) return '';
  const inside = node.children.map((child) => plainText(child, wording)).join('');
  return node.type === 'strong' && wording.strong ? wording.strong(inside) : inside;
}

export interface PageSection {
  readonly depth: number;
  readonly title: string;
  /** The explicit `{#anchor}`, or the slug that sites make of the title. */
  readonly anchor: string;
  readonly explicit: boolean;
}

export interface PageBlock {
  readonly node: RootContent;
  /** From the outermost heading to the nearest one, without the page's own title (depth 1). */
  readonly sections: readonly PageSection[];
}

/** The blocks of a page in reading order, headings included. Lists and quotations are opened. */
export function blocksOf(root: Root): readonly PageBlock[] {
  const blocks: PageBlock[] = [];
  const used = new Map<string, number>();
  let sections: readonly PageSection[] = [];
  const visit = (node: Nodes): void => {
    switch (node.type) {
      case 'heading': {
        const outer = sections.filter(({ depth }) => depth < node.depth);
        const section = sectionOf(node, used);
        sections = node.depth === 1 ? outer : [...outer, section];
        blocks.push({ node, sections });
        break;
      }
      case 'root':
      case 'list':
      case 'listItem':
      case 'blockquote':
        node.children.forEach(visit);
        break;
      case 'table':
      case 'paragraph':
      case 'code':
      case 'html':
        blocks.push({ node, sections });
        break;
    }
  };
  visit(root);
  return blocks;
}

function sectionOf(node: Heading, used: Map<string, number>): PageSection {
  const [, title = '', explicit] = /^(.*?)\s*(?:\{#([^}\s]+)\}\s*)?$/s.exec(plainText(node).trim()) ?? [];
  if (explicit !== undefined) return { depth: node.depth, title, anchor: explicit, explicit: true };
  const slug = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');
  const before = used.get(slug) ?? 0;
  used.set(slug, before + 1);
  return { depth: node.depth, title, anchor: before === 0 ? slug : `${slug}-${before}`, explicit: false };
}

/** The nearest explicit anchor; without one, the nearest heading's; '' above the first heading. */
export const anchorOf = ({ sections }: PageBlock): string =>
  (sections.findLast(({ explicit }) => explicit) ?? sections.at(-1))?.anchor ?? '';

/** The nearest heading's title in lower case; '' above the first heading. */
export const headingOf = ({ sections }: PageBlock): string => sections.at(-1)?.title.toLowerCase() ?? '';

/** The anchors that a page sets explicitly. */
export const explicitAnchors = ({ root }: { readonly root: Root }): ReadonlySet<string> =>
  new Set(
    blocksOf(root)
      .flatMap(({ sections }) => sections)
      .filter(({ explicit }) => explicit)
      .map(({ anchor }) => anchor),
  );

/** A table row. */
export interface CellRow {
  readonly node: TableRow;
  readonly cells: readonly TableCell[];
  /** The plain words of a cell, trimmed; '' if there is no such column. */
  text(column: number): string;
}

/** The column names of a table, in lower case. */
export const columnsOf = (table: Table): readonly string[] =>
  table.children[0]?.children.map((cell) => plainText(cell).trim().toLowerCase()) ?? [];

/** The rows below a table's head. */
export const rowsBelowHead = (table: Table): readonly CellRow[] =>
  table.children.slice(1).map((node) => ({
    node,
    cells: node.children,
    text(column) {
      const cell = node.children[column];
      return cell ? plainText(cell).replace(/\s+/g, ' ').trim() : '';
    },
  }));
