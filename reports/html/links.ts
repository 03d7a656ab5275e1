/** Links within the page, and out of it. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { ClauseResult } from '../../harness/model/report.ts';
import { anchor } from './anchor.ts';

export const clauseLink = (id: string, suffix = ''): SafeHtml =>
  html`<a href="#${anchor(id)}"><code>${id}</code></a>${suffix}`;

/** Clauses after one another, each once, with how often it is named. */
export function clauseLinks(ids: readonly string[]): SafeHtml[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].map(
    ([id, count], at) => html`${at > 0 ? ', ' : null}${clauseLink(id, count > 1 ? ` (${count})` : '')}`,
  );
}

/** Where the docs state a clause; words alone where the address is none of the web, for a report may be forged. */
export function docsLink({ source: { page, anchor, url } }: ClauseResult): SafeHtml {
  const name = anchor === '' ? page : `${page}#${anchor}`;
  return /^https?:\/\//.test(url) ? html`<a href="${url}" rel="noreferrer">${name}</a>` : html`${name}`;
}
