/** Every clause at a glance, against the phase of the task that it was tried on. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { ClauseResult } from '../../harness/model/report.ts';
import type { Verdict } from '../../harness/model/verdict.ts';
import { clauseLink } from './links.ts';
import type { Page } from './page.ts';
import { type Place, phases, phasesOf } from './phases.ts';
import { section } from './sections.ts';
import { bySuite } from './suites.ts';
import { gravest, sign } from './verdicts.ts';

const columns: readonly Place[] = [...phases, 'none'];

export function matrix(page: Page): SafeHtml {
  return section(
    'matrix',
    'Clauses by phase',
    html`<p class="quiet">The gravest verdict of the checks on a task in that phase; under <i>none</i>, of those on no task, or on one that isn’t there.</p>`,
    html`<div class="tables">${[...bySuite(page.report.clauses)].map(([suite, clauses]) => table(page, suite, clauses))}</div>`,
  );
}

function table(page: Page, suite: string, clauses: readonly ClauseResult[]): SafeHtml {
  return html`<table><caption>${suite}</caption><thead><tr><th scope="col">clause</th>${columns.map((column) => html`<th scope="col" class="phase"><span>${column}</span></th>`)}</tr></thead><tbody>${clauses.map(
    (clause) =>
      html`<tr><th scope="row" class="${clause.verdict}">${clauseLink(clause.id)}</th>${cells(page, clause)}</tr>`,
  )}</tbody></table>`;
}

function cells(page: Page, clause: ClauseResult): SafeHtml[] {
  const found = new Map<Place, Verdict[]>();
  for (const check of clause.checks)
    for (const place of phasesOf(page, check)) found.set(place, [...(found.get(place) ?? []), check.verdict]);
  if (clause.checks.length === 0) found.set('none', [clause.verdict]);
  return columns.map((column) => {
    const verdict = gravest(found.get(column) ?? []);
    return html`<td>${verdict ? sign(verdict) : null}</td>`;
  });
}
