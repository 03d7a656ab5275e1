/** The parts above and below the clauses: verdict, what broke, known failures, what was not tested, what was requested. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult, ClauseResult } from '../../harness/model/report.ts';
import { printable } from '../text/escape.ts';
import { kindsOf, needsLogin } from '../text/evidence.ts';
import { oneLine } from '../text/layout.ts';
import {
  basisOf,
  counted,
  duration,
  exploredSentence,
  extent,
  knownSentence,
  loginHint,
  nextStep,
  notProven,
  outdatedSentences,
  reasonOf,
  remarksOn,
  tally,
  titles,
} from '../text/sentences.ts';
import { type TrafficText, trafficText, trafficTitles } from '../text/traffic.ts';
import { curls, expectedAndSeen } from './exchange.ts';
import { type Page, placed } from './page.ts';
import { chip, clauseLink, clauseLinks, inOrder, prose, section } from './parts.ts';

export function banner({ report }: Page): SafeHtml {
  const { verdict, target, run } = report;
  const next = nextStep(report);
  const tried = exploredSentence(run);
  const traffic = trafficText(report);
  const explored = tried === undefined ? null : html`<dt>Explored</dt><dd>${tried}</dd>`;
  const server = target.server === null ? null : html`<dt>Server</dt><dd>${target.server}</dd>`;
  return html`<header class="banner ${verdict}">
<p class="of">Active-Active task API, <code>/v1/crdb_tasks</code></p>
<h1>${verdict}</h1>
<p class="tally">${tally(report)}</p>
${remarksOn(report).map((remark) => html`<p class="cut-short">${remark}</p>`)}${next === undefined ? null : html`<p>${next}</p>`}
<dl class="facts">
<dt>Target</dt><dd>${target.name}, <code>${target.url}</code></dd>${server}
<dt>When</dt><dd><time datetime="${run.startedAt}">${minute(run.startedAt)}</time>, took ${duration(run.durationMs)}</dd>
<dt>How</dt><dd>${traffic ? `traffic of others: ${traffic.seen}` : `profile ${run.profile}, seed ${run.seed}, tasks by ${target.provisioner}`}</dd>${explored}
</dl>
</header>
${counts(report.summary)}`;
}

/** `2026-11-24 03:12 UTC`; any other text as it is. */
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

/** So many clauses are shown with their proof; of the others the names alone. */
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
  return html`${part(page, 'broken', `${titles.fail}: ${counted(failed.length, 'clause')}`, failed, 'fail')}${part(page, 'warned', `${titles.warn}: ${counted(warned.length, 'clause')}`, warned, 'warn')}`;
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
    lines.some(needsLogin) ? html`<p class="quiet">${loginHint}</p>` : null,
    html`<div class="cards">${clauses.slice(0, mostCards).map((clause) => card(page, clause, verdict))}</div>`,
    others.length > 0 ? html`<p>More: ${clauseLinks(others)}</p>` : null,
  );
}

function card(page: Page, clause: ClauseResult, verdict: 'fail' | 'warn'): SafeHtml {
  const checks = clause.checks.filter((check) => check.verdict === verdict);
  const [alike = []] = kindsOf(checks);
  const [first] = alike;
  const since = page.since.get(clause.id);
  return html`<article class="card ${verdict}"><h3>${chip(verdict)} ${clauseLink(clause.id)}</h3>
${since === undefined ? null : html`<p class="since">${since}</p>`}<p class="statement">${prose(clause.statement)}</p>${first ? proof(page, first) : null}
<p class="quiet">${clause.level}, ${basisOf(clause)}; ${extent(checks, clause)}</p></article>`;
}

/** The first check that shows it, with the last of its requests. */
function proof(page: Page, check: CheckResult): SafeHtml {
  return html`<p class="reason">${prose(oneLine(reasonOf(check), longestReason))}</p>${expectedAndSeen(check)}${curls(page, check, mostLines)}`;
}

export function knownFailures({ report }: Page): SafeHtml | null {
  const { expectations } = report;
  if (!expectations) return null;
  const { met, unexpected } = expectations;
  const outdated = outdatedSentences(report);
  return section(
    'expected',
    `${titles.known}: ${met.length} of ${counted(met.length + unexpected.length, 'failure')}`,
    rows(met.map((entry) => html`${clauseLink(printable(entry.clause))}: ${knownSentence(entry)}`)),
    unexpected.length === 0 ? null : html`<p><b>Unexpected failures</b></p>`,
    rows(
      unexpected.map(
        ({ clause, fingerprint }) => html`${clauseLink(printable(clause))}: ${printable(fingerprint)}`,
      ),
    ),
    outdated.length === 0 ? null : html`<p><b>${titles.outdated}</b></p>`,
    rows(outdated.map((sentence) => html`${sentence}`)),
  );
}

