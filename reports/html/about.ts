/** The run itself: what one needs to say which run this was, and to make it again. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { duration } from '../terminal/layout.ts';
import type { Page } from './page.ts';
import { section } from './sections.ts';

export function about({ report: { run, target, schema } }: Page): SafeHtml {
  const facts: Readonly<Record<string, string>> = {
    run: run.id,
    began: run.startedAt,
    took: duration(run.durationMs),
    'stood still at most': duration(run.stallMs),
    'within reach': target.capabilities.join(', ') || 'reading alone',
    harness: run.harnessVersion,
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

const pairs = (all: Readonly<Record<string, string | number | boolean>>): SafeHtml[] =>
  Object.entries(all).map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`);
