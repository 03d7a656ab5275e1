/** The report for a browser: one file that loads nothing, readable without its script. Pure. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../harness/model/exchange.ts';
import type { Report } from '../harness/model/report.ts';
import { copying, filtering } from './html/browser.ts';
import { clauses, filters, matrix } from './html/clauses.ts';
import { type Page, pageOf, planOf } from './html/page.ts';
import { section } from './html/parts.ts';
import { banner, broken, coverage, knownFailures, observations, unproven } from './html/summary.ts';
import { traffic } from './html/traffic.ts';
import { printable } from './text/escape.ts';
import type { Known } from './text/format-ids.ts';
import { duration, headline } from './text/sentences.ts';
import { trafficText } from './text/traffic.ts';

/** @returns an HTML document; what a target had a say in is text in it, and nothing else */
export function toHtml(report: Report, known: Known = {}): string {
  const page = pageOf(report, known);
  const seen = trafficText(report);
  return document(page, [
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
  ]);
}

/** The way to the pages that this one is among. */
const pagesAround = ({ partOf = [] }: Known): SafeHtml | null =>
  partOf.length === 0
    ? null
    : html`<nav aria-label="Other pages">${partOf.map(({ href, title }) => html`<a href="${href}">${printable(title)}</a> `)}</nav>`;

/** Each function as it stands. */
const script = [copying, filtering].map((work) => `(${work})();`).join('\n');
const style = readFileSync(new URL('./html/style.css', import.meta.url), 'utf8');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Whatever a target or a forged report puts into the page: it loads nothing, runs nothing and sends nothing. */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const colours = { conformant: '%23137333', 'non-conformant': '%23b3261e', incomplete: '%238a5a00' } as const;

export function document({ report }: Page, parts: (SafeHtml | null)[]): string {
  const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle cx='4.5' cy='4.5' r='4' fill='${colours[report.verdict]}'/></svg>`;
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.target.name}: ${headline(report)}</title>
<link rel="icon" href="${icon}">
${html.raw`<style>${style}</style>`}
</head><body>
<main>${parts}</main>
<footer>Made by crdb-conformance ${report.run.harnessVersion} from report.json, which holds all data. This page loads nothing and sends nothing.</footer>
${html.raw`<script>${script}</script>`}
</body></html>`}\n`;
}

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
