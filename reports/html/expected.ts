/** Which failures were expected and why, which were not, and which expectations don't hold any more. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { printable } from '../escape.ts';
import { excuse, toBeDeleted } from '../expected.ts';
import { counted } from '../headline.ts';
import { clauseLink } from './links.ts';
import type { Page } from './page.ts';
import { section } from './sections.ts';

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
