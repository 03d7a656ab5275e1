/** The page of one run: its whole report where the history holds it, else the verdicts that it remembers. */
import { html } from '@remix-run/html-template';
import type { Report } from '../../harness/model/report.ts';
import type { PastRun } from '../history/past-run.ts';
import { minuteOf } from '../history/when.ts';
import { toHtml } from '../html.ts';
import { indexFile, targetFile } from './file-names.ts';
import { document, shown } from './layout.ts';

/** @param since when each broken clause broke, in a few words by its id */
export function runPage(
  run: PastRun,
  report: Report | undefined,
  since: ReadonlyMap<string, string>,
): string {
  const partOf = [
    { href: `../${indexFile}`, title: 'All targets' },
    { href: `../${targetFile(run.target)}`, title: run.target },
  ];
  if (report) return toHtml(report, { since, partOf });
  const title = `${run.target}, ${minuteOf(run.startedMs)}: ${run.verdict}`;
  return document(
    title,
    html`<p>${partOf.map(({ href, title }) => html`<a href="${href}">${shown(title)}</a> `)}</p>`,
    html`<h1>${shown(title)}</h1><p>Run ${shown(run.id)}: ${run.tally}. Its report was not kept.</p>
<ul>${[...run.clauses].map(([id, { verdict, reason }]) => html`<li><code>${shown(id)}</code>: <span class="${verdict}">${verdict}</span> ${shown(reason ?? '')}</li>\n`)}</ul>`,
  );
}
