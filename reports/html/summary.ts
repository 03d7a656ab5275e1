/** The parts above and below the clauses: verdict, what broke, known failures, what was not tested, what was requested. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult, ClauseResult } from '../../harness/model/report.ts';
import { printable } from '../escape.ts';
import { needsLogin } from '../evidence.ts';
import { counted, excuse, insecurity, overExpected, tally, toBeDeleted } from '../sentences.ts';
import { duration, oneLine } from '../terminal/layout.ts';
import { curls, expectedAndSeen } from './exchange.ts';
import { kindsOf, type Page, type Placed, placed } from './page.ts';
import { chip, clauseLink, clauseLinks, inOrder, prose, section } from './parts.ts';

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

/** So many clauses are told whole, fewer where much is broken; of the others the names alone. */
const mostCards = 8;
const mostLines = 4;
const longestReason = 300;

export function broken(page: Page): SafeHtml | null {
  const { clauses } = page.report;
  const failed = clauses.filter(({ verdict }) => verdict === 'fail');
  const warned = clauses.filter(
    ({ verdict, checks }) => verdict !== 'fail' && checks.some((check) => check.verdict === 'warn'),
  );
  if (failed.length + warned.length === 0) return null;
  return html`${part(page, 'broken', `What broke: ${counted(failed.length, 'clause')}`, failed, 'fail')}${part(page, 'warned', `Warnings: ${counted(warned.length, 'clause')}`, warned, 'warn')}`;
}

function part(
  page: Page,
  id: string,
  title: string,
  clauses: readonly ClauseResult[],
  verdict: 'fail' | 'warn',
): SafeHtml | null {
  if (clauses.length === 0) return null;
  const others = clauses.slice(mostCards).map((clause) => clause.id);
  const lines = placed(clauses).flatMap(({ check }) => page.evidence(check).repeats);
  return section(
    id,
    title,
    lines.some(needsLogin)
      ? html`<p class="quiet">The cURL lines take the login from <code>$CRDB_USER</code> and <code>$CRDB_PASSWORD</code>.</p>`
      : null,
    html`<div class="cards">${clauses.slice(0, mostCards).map((clause) => card(page, clause, verdict))}</div>`,
    others.length > 0 ? html`<p>And: ${clauseLinks(others)}</p>` : null,
  );
}

function card(page: Page, clause: ClauseResult, verdict: 'fail' | 'warn'): SafeHtml {
  const checks = clause.checks.filter((check) => check.verdict === verdict);
  const [alike = []] = kindsOf(checks);
  const [first] = alike;
  const since = page.since.get(clause.id);
  return html`<article class="card ${verdict}"><h3>${chip(verdict)} ${clauseLink(clause.id)}</h3>
${since === undefined ? null : html`<p class="since">${since}</p>`}<p class="statement">${prose(clause.statement)}</p>${first ? proof(page, first) : null}
<p class="quiet">${clause.level}, ${clause.basis}; ${checks.length} of ${counted(clause.checks.length, 'check')}</p></article>`;
}

/** The first check that shows it, with the last of its requests: with them it was seen. */
function proof(page: Page, check: CheckResult): SafeHtml {
  return html`<p class="reason">${prose(oneLine(check.reason, longestReason))}</p>${expectedAndSeen(check)}${curls(page, check, mostLines)}`;
}

export function expected({ report }: Page): SafeHtml | null {
  const { expectations } = report;
  if (!expectations) return null;
  const { file, met, unexpected, outdated } = expectations;
  return section(
    'expected',
    `Expected: ${counted(met.length, 'failure')} of ${met.length + unexpected.length}`,
    rows(met.map((entry) => html`${clauseLink(printable(entry.clause))}: ${excuse(entry)}`)),
    unexpected.length === 0 ? null : html`<p><b>Not expected</b></p>`,
    rows(
      unexpected.map(
        ({ clause, fingerprint }) => html`${clauseLink(printable(clause))}: ${printable(fingerprint)}`,
      ),
    ),
    outdated.length === 0 ? null : html`<p><b>Expectations to be deleted</b></p>`,
    rows(outdated.map((entry) => html`${toBeDeleted(file, entry)}`)),
  );
}

const rows = (all: readonly SafeHtml[]): SafeHtml | null =>
  all.length === 0 ? null : html`<ul class="rows">${all.map((one) => html`<li>${one}</li>`)}</ul>`;

const mostEntries = 40;

export function untested(page: Page): SafeHtml {
  const all = placed(page.report.clauses);
  const skipped = all.filter(({ check }) => check.verdict === 'skip');
  const doubtful = all.filter(({ check }) => check.verdict === 'inconclusive');
  const untouched = page.report.clauses.filter(({ checks }) => checks.length === 0).map(({ id }) => id);
  const entries = [
    ...grouped(skipped, ({ check }) => check.reason).map(([reason, of]) =>
      entry('skip', html`${reason}`, of),
    ),
    ...(untouched.length > 0
      ? [html`<li>${chip('skip')} no check of it was run: ${clauseLinks(untouched)}</li>`]
      : []),
    ...grouped(doubtful, cause(page)).map(([reason, of]) => entry('inconclusive', html`${reason}`, of)),
  ];
  return section(
    'untested',
    'What was not tested, and why',
    entries.length === 0
      ? html`<p>Nothing: every check that there is was made, and came to a verdict.</p>`
      : html`<ul class="rows">${limited(entries)}</ul>`,
  );
}

