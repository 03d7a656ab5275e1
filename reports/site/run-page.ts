/** The page of one run: its whole report where the history holds it, else the verdicts that it remembers. */
import { html } from '@remix-run/html-template';
import { headline } from '../headline.ts';
import type { PastRun } from '../history/past-run.ts';
import { minuteOf } from '../history/when.ts';
import type { Report } from '../report.ts';
import { terminal } from '../terminal.ts';
import { indexFile, targetFile } from './file-names.ts';
import { document, shown } from './layout.ts';

/** In characters: what a printed page is wide. */
const width = 110;

export function runPage(run: PastRun, report: Report | undefined): string {
  const back = html`<p><a href="../${indexFile}">All targets</a> · <a href="../${targetFile(run.target)}">${shown(run.target)}</a></p>`;
  const title = `${run.target}, ${minuteOf(run.startedMs)}: ${report ? headline(report) : run.verdict}`;
  if (report)
    return document(
      title,
      back,
      html`<h1>${shown(title)}</h1><pre>${terminal(report, { colour: false, width })}</pre>`,
    );
  return document(
    title,
    back,
    html`<h1>${shown(title)}</h1><p>Run ${shown(run.id)}: ${run.tally}. Its report was not kept.</p>
<ul>${[...run.clauses].map(([id, { verdict, reason }]) => html`<li><code>${shown(id)}</code>: <span class="${verdict}">${verdict}</span> ${shown(reason ?? '')}</li>\n`)}</ul>`,
  );
}
