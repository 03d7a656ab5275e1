/** Small pieces of the page: text, sections, anchors, links, signs of verdicts. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { ClauseResult } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const betweenTags = (text: string): SafeHtml =>
  html.raw`${text.replace(/[&<>]/g, (character) => escapes[character] ?? '')}`;

export const prose = (text: string): SafeHtml =>
  html`${text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;

type Content = SafeHtml | string | null;

/** @param id a word; the page's own ids begin with `page:`, so that no clause can have them */
export const section = (id: string, title: string, ...content: Content[]): SafeHtml =>
  html`<section class="part ${id}" aria-labelledby="page:${id}"><h2 id="page:${id}">${title}</h2>
${content}</section>`;

/**
 * @param name printable; a clause's id stays as it is
 * @returns no two names give the same, and none gives an id of the page's own (they begin with `page:`)
 */
export const anchor = (name: string): string =>
  encodeURIComponent(name.replaceAll('~', '~7E')).replaceAll('%', '~');

/** The check of a clause that stands at `row`, from 0 on. */
export const checkAnchor = (clause: string, row: number): string => `${anchor(clause)}:${row + 1}`;

export const exchangeAnchor = (id: string): string => `exchange:${anchor(id)}`;

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

/** The gravest first. */
export const inOrder: readonly Verdict[] = ['fail', 'warn', 'inconclusive', 'skip', 'observed', 'pass'];

export const signs: Readonly<Record<Verdict, string>> = {
  fail: '✗',
  warn: '!',
  inconclusive: '?',
  skip: '–',
  observed: '○',
  pass: '✓',
};

/** The first of some verdicts in that order; undefined where there is none. */
export const gravest = (verdicts: readonly Verdict[]): Verdict | undefined =>
  inOrder.find((verdict) => verdicts.includes(verdict));

/** `✗ fail` */
export const chip = (verdict: Verdict): SafeHtml =>
  html`<span class="chip ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;

/** The sign alone, for a narrow cell; the word is there for those who can't see it. */
export const sign = (verdict: Verdict): SafeHtml =>
  html`<span class="sign ${verdict}" aria-hidden="true">${signs[verdict]}</span><span class="unseen">${verdict}</span>`;
