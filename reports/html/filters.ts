/** What narrows the list of clauses. It works by the page's script alone, and isn't there without it. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Level } from '../../harness/model/verdict.ts';
import type { Page } from './page.ts';
import { phases } from './phases.ts';
import { bySuite } from './suites.ts';
import { inOrder } from './verdicts.ts';

const levels: readonly Level[] = ['must', 'should', 'may'];

export function filters({ report: { clauses } }: Page): SafeHtml {
  const verdicts = inOrder.filter((verdict) => clauses.some((clause) => clause.verdict === verdict));
  const named = levels.filter((level) => clauses.some((clause) => clause.level === level));
  return html`<form class="filters" hidden aria-label="Filter the clauses">
<label class="search">Search <input type="search" name="q" placeholder="clause, reason, task or exchange id" autocomplete="off"></label>
${boxes('verdict', verdicts)}${boxes('level', named)}
${choice('suite', [...bySuite(clauses).keys()])}${choice('phase', [...phases, 'none'])}
<button type="button">Show all</button><output aria-live="polite"></output></form>`;
}

const boxes = (name: string, values: readonly string[]): SafeHtml =>
  html`<fieldset><legend>${name}</legend>${values.map(
    (value) =>
      html`<label class="box ${value}"><input type="checkbox" name="${name}" value="${value}">${value}</label>`,
  )}</fieldset>`;

const choice = (name: string, values: readonly string[]): SafeHtml =>
  html`<label class="choice">${name} <select name="${name}"><option value="">all</option>${values.map((value) => html`<option>${value}</option>`)}</select></label>`;
