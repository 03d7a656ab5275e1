/** A page as the run of its blocks, each under the headings that it stands below. */
import type { Heading, Nodes, Root, RootContent } from 'mdast';
import { words } from './words.ts';

export interface Section {
  readonly depth: number;
  readonly title: string;
  /** Explicit `{#anchor}`, or the slug that sites make of the title. */
  readonly anchor: string;
  readonly explicit: boolean;
}

export interface Block {
  readonly node: RootContent;
  /** From the outermost heading to the nearest one; the page's own title (depth 1) is left out. */
  readonly sections: readonly Section[];
}

/** The blocks of a page in reading order, lists and quotations opened; headings themselves included. */
export function blocksOf(root: Root): readonly Block[] {
  const blocks: Block[] = [];
  const used = new Map<string, number>();
  let sections: readonly Section[] = [];
  const visit = (node: Nodes): void => {
    if (node.type === 'heading') {
      const section = sectionOf(node, used);
      sections = [
        ...sections.filter(({ depth }) => depth < node.depth),
        ...(node.depth === 1 ? [] : [section]),
      ];
      blocks.push({ node, sections });
    } else if (
      node.type === 'list' ||
      node.type === 'listItem' ||
      node.type === 'blockquote' ||
      node.type === 'root'
    ) {
      node.children.forEach(visit);
    } else if (
      node.type === 'table' ||
      node.type === 'paragraph' ||
      node.type === 'code' ||
      node.type === 'html'
    ) {
      blocks.push({ node, sections });
    }
  };
  visit(root);
  return blocks;
}

function sectionOf(node: Heading, used: Map<string, number>): Section {
  const [, title = '', explicit] = /^(.*?)\s*(?:\{#([^}\s]+)\}\s*)?$/s.exec(words(node).trim()) ?? [];
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

/** The nearest anchor that the docs themselves set; where they set none, the nearest heading's; '' above the first heading. */
export const anchorOf = ({ sections }: Block): string =>
  (sections.findLast(({ explicit }) => explicit) ?? sections.at(-1))?.anchor ?? '';

/** The nearest heading's title in lower case; '' above the first one. */
export const titleOf = ({ sections }: Block): string => sections.at(-1)?.title.toLowerCase() ?? '';

/** The anchors that a page sets itself. */
export const explicitAnchors = ({ root }: { readonly root: Root }): ReadonlySet<string> =>
  new Set(
    blocksOf(root)
      .flatMap(({ sections }) => sections)
      .filter(({ explicit }) => explicit)
      .map(({ anchor }) => anchor),
  );