const grouped = (all: readonly Placed[], by: (one: Placed) => string) => [...Map.groupBy(all, by)];

const entry = (verdict: 'skip' | 'inconclusive', why: SafeHtml, of: readonly Placed[]): SafeHtml =>
  html`<li>${chip(verdict)} ${why}: <span class="clauses">${clauseLinks(of.map(({ clause }) => clause.id))}</span></li>`;

/** Another clause's failure, a lost answer, or what the check itself says. */
function cause(page: Page): (doubtful: Placed) => string {
  const verdicts = new Map(page.report.clauses.map(({ id, verdict }) => [id, verdict]));
  return ({ check }) => {
    if (check.because !== undefined)
      return `because of ${check.because} (${verdicts.get(check.because) ?? 'not in this report'})`;
    const { lost } = page.evidence(check);
    return lost === undefined ? check.reason : printable(lost);
  };
}

/** What a server does where the docs leave it open: it counts neither for nor against. */
export function observations(page: Page): SafeHtml | null {
  const observed = placed(page.report.clauses).filter(({ check }) => check.verdict === 'observed');
  if (observed.length === 0) return null;
  return section(
    'observed',
    'Observed, where the docs leave it open',
    html`<ul class="rows">${limited(
      observed.map(
        ({ clause, check }) =>
          html`<li>${clauseLink(clause.id)}, ${check.name}: <b>${check.seen ?? check.reason}</b></li>`,
      ),
    )}</ul>`,
  );
}

const limited = (entries: SafeHtml[]): SafeHtml[] => [
  ...entries.slice(0, mostEntries),
  ...(entries.length > mostEntries
    ? [html`<li class="quiet">and ${entries.length - mostEntries} more: see report.json</li>`]
    : []),
];

const operations = ['list', 'read', 'cancel'] as const;
type Operation = (typeof operations)[number];

/** So many rows of a table stand there, the most frequent first. */
const mostRows = 24;

export function coverage({ report }: Page): SafeHtml {
  const byOperation = Map.groupBy(report.exchanges, ({ operation }) => operation);
  const documented = documentedStatuses(report.clauses.map(({ id }) => id));
  return section(
    'coverage',
    'What was asked',
    html`<p class="quiet">${counted(report.exchanges.length, 'exchange')}, ${byOperation.get('control')?.length ?? 0} of them to bring tasks about. A documented status that was never seen is 0.</p>`,
    html`<div class="tables">${operations.map((operation) =>
      table(operation, byOperation.get(operation) ?? [], documented.get(operation) ?? []),
    )}</div>`,
  );
}

/** By the ids of the clauses that are derived from them: `read.status.404`. */
function documentedStatuses(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = ids.flatMap((id) => /^(list|read|cancel)\.status\.(\d{3})$/.exec(id)?.slice(1, 3) ?? []);
  const pairs = found.flatMap((part, at) => (at % 2 === 0 ? [[part, found[at + 1] ?? ''] as const] : []));
  return new Map(
    [...Map.groupBy(pairs, ([operation]) => operation)].map(([operation, of]) => [
      operation,
      of.map(([, status]) => status),
    ]),
  );
}

function table(
  operation: Operation,
  exchanges: readonly Exchange[],
  documented: readonly string[],
): SafeHtml {
  const rows = [...Map.groupBy(exchanges, parametersOf)].sort(([, a], [, b]) => b.length - a.length);
  const statuses = [...new Set([...documented, ...exchanges.map(answered)])].sort();
  const left = rows.length - mostRows;
  const count = (among: readonly Exchange[], status: string): number =>
    among.filter((exchange) => answered(exchange) === status).length;
  return html`<table><caption>${operation}</caption><thead><tr><th scope="col">parameters</th>${statuses.map((status) => html`<th scope="col">${status}</th>`)}</tr></thead><tbody>${rows
    .slice(0, mostRows)
    .map(
      ([parameters, among]) =>
        html`<tr><th scope="row">${printable(parameters, 120)}</th>${statuses.map((status) => html`<td>${count(among, status) || null}</td>`)}</tr>`,
    )}<tr class="sum"><th scope="row">${left > 0 ? `all, with ${left} more rows` : 'all'}</th>${statuses.map(
    (status) => {
      const all = count(exchanges, status);
      return html`<td class="${all === 0 ? 'never' : ''}">${all}</td>`;
    },
  )}</tr></tbody></table>`;
}

const answered = ({ response, lost }: Exchange): string =>
  lost === undefined && response ? `${response.status}` : 'no answer';

/** `verbose=true, X-Result-TTL`; the login goes without saying. */
function parametersOf({ request: { path, headers, credentials } }: Exchange): string {
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const ttl = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-result-ttl')?.[1];
  const parts = [
    ...[...query].map(([name, value]) =>
      ['true', 'false'].includes(value) ? `${name}=${value}` : `${name} malformed`,
    ),
    ...(ttl === undefined ? [] : [/^\d+$/.test(ttl) ? 'X-Result-TTL' : 'X-Result-TTL malformed']),
    ...(credentials === 'own' ? [] : [`credentials: ${credentials}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
