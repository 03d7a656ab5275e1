/** The clauses: one table against the phases of a task, then each with its checks and their proof. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { ClauseResult } from '../../harness/model/report.ts';
import type { Level, Verdict } from '../../harness/model/verdict.ts';
import { kindsOf, quoted } from '../text/evidence.ts';
import { andMore, basisOf, byWorth, counted, extent, reasonOf } from '../text/sentences.ts';
import { bodiesCompared, command, curls, elsewhere, exchange, expectedAndSeen } from './exchange.ts';
import {
  bySuite,
  mostExchanges,
  type Page,
  type Place,
  type Placed,
  type Plan,
  phases,
  phasesOf,
  suiteOf,
} from './page.ts';
import {
  anchor,
  checkAnchor,
  chip,
  clauseLink,
  docsLink,
  gravest,
  inOrder,
  prose,
  section,
  sign,
} from './parts.ts';
import { timeline } from './timeline.ts';

const columns: readonly Place[] = [...phases, 'none'];

/** One table of all clauses against the phases: under one header, a group of rows for each suite. */
export function matrix(page: Page): SafeHtml {
  const suites = [...bySuite(page.report.clauses)];
  return section(
    'matrix',
    'Clauses by phase',
    html`<p class="quiet">Each cell shows the most severe verdict of the checks whose task was brought to that phase first. The column <i>none</i> is for checks without a task, or with one that does not exist.</p>`,
    html`<table><thead><tr><th scope="col">clause</th>${columns.map((column) => html`<th scope="col" class="phase"><span>${column}</span></th>`)}</tr></thead>${suites.map(([suite, all]) => group(page, suite, all))}</table>`,
  );
}

const group = (page: Page, suite: string, all: readonly ClauseResult[]): SafeHtml =>
  html`<tbody><tr class="suite"><th scope="rowgroup" colspan="${columns.length + 1}">${suite}</th></tr>${byWorth(
    all,
  ).map(
    (clause) =>
      html`<tr><th scope="row" class="${clause.verdict}">${clauseLink(clause.id)}</th>${cells(page, clause)}</tr>`,
  )}</tbody>`;

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

/** So many kinds of failure are open at once, in so many clauses; the others are a click away. */
const [openKinds, openClauses] = [2, 6];
/** So many checks of a clause stand in the page. */
const mostChecks = 100;

export function clauses(page: Page, plan: Plan): SafeHtml {
  const broken = page.report.clauses.filter(({ verdict }) => verdict === 'fail');
  const open = new Set(broken.slice(0, openClauses));
  return html`${byWorth(page.report.clauses).map((one) => clause(page, plan, one, open.has(one)))}`;
}

function clause(page: Page, plan: Plan, clause: ClauseResult, open: boolean): SafeHtml {
  const { id, level, statement, reason, verdict, checks } = clause;
  const phases = [...new Set(checks.flatMap((one) => phasesOf(page, one)))];
  const rows = checks
    .map((one, row) => ({ check: one, row }))
    .toSorted((a, b) => inOrder.indexOf(a.check.verdict) - inOrder.indexOf(b.check.verdict));
  const failed = open ? checks.filter((one) => one.verdict === 'fail') : [];
  const opened = kindsOf(failed)
    .slice(0, openKinds)
    .flatMap(([first]) => first ?? []);
  const left = rows.length - mostChecks;
  return html`<section class="clause ${verdict}" data-verdict="${verdict}" data-level="${level}" data-suite="${suiteOf(clause)}" data-phases="${phases.join(' ')}"><details ${open ? html`open` : null}><summary>${chip(verdict)} <h3><code>${id}</code></h3> <span class="level">${level}</span> <span class="statement">${prose(statement)}</span> <span class="quiet">${extentOf(clause)}</span></summary>
<p class="ground" id="${anchor(id)}"><b>${basisOf(clause)}</b>: ${prose(reason)} In the docs: ${docsLink(clause)}. <a href="#${anchor(id)}">Link to this clause</a></p>
${rows
  .slice(0, mostChecks)
  .map(({ check: one, row }) =>
    plan.isWhole(one)
      ? check(page, plan, { clause, check: one }, row, opened.includes(one))
      : checkInBrief({ clause, check: one }, row),
  )}${left > 0 ? html`<p class="quiet">${andMore(left, 'check')}</p>` : null}
<p class="quiet">This command runs the clause again:</p>${command(again(page, id))}</details></section>`;
}

/** `2 of 5 checks` have the clause's verdict; of a clause that passes, how many there are. */
function extentOf(clause: ClauseResult): string {
  const { verdict, checks } = clause;
  if (verdict === 'pass' || checks.length === 0) return counted(checks.length, 'check');
  return extent(
    checks.filter((one) => one.verdict === verdict),
    clause,
  );
}

/** The command that runs one clause again on the same target. The login comes from the environment. */
function again({ report: { target, run } }: Page, id: string): string {
  const { insecure, ca, cert, key } = run.settings;
  return [
    `crdb-conformance run --target ${quoted(target.url)} --provision ${quoted(target.provisioner)}`,
    `--clause ${quoted(id)} --seed ${run.seed}`,
    ...(insecure === true ? ['--insecure'] : []),
    ...(typeof ca === 'string' ? [`--ca ${quoted(ca)}`] : []),
    ...(typeof cert === 'string' && typeof key === 'string'
      ? [`--cert ${quoted(cert)} --key ${quoted(key)}`]
      : []),
  ].join(' ');
}

/** In characters: so much of a body stands in the page. */
const [longBody, shortBody] = [8000, 1000];

/** @param open its proof is open when the page is */
function check(page: Page, plan: Plan, { clause, check }: Placed, row: number, open: boolean): SafeHtml {
  const shown = page.shown(check);
  const id = checkAnchor(clause.id, row);
  const isBroken = check.verdict === 'fail' || check.verdict === 'warn';
  const left = shown.length - mostExchanges;
  return html`<details class="check ${check.verdict}" ${open ? html`open` : null}><summary>${chip(check.verdict)} <span class="name">${check.name}</span> <span class="reason">${prose(reasonOf(check))}</span></summary>
<div class="proof" id="${id}">${expectedAndSeen(check)}${check.because === undefined ? null : html`<p>Prerequisite: ${clauseLink(check.because)}</p>`}${curls(page, check)}${plan.isDrawn(check) ? timeline(page, check) : null}${isBroken ? bodiesCompared(shown) : null}
${shown.length === 0 ? html`<p class="quiet">No exchange is recorded for this check.</p>` : shown.slice(0, mostExchanges).map((one) => (plan.isHome(one, check) ? exchange(one, isBroken ? longBody : shortBody) : elsewhere(one)))}${left > 0 ? html`<p class="quiet">${andMore(left, 'exchange')}</p>` : null}<p class="link"><a href="#${id}">Link to this finding</a></p></div></details>`;
}

/** The same in one line, where the page would be too long. */
const checkInBrief = ({ clause, check }: Placed, row: number): SafeHtml =>
  html`<p class="check brief" id="${checkAnchor(clause.id, row)}">${chip(check.verdict)} <span class="name">${check.name}</span> <span class="reason">${prose(reasonOf(check))}</span></p>`;
