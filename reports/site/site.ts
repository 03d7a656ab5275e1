/** A history as a static site: plain files that any host can serve, and that open from a disk. */

import { createHash } from 'node:crypto';
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Report } from '../../harness/model/report.ts';
import type { RunVerdict } from '../../harness/model/verdict.ts';
import {
  type Change,
  type ChangeKind,
  type Comparison,
  changedLines,
  compare,
  explanation,
  kinds,
} from '../history/compare.ts';
import { isBroken, type PastRun } from '../history/runs.ts';
import { minuteOf } from '../history/text.ts';
import { document } from '../html/document.ts';
import { signs } from '../html/parts.ts';
import { toHtml } from '../html.ts';
import { printable } from '../text/escape.ts';
import { counted } from '../text/sentences.ts';

const indexFile = 'index.html';
export const targetFile = (name: string): string => `targets/${fileName(name)}.html`;
export const runFile = (id: string): string => `runs/${fileName(id)}.html`;

/** A plain name is kept; another one is made plain, and distinguished from others by a hash. */
function fileName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,79}$/.test(name)) return name; // one case: some file systems know no other
  const plain = name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}

export interface SiteTarget {
  readonly name: string;
  /** The newest first. */
  readonly runs: readonly PastRun[];
}

export interface SiteFile {
  /** Within the site. */
  readonly path: string;
  readonly content: string;
}

export interface SiteHistory {
  reportOf(run: PastRun): Report;
  /** Since when each broken clause of a run was broken, in a few words by its id. */
  sinceOf(run: PastRun): ReadonlyMap<string, string>;
}

/** No page comes before those that it links to: a site that is served while it is built has no dead links. */
export function* siteFiles(targets: readonly SiteTarget[], history: SiteHistory): Generator<SiteFile> {
  for (const target of targets) {
    for (const run of target.runs) yield { path: runFile(run.id), content: runPage(run, history) };
    yield { path: targetFile(target.name), content: targetPage(target) };
  }
  yield { path: indexFile, content: indexPage(targets) };
}

const runMarks: Readonly<Record<RunVerdict, string>> = {
  conformant: '✓',
  'non-conformant': '✗',
  incomplete: '?',
};

const dayOf = ({ startedMs }: PastRun): string => minuteOf(startedMs).slice(0, 10);

function indexPage(targets: readonly SiteTarget[]): string {
  const days = [...new Set(targets.flatMap(({ runs }) => runs.map(dayOf)))].sort().reverse();
  return document('Conformance of the task API, day by day', [
    html`<h1>Conformance of the task API, day by day</h1>
<p class="quiet">✓ conformant · ✗ non-conformant · ? incomplete: nothing broken, but not everything proven. The mark of a day is that of its last run, and links to its page.</p>`,
    html`<h2>Now</h2><ul>${targets.map(now)}</ul>`,
    html`<h2>Days</h2>`,
    wideTable(
      'Verdicts by target and day',
      ['target', ...days.map((day) => day.slice(5))],
      targets.map((target) => row(target, days)),
    ),
  ]);
}

function now({ name, runs }: SiteTarget): SafeHtml {
  const [newest] = runs;
  if (!newest) return html``;
  const { verdict, tally, startedMs, id } = newest;
  return html`<li><a href="${targetFile(name)}">${shown(name)}</a>: <a class="${verdict}" href="${runFile(id)}">${runMarks[verdict]} ${verdict}</a>, ${tally} <span class="quiet">(${minuteOf(startedMs)} UTC)</span></li>\n`;
}

function row({ name, runs }: SiteTarget, days: readonly string[]): SafeHtml {
  const byDay = Map.groupBy(runs, dayOf);
  return rowOf(
    html`<a href="${targetFile(name)}">${shown(name)}</a>`,
    days.map((day) => dayCell(byDay.get(day) ?? [])),
  );
}

/** @param runs of one day, the newest first */
function dayCell(runs: readonly PastRun[]): SafeHtml {
  const [last] = runs;
  if (!last) return html`<td></td>`;
  const { id, verdict, startedMs } = last;
  const label = `${verdict}, ${minuteOf(startedMs)}${runs.length > 1 ? `, the last of ${counted(runs.length, 'run')}` : ''}`;
  return html`<td><a class="${verdict}" href="${runFile(id)}" title="${label}" aria-label="${label}">${runMarks[verdict]}</a></td>`;
}

const runPage = (run: PastRun, { reportOf, sinceOf }: SiteHistory): string =>
  toHtml(reportOf(run), {
    since: sinceOf(run),
    partOf: [
      { href: `../${indexFile}`, title: 'All targets' },
      { href: `../${targetFile(run.target)}`, title: run.target },
    ],
  });

