/** What broke, on one screen: each clause with its first proof, and the line that shows it again. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { CheckResult, ClauseResult } from '../../harness/model/report.ts';
import { needsLogin } from '../evidence.ts';
import { counted } from '../headline.ts';
import { oneLine } from '../terminal/layout.ts';
import { expectedAndSeen } from './compared.ts';
import { curls } from './curls.ts';
import { kindsOf } from './kinds.ts';
import { clauseLink, clauseLinks } from './links.ts';
import { type Page, placed } from './page.ts';
import { prose } from './prose.ts';
import { section } from './sections.ts';
import { chip } from './verdicts.ts';

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
