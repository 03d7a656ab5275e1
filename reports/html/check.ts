/** One check with its proof: asked, got, expected; how to repeat it; what happened when; the exchanges. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { counted } from '../headline.ts';
import { checkAnchor } from './anchor.ts';
import { bodiesCompared, expectedAndSeen } from './compared.ts';
import { curls } from './curls.ts';
import { elsewhere, exchange } from './exchange.ts';
import { clauseLink } from './links.ts';
import type { Page, Placed } from './page.ts';
import { mostExchanges, type Plan } from './plan.ts';
import { prose } from './prose.ts';
import { timeline } from './timeline.ts';
import { chip } from './verdicts.ts';

/** In characters: so much of a body stands in the page. */
const [longBody, shortBody] = [8000, 1000];

/** @param open its proof is open when the page is */
export function check(
  page: Page,
  plan: Plan,
  { clause, check }: Placed,
  row: number,
  open: boolean,
): SafeHtml {
  const shown = page.shown(check);
  const id = checkAnchor(clause.id, row);
  const isBroken = check.verdict === 'fail' || check.verdict === 'warn';
  const left = shown.length - mostExchanges;
  return html`<details class="check ${check.verdict}" ${open ? html`open` : null}><summary>${chip(check.verdict)} <span class="name">${check.name}</span> <span class="reason">${prose(check.reason)}</span></summary>
<div class="proof" id="${id}">${expectedAndSeen(check)}${check.because === undefined ? null : html`<p>Because of ${clauseLink(check.because)}</p>`}${curls(page, check)}${plan.isDrawn(check) ? timeline(page, check) : null}${isBroken ? bodiesCompared(shown) : null}
${shown.length === 0 ? html`<p class="quiet">No exchange shows it.</p>` : shown.slice(0, mostExchanges).map((one) => (plan.isHome(one, check) ? exchange(one, isBroken ? longBody : shortBody) : elsewhere(one)))}${left > 0 ? html`<p class="quiet">and ${counted(left, 'other exchange')} in report.json</p>` : null}<p class="link"><a href="#${id}">Link to this finding</a></p></div></details>`;
}

/** The same in one line, where a page that told all would be too long to read. */
export const checkInBrief = ({ clause, check }: Placed, row: number): SafeHtml =>
  html`<p class="check brief" id="${checkAnchor(clause.id, row)}">${chip(check.verdict)} <span class="name">${check.name}</span> <span class="reason">${prose(check.reason)}</span></p>`;
