/** What was not judged the same in every run: its own finding, whichever run is shown. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { counted } from '../headline.ts';
import { unstableOf } from '../unstable.ts';
import { clauseLink } from './links.ts';
import type { Page } from './page.ts';
import { section } from './sections.ts';
import { chip } from './verdicts.ts';

export function unstable({ report }: Page): SafeHtml | null {
  const { repeats } = report;
  if (!repeats) return null;
  const all = unstableOf(report);
  const runs = `${counted(repeats.times, 'run')}, seeds ${repeats.firstSeed} to ${repeats.firstSeed + repeats.times - 1}; this page shows run ${repeats.shown}, the worst.`;
  return section(
    'unstable',
    `Unstable: ${counted(all.length, 'must clause')}`,
    html`<p>${runs}</p>`,
    all.length === 0
      ? html`<p>Every must clause was judged the same in all of them.</p>`
      : html`<ul class="rows">${all.map(
          ({ id, failed, story, clause }) =>
            html`<li>${chip(failed ? 'fail' : 'inconclusive')} ${clause ? clauseLink(id) : html`<code>${id}</code>`}: ${story}</li>`,
        )}</ul>`,
  );
}