function targetPage({ name, runs }: SiteTarget): string {
  return document(shown(name), [
    html`<p><a href="../${indexFile}">All targets</a></p><h1>${shown(name)}</h1>`,
    html`<h2>What changed</h2>`,
    changesOf(runs),
    html`<h2>Clauses that were not always proven</h2>
<p class="quiet">✓ pass · ✗ fail · ! a broken should · ? inconclusive · – skip · ○ observed; empty: not tested.</p>`,
    matrix(runs),
  ]);
}

/** @param runs the newest first */
function changesOf(runs: readonly PastRun[]): SafeHtml[] {
  const runsWithNews = runs.flatMap((run, row) => {
    const before = runs[row + 1];
    return before ? (changesIn(compare(before, run)) ?? []) : [first(run)];
  });
  return [
    html`<p class="quiet">${counted(runs.length, 'run')}; runs without a change are left out.</p>\n`,
    ...runsWithNews,
  ];
}

const heading = ({ id, startedMs, verdict, tally }: PastRun): SafeHtml =>
  html`<h3><a href="../${runFile(id)}">${minuteOf(startedMs)}</a> <span class="${verdict}">${verdict}</span>: ${tally}</h3>`;

function first(run: PastRun): SafeHtml {
  const broken = [...run.clauses].filter(([, of]) => isBroken(of)).map(([id]) => shown(id));
  const state = broken.length === 0 ? 'nothing was broken' : `broken: ${broken.join(', ')}`;
  return html`${heading(run)}<ul><li>the first run shown; ${state}</li></ul>\n`;
}

function changesIn(comparison: Comparison): SafeHtml | undefined {
  const news = comparison.changes.filter(({ kind }) => kind !== 'still broken');
  const changed = changedLines(comparison);
  if (news.length + changed.length === 0 && comparison.before.verdict === comparison.after.verdict)
    return undefined;
  return html`${heading(comparison.after)}<ul>
${changed.map((line) => html`<li>changed: ${line}</li>\n`)}${kinds.map((kind) => entries(kind, news))}</ul>\n`;
}

/** What broke or was fixed is shown with what may explain it; the others by name. */
function entries(kind: ChangeKind, all: readonly Change[]): SafeHtml[] {
  const changes = all.filter((change) => change.kind === kind);
  if (changes.length === 0) return [];
  if (explained.includes(kind)) return changes.map((change) => html`<li>${entry(change)}</li>\n`);
  const names = changes.map(({ clause }, row) => html`${row === 0 ? '' : ', '}<code>${shown(clause)}</code>`);
  return [html`<li>${kind}: ${names}</li>\n`];
}

const explained: readonly ChangeKind[] = ['new', 'fixed'];

function entry({ kind, clause, level, before, after, causes }: Change): SafeHtml {
  const turned = `${before?.verdict ?? 'not judged'} → ${after?.verdict ?? 'not judged'}`;
  const reason = kind === 'new' && after?.reason ? html`<br><code>${shown(after.reason)}</code>` : html``;
  return html`<strong>${kind}</strong>: <code>${shown(clause)}</code> (${level}), ${turned}; ${explanation(causes)}${reason}`;
}

function matrix(runs: readonly PastRun[]): SafeHtml[] {
  const ids = [...new Set(runs.flatMap(({ clauses }) => [...clauses.keys()]))];
  const isSteady = (id: string): boolean =>
    runs.every(({ clauses }) => ['pass', 'observed', undefined].includes(clauses.get(id)?.verdict));
  const unsteady = ids.filter((id) => !isSteady(id));
  const rest = html`<p>${counted(ids.length - unsteady.length, 'clause')} passed, or only observed, in every run that tested them.</p>`;
  if (unsteady.length === 0) return [rest];
  const head = ['clause', ...runs.map(({ startedMs }) => minuteOf(startedMs).slice(5, 10))];
  const rows = unsteady.map((id) =>
    rowOf(
      html`<code>${shown(id)}</code>`,
      runs.map((run) => cell(id, run)),
    ),
  );
  return [wideTable('Verdicts by clause and run', head, rows), rest];
}

function cell(clause: string, { id, startedMs, clauses }: PastRun): SafeHtml {
  const of = clauses.get(clause);
  if (!of) return html`<td></td>`;
  const label = `${of.verdict}, ${minuteOf(startedMs)}`;
  return html`<td><a class="${of.verdict}" href="../${runFile(id)}" title="${label}" aria-label="${label}">${signs[of.verdict]}</a></td>`;
}

/** Text from a target or a report, safe to show. */
const shown = (text: string): string => printable(text, 400);

/** A table that may be wider than a screen: it can be scrolled by keyboard, too. */
const wideTable = (label: string, head: readonly string[], rows: readonly SafeHtml[]): SafeHtml =>
  html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${[...rows]}</tbody>
</table></div>`;

const rowOf = (head: SafeHtml, cells: readonly SafeHtml[]): SafeHtml =>
  html`<tr><th scope="row">${head}</th>${[...cells]}</tr>\n`;
