/** The report for a person with a browser: one file, no network, readable without its script. Pure. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Report } from '../harness/model/report.ts';
import { printable } from './escape.ts';
import { about } from './html/about.ts';
import { banner } from './html/banner.ts';
import { broken } from './html/broken.ts';
import { clauses } from './html/clause.ts';
import { coverage } from './html/coverage.ts';
import { document } from './html/document.ts';
import { expected } from './html/expected.ts';
import { filters } from './html/filters.ts';
import { matrix } from './html/matrix.ts';
import { pageOf } from './html/page.ts';
import { planOf } from './html/plan.ts';
import { section } from './html/sections.ts';
import { observations, untested } from './html/untested.ts';
import type { Known } from './known.ts';

/** @returns an HTML document; what a target had a say in is text in it, and nothing else */
export function toHtml(report: Report, known: Known = {}): string {
  const page = pageOf(report, known);
  return document(page, [
    pagesAround(known),
    banner(page),
    broken(page),
    expected(page),
    matrix(page),
    section(
      'clauses',
      'Clauses and their proof',
      filters(page),
      html`<div class="list">${clauses(page, planOf(page))}</div>`,
    ),
    coverage(page),
    untested(page),
    observations(page),
    about(page),
  ]);
}

/** The way to the pages that this one is among. */
const pagesAround = ({ partOf = [] }: Known): SafeHtml | null =>
  partOf.length === 0
    ? null
    : html`<nav aria-label="Other pages">${partOf.map(({ href, title }) => html`<a href="${href}">${printable(title)}</a> `)}</nav>`;
