/** The first thing that is seen: the verdict, how far it reaches, and of which target it is. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { overExpected } from '../expected.ts';
import { tally } from '../headline.ts';
import { insecurity } from '../insecure.ts';
import { duration } from '../terminal/layout.ts';
import type { Page } from './page.ts';
import { chip, inOrder } from './verdicts.ts';

export function banner({ report }: Page): SafeHtml {
  const { verdict, target, run } = report;
  const unseen = insecurity(report);
  const server = target.server === null ? null : html`<dt>Server</dt><dd>${target.server}</dd>`;
  return html`<header class="banner ${verdict}">
<p class="of">Active-Active task API, <code>/v1/crdb_tasks</code></p>
<h1>${verdict}</h1>
<p class="tally">${tally(report)}${overExpected(report)}</p>
${run.cutShort === null ? null : html`<p class="cut-short"><strong>The run was cut short:</strong> ${run.cutShort}</p>`}
${unseen === undefined ? null : html`<p class="cut-short"><strong>Insecure:</strong> ${unseen}</p>`}
<dl class="facts">
<dt>Target</dt><dd>${target.name}, <code>${target.url}</code></dd>${server}
<dt>When</dt><dd><time datetime="${run.startedAt}">${minute(run.startedAt)}</time>, took ${duration(run.durationMs)}</dd>
<dt>How</dt><dd>profile ${run.profile}, seed ${run.seed}, tasks by ${target.provisioner}</dd>
</dl>
</header>
${counts(report.summary)}`;
}

/** `2026-11-24 03:12 UTC`; what is no such time as it is. */
const minute = (instant: string): string =>
  instant.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.:]+Z$/, '$1 $2 UTC');

/** Clauses by verdict, as a bar and as links that filter. */
function counts(summary: Page['report']['summary']): SafeHtml {
  const all = inOrder.reduce((sum, verdict) => sum + summary[verdict], 0);
  const found = inOrder.filter((verdict) => summary[verdict] > 0);
  let at = 0;
  const parts = found.map((verdict) => {
    const from = at;
    at += (100 * summary[verdict]) / all;
    return html`<rect class="${verdict}" x="${from.toFixed(2)}%" width="${(at - from).toFixed(2)}%" height="100%"/>`;
  });
  return html`<nav class="counts" aria-label="Clauses by verdict"><svg class="bar" aria-hidden="true">${parts}</svg>
<ul>${found.map((verdict) => html`<li><a href="#verdict=${verdict}">${chip(verdict)} <b>${summary[verdict]}</b></a></li>`)}</ul></nav>`;
}
