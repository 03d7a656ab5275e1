/** The first page: every target, day by day. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { RunVerdict } from '../../harness/model/verdict.ts';
import { counted } from '../headline.ts';
import type { PastRun } from '../history/past-run.ts';
import { minuteOf } from '../history/when.ts';
import { runFile, targetFile } from './file-names.ts';
import { document, rowOf, shown, wideTable } from './layout.ts';
import type { SiteTarget } from './site.ts';

const marks: Readonly<Record<RunVerdict, string>> = {
  conformant: '✓',
  'non-conformant': '✗',
  incomplete: '?',
};

const dayOf = ({ startedMs }: PastRun): string => minuteOf(startedMs).slice(0, 10);

export function indexPage(targets: readonly SiteTarget[]): string {
  const days = [...new Set(targets.flatMap(({ runs }) => runs.map(dayOf)))].sort().reverse();
  return document(
    'Conformance of the task API, day by day',
    html`<h1>Conformance of the task API, day by day</h1>
<p class="quiet">✓ conformant · ✗ non-conformant · ? incomplete: nothing broken, and not everything proven. A day's mark is that of its last run; each leads to its page.</p>`,
    html`<h2>Now</h2><ul>${targets.map(now)}</ul>`,
    html`<h2>Days</h2>`,
    wideTable(
      'Verdicts by target and day',
      ['target', ...days.map((day) => day.slice(5))],
      targets.map((target) => row(target, days)),
    ),
  );
}

function now({ name, runs }: SiteTarget): SafeHtml {
  const [newest] = runs;
  if (!newest) return html``;
  const { verdict, tally, startedMs, id } = newest;
  return html`<li><a href="${targetFile(name)}">${shown(name)}</a>: <a class="${verdict}" href="${runFile(id)}">${marks[verdict]} ${verdict}</a>, ${tally} <span class="quiet">(${minuteOf(startedMs)} UTC)</span></li>\n`;
}

function row({ name, runs }: SiteTarget, days: readonly string[]): SafeHtml {
  const byDay = Map.groupBy(runs, dayOf);
  return rowOf(
    html`<a href="${targetFile(name)}">${shown(name)}</a>`,
    days.map((day) => cell(byDay.get(day) ?? [])),
  );
}

/** @param runs of one day, the newest first */
function cell(runs: readonly PastRun[]): SafeHtml {
  const [last] = runs;
  if (!last) return html`<td></td>`;
  const { id, verdict, startedMs } = last;
  const label = `${verdict}, ${minuteOf(startedMs)}${runs.length > 1 ? `, the last of ${counted(runs.length, 'run')}` : ''}`;
  return html`<td><a class="${verdict}" href="${runFile(id)}" title="${label}" aria-label="${label}">${marks[verdict]}</a></td>`;
}
