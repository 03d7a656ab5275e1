/** The words of a Markdown node, markup gone: what a reader of the page reads. */
import type { Nodes } from 'mdast';

/** How to word what is not plain text; each defaults to the words inside. */
export interface Wording {
  readonly strong?: (words: string) => string;
  readonly lineBreak: string;
}

/** Text of a node. HTML tags and images have none, save `<br>`, which is a break in any of its spellings. */
export function words(node: Nodes, wording: Wording = { lineBreak: ' ' }): string {
  if (node.type === 'text' || node.type === 'inlineCode') return node.value;
  if (node.type === 'break') return wording.lineBreak;
  if (node.type === 'html') return /^<br\s*\/?>$/i.test(node.value.trim()) ? wording.lineBreak : '';
  if (!('children' in node)) return '';
  const inside = node.children.map((child) => words(child, wording)).join('');
  return node.type === 'strong' && wording.strong ? wording.strong(inside) : inside;
}
