/** The report for a browser: one file that loads nothing, readable without its script. Pure. */

import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../harness/model/exchange.ts';
import type { Report } from '../harness/model/report.ts';
import { copying, filtering } from './html/browser.ts';
import { clauses, filters, matrix } from './html/clauses.ts';
import { document } from './html/document.ts';
import { type Page, pageOf, planOf } from './html/page.ts';
import { section } from './html/parts.ts';
import { banner, broken, coverage, knownFailures, observations, traffic, unproven } from './html/summary.ts';
import { printable } from './text/escape.ts';
import type { Known } from './text/format-ids.ts';
import { duration, headline } from './text/sentences.ts';
import { trafficText } from './text/traffic.ts';

/** @returns an HTML document; what a target had a say in is text in it, and nothing else */
export function toHtml(report: Report, known: Known = {}): string {
  const page = pageOf(report, known);
  const seen = trafficText(report);
  const { target, verdict, run } = page.report;
  const footer = `Made by crdb-conformance ${run.harnessVersion} from report.json, which holds all data. This page loads nothing and sends nothing.`;
  return document(
    `${target.name}: ${headline(page.report)}`,
    [
      pagesAround(known),
      banner(page),
      broken(page),
      knownFailures(page),
      matrix(page),
      section(
        'clauses',
        'Clauses and their proof',
        filters(page),
        html`<div class="list">${clauses(page, planOf(page))}</div>`,
      ),
      seen ? traffic(seen) : coverage(page),
      unproven(page),
      observations(page),
      about(page),
    ],
    { verdict, footer, script },
  );
}

/** The way to the pages that this one is among. */
const pagesAround = ({ partOf = [] }: Known): SafeHtml | null =>
  partOf.length === 0
    ? null
    : html`<nav aria-label="Other pages">${partOf.map(({ href, title }) => html`<a href="${href}">${printable(title)}</a> `)}</nav>`;

/** Each function as it stands. */
const script = [copying, filtering].map((work) => `(${work})();`).join('\n');
export function about({ report: { run, target, schema, exchanges } }: Page): SafeHtml {
  const facts: Readonly<Record<string, string>> = {
    run: run.id,
    started: run.startedAt,
    took: duration(run.durationMs),
    'program blocked for up to': duration(run.stallMs),
    'requests in flight at most': String(mostInFlight(exchanges)),
    capabilities: target.capabilities.join(', ') || 'reading',
    'program version': run.harnessVersion,
    docs: run.docsVersion,
    suites: run.hashes.suites,
    'OpenAPI file': run.hashes.openapi,
    'clause register': run.hashes.clauses,
    format: schema,
  };
  return section(
    'about',
    'About this run',
    html`<div class="columns"><dl class="facts">${pairs(facts)}</dl><dl class="facts">${pairs(run.settings)}</dl></div>`,
  );
}

/** How many requests waited for their responses at the same time. */
export function mostInFlight(exchanges: readonly Pick<Exchange, 'sentAt' | 'receivedAt'>[]): number {
  const ends = exchanges.map(({ receivedAt }) => receivedAt).sort((a, b) => a - b);
  let over = 0;
  let most = 0;
  for (const [index, sentAt] of exchanges
    .map((one) => one.sentAt)
    .sort((a, b) => a - b)
    .entries()) {
    while ((ends[over] ?? Number.POSITIVE_INFINITY) <= sentAt) over++;
    most = Math.max(most, index + 1 - over);
  }
  return most;
}

const pairs = (all: Readonly<Record<string, string | number | boolean>>): SafeHtml[] =>
  Object.entries(all).map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`);