const rows = (all: readonly SafeHtml[]): SafeHtml | null =>
  all.length === 0 ? null : html`<ul class="rows">${all.map((one) => html`<li>${one}</li>`)}</ul>`;

const mostEntries = 40;

/** What is not proven, by its cause; first what a reader can do something about. */
export function unproven({ report }: Page): SafeHtml {
  const all = notProven(report);
  const entries = (isWanted: boolean) =>
    all
      .filter(({ part }) => (part === 'suspicious') === isWanted)
      .map(
        ({ part, sentence, clauses }) =>
          html`<li>${chip(part === 'suspicious' ? 'inconclusive' : part)} ${sentence}: <span class="clauses">${clauseLinks(clauses)}</span></li>`,
      );
  const [suspicious, others] = [entries(true), entries(false)];
  return section(
    'untested',
    'What is not proven, and why',
    suspicious.length === 0
      ? null
      : html`<p><b>${titles.suspicious}</b></p><ul class="rows">${limited(suspicious)}</ul>`,
    all.length === 0
      ? html`<p>Nothing: every check ran and has a verdict.</p>`
      : html`<ul class="rows">${limited(others)}</ul>`,
  );
}

/** What a server does where the docs leave it open: it counts neither for nor against. */
export function observations(page: Page): SafeHtml | null {
  const observed = placed(page.report.clauses).filter(({ check }) => check.verdict === 'observed');
  if (observed.length === 0) return null;
  return section(
    'observed',
    `${titles.observed}, where the docs leave it open`,
    html`<ul class="rows">${limited(
      observed.map(
        ({ clause, check }) =>
          html`<li>${clauseLink(clause.id)}, ${check.name}: <b>${reasonOf(check)}</b></li>`,
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

/** So many rows of a table are shown, the most frequent first. */
const mostRows = 24;

export function coverage({ report }: Page): SafeHtml {
  const byOperation = Map.groupBy(report.exchanges, ({ operation }) => operation);
  const documented = documentedStatuses(report.clauses.map(({ id }) => id));
  return section(
    'coverage',
    'What was requested',
    html`<p class="quiet">${counted(report.exchanges.length, 'exchange')}, ${byOperation.get('control')?.length ?? 0} of them to create and move tasks. A 0 marks a documented status that no response had.</p>`,
    html`<div class="tables">${operations.map((operation) =>
      table(operation, byOperation.get(operation) ?? [], documented.get(operation) ?? []),
    )}</div>`,
  );
}

/** The statuses that the docs name, by operation: from the ids of their clauses, such as `read.status.404`. */
function documentedStatuses(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const parts = ids.filter((id) => /^(list|read|cancel)\.status\.\d{3}$/.test(id)).map((id) => id.split('.'));
  const byOperation = Map.groupBy(parts, ([operation = '']) => operation);
  return new Map(
    [...byOperation].map(([operation, of]) => [operation, of.map(([, , status = '']) => status)]),
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
  lost === undefined && response ? `${response.status}` : 'no response';

/** `verbose=true, X-Result-TTL`; the usual login is left out. */
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

/** The part of the page on judged traffic: which clauses it exercised, what the clients rely on, what was left out. */
export const traffic = ({ clauses, exercised, kinds, relied, unused, observations }: TrafficText): SafeHtml =>
  section(
    'traffic',
    trafficTitles.exercised,
    html`<p class="quiet">${clauses}. The others were never exercised: see what is not proven.</p>`,
    html`<div class="tables">${trafficTable(
      'Clauses, and how many responses upheld or broke them',
      ['clause', 'level', 'upheld', 'broken'],
      exercised.map(({ id, level, upheld, broken }) => [clauseLink(id), level, upheld, broken]),
    )}${trafficTable(`${trafficTitles.relied}: ${kinds}`, ['request and answer', 'times'], relied)}</div>`,
    listed(trafficTitles.unused, unused),
    listed(trafficTitles.observed, observations),
  );

type Cell = SafeHtml | string | number;

const trafficTable = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): SafeHtml =>
  html`<table><caption>${caption}</caption><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
    ([first = '', ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;

const listed = (title: string, all: readonly string[]): SafeHtml | null =>
  all.length === 0 ? null : html`<p><b>${title}</b></p>${rows(all.map((line) => html`${line}`))}`;
