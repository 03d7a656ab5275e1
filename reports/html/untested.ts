/** What is not proven: doubts by what caused them, skips by what was missing; and what was only observed. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { printable } from '../escape.ts';
import { clauseLink, clauseLinks } from './links.ts';
import { type Page, type Placed, placed } from './page.ts';
import { section } from './sections.ts';
import { chip } from './verdicts.ts';

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
