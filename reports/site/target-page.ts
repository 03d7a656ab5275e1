/** One target: which clauses it broke in which run, and what changed from run to run, with what may explain it. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Verdict } from '../../harness/model/verdict.ts';
import { counted } from '../headline.ts';
import { blame, changedLines } from '../history/causes.ts';
import { type Change, type Comparison, compare, isBroken, type Kind, kinds } from '../history/compare.ts';
import type { PastRun } from '../history/past-run.ts';
import { minuteOf } from '../history/when.ts';
import { indexFile, runFile } from './file-names.ts';
import { document, rowOf, shown, wideTable } from './layout.ts';
import type { SiteTarget } from './site.ts';

const marks: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  fail: '✗',
  warn: '!',
  inconclusive: '?',
  skip: '–',
  observed: '·',
};

export function targetPage({ name, runs }: SiteTarget): string {
  return document(
    name,
    html`<p><a href="../${indexFile}">All targets</a></p><h1>${shown(name)}</h1>`,
    html`<h2>What changed</h2>`,
    story(runs),
    html`<h2>Clauses that were not always proven</h2>
<p class="quiet">✓ pass · ✗ fail · ! a broken should · ? inconclusive · – skip · · observed; empty: the run was not about it.</p>`,
    matrix(runs),
  );
}

/** @param runs the newest first */
function story(runs: readonly PastRun[]): SafeHtml[] {
  const nights = runs.flatMap((run, row) => {
    const before = runs[row + 1];
    return before ? (episode(compare(before, run)) ?? []) : [first(run)];
  });
  return [
    html`<p class="quiet">${counted(runs.length, 'run')}; those after which nothing was new are left out.</p>\n`,
    ...nights,
  ];
}

const heading = ({ id, startedMs, verdict, tally }: PastRun): SafeHtml =>
  html`<h3><a href="../${runFile(id)}">${minuteOf(startedMs)}</a> <span class="${verdict}">${verdict}</span>: ${tally}</h3>`;

function first(run: PastRun): SafeHtml {
  const broken = [...run.clauses].filter(([, of]) => isBroken(of)).map(([id]) => shown(id));
  const said = broken.length === 0 ? 'nothing was broken' : `broken: ${broken.join(', ')}`;
  return html`${heading(run)}<ul><li>the first run shown; ${said}</li></ul>\n`;
}

function episode(comparison: Comparison): SafeHtml | undefined {
  const news = comparison.changes.filter(({ kind }) => kind !== 'still broken');
  const changed = changedLines(comparison);
  if (news.length + changed.length === 0 && comparison.before.verdict === comparison.after.verdict)
    return undefined;
  return html`${heading(comparison.after)}<ul>
${changed.map((line) => html`<li>changed: ${line}</li>\n`)}${kinds.map((kind) => entries(kind, news))}</ul>\n`;
}

/** What became broken or whole is told with what may explain it; what could only be seen or not, by name. */
function entries(kind: Kind, all: readonly Change[]): SafeHtml[] {
  const changes = all.filter((change) => change.kind === kind);
  if (changes.length === 0) return [];
  if (explained.includes(kind)) return changes.map((change) => html`<li>${entry(change)}</li>\n`);
  const names = changes.map(({ clause }, row) => html`${row === 0 ? '' : ', '}<code>${shown(clause)}</code>`);
  return [html`<li>${kind}: ${names}</li>\n`];
}

const explained: readonly Kind[] = ['new', 'fixed'];

function entry({ kind, clause, level, before, after, causes }: Change): SafeHtml {
  const turned = `${before?.verdict ?? 'not judged'} → ${after?.verdict ?? 'not judged'}`;
  const reason = kind === 'new' && after?.reason ? html`<br><code>${shown(after.reason)}</code>` : html``;
  return html`<strong>${kind}</strong>: <code>${shown(clause)}</code> (${level}), ${turned}; ${blame(causes)}${reason}`;
}

function matrix(runs: readonly PastRun[]): SafeHtml[] {
  const ids = [...new Set(runs.flatMap(({ clauses }) => [...clauses.keys()]))];
  const dull = (id: string): boolean =>
    runs.every(({ clauses }) => ['pass', 'observed', undefined].includes(clauses.get(id)?.verdict));
  const telling = ids.filter((id) => !dull(id));
  const rest = html`<p>${counted(ids.length - telling.length, 'clause')} passed, or was only observed, in every run that was about it.</p>`;
  if (telling.length === 0) return [rest];
  const head = ['clause', ...runs.map(({ startedMs }) => minuteOf(startedMs).slice(5, 10))];
  const rows = telling.map((id) =>
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
  return html`<td><a class="${of.verdict}" href="../${runFile(id)}" title="${label}" aria-label="${label}">${marks[of.verdict]}</a></td>`;
}
