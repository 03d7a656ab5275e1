/** One clause: what it says, how firm its ground is, and its checks, the gravest first. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { ClauseResult } from '../../harness/model/report.ts';
import { counted } from '../headline.ts';
import { quoted } from '../shell.ts';
import { anchor } from './anchor.ts';
import { check, checkInBrief } from './check.ts';
import { command } from './curls.ts';
import { kindsOf } from './kinds.ts';
import { docsLink } from './links.ts';
import type { Page } from './page.ts';
import { phasesOf } from './phases.ts';
import type { Plan } from './plan.ts';
import { prose } from './prose.ts';
import { suiteOf } from './suites.ts';
import { chip, inOrder } from './verdicts.ts';

/** So many kinds of failure are open at once, in so many clauses; the others are a click away. */
const [openKinds, openClauses] = [2, 6];
/** So many checks of a clause stand in the page. */
const mostChecks = 100;

export function clauses(page: Page, plan: Plan): SafeHtml {
  const broken = page.report.clauses.filter(({ verdict }) => verdict === 'fail');
  const open = new Set(broken.slice(0, openClauses));
  return html`${page.report.clauses.map((one) => clause(page, plan, one, open.has(one)))}`;
}

function clause(page: Page, plan: Plan, clause: ClauseResult, open: boolean): SafeHtml {
  const { id, level, basis, statement, reason, verdict, checks } = clause;
  const phases = [...new Set(checks.flatMap((one) => phasesOf(page, one)))];
  const rows = checks
    .map((one, row) => ({ check: one, row }))
    .toSorted((a, b) => inOrder.indexOf(a.check.verdict) - inOrder.indexOf(b.check.verdict));
  const failed = open ? checks.filter((one) => one.verdict === 'fail') : [];
  const opened = kindsOf(failed)
    .slice(0, openKinds)
    .flatMap(([first]) => first ?? []);
  const left = rows.length - mostChecks;
  return html`<section class="clause ${verdict}" data-verdict="${verdict}" data-level="${level}" data-suite="${suiteOf(clause)}" data-phases="${phases.join(' ')}"><details ${open ? html`open` : null}><summary>${chip(verdict)} <h3><code>${id}</code></h3> <span class="level">${level}</span> <span class="statement">${prose(statement)}</span> <span class="quiet">${extent(clause)}</span></summary>
<p class="ground" id="${anchor(id)}"><b>${basis}</b>: ${prose(reason)} In the docs: ${docsLink(clause)}. <a href="#${anchor(id)}">Link to this clause</a></p>
${rows
  .slice(0, mostChecks)
  .map(({ check: one, row }) =>
    plan.isWhole(one)
      ? check(page, plan, { clause, check: one }, row, opened.includes(one))
      : checkInBrief({ clause, check: one }, row),
  )}${left > 0 ? html`<p class="quiet">and ${counted(left, 'other check')} in report.json</p>` : null}
${command(again(page, id), 'runs this clause again')}</details></section>`;
}

/** `2 of 5 checks` that came to the clause's verdict; of a clause that holds, how many there are. */
function extent({ verdict, checks }: ClauseResult): string {
  if (verdict === 'pass' || checks.length === 0) return counted(checks.length, 'check');
  return `${checks.filter((one) => one.verdict === verdict).length} of ${counted(checks.length, 'check')}`;
}

/** The command that tries one clause on the same target. Login and password come from the environment. */
function again({ report: { target, run } }: Page, id: string): string {
  const { insecure, ca, cert, key } = run.settings;
  return [
    `crdb-conformance run --target ${quoted(target.url)} --provision ${quoted(target.provisioner)}`,
    `--clause ${quoted(id)} --seed ${run.seed}`,
    ...(insecure === true ? ['--insecure'] : []),
    ...(typeof ca === 'string' ? [`--ca ${quoted(ca)}`] : []),
    ...(typeof cert === 'string' && typeof key === 'string'
      ? [`--cert ${quoted(cert)} --key ${quoted(key)}`]
      : []),
  ].join(' ');
}
