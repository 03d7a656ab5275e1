/** Why an answer about an expiry is a proof: the age of the status at each read, against its deadline and grace. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { printable } from '../../escape.ts';
import { statusOf } from '../exchange.ts';
import { axis } from './axis.ts';
import type { Aged, RetentionStory } from './retention.ts';

const rowPx = 27;

export function retentionLine({ ttlS, keptUntilMs, goneFromMs, reads }: RetentionStory): SafeHtml {
  const ages = reads.flatMap(({ age }) => [age.earliestMs, age.latestMs]);
  const [youngest, oldest] = [Math.min(keptUntilMs, ...ages), Math.max(goneFromMs, ...ages)];
  const pad = 0.12 * (oldest - youngest);
  const [fromMs, toMs] = [Math.max(0, youngest - pad), oldest + pad];
  const on = axis(fromMs, toMs, 0);
  const heightPx = reads.length * rowPx;
  return html`<figure class="timeline retention"><figcaption>Age of the status, kept for ${ttlS} s after the end of the task:
<span class="key kept">must be 200 before ${inSeconds(keptUntilMs)}</span> <span class="key nothing">proves nothing</span> <span class="key gone">must be 404 after ${inSeconds(goneFromMs)}</span></figcaption>
<svg role="img" aria-label="${reads.map(proofOf).join(' ')}" height="${heightPx + 16}"><rect class="kept" height="${heightPx}" ${on.span(fromMs, keptUntilMs)}/><rect class="nothing" height="${heightPx}" ${on.span(keptUntilMs, goneFromMs)}/><rect class="gone" height="${heightPx}" ${on.span(goneFromMs, toMs)}/><g class="axis">${on.ticks(heightPx)}</g>${reads.map(
    (read, at) =>
      html`<svg y="${at * rowPx}" height="${rowPx}"><text class="proof" y="11" x="4">${printable(read.exchange.id, 40)} → ${statusOf(read.exchange)}</text><rect class="proof" y="15" height="7" ${on.span(read.age.earliestMs, read.age.latestMs)}/></svg>`,
  )}</svg>
<ul>${reads.map((read) => html`<li>${proofOf(read)}</li>`)}</ul></figure>`;
}

const owed: Readonly<Record<Aged['due'], string>> = {
  kept: 'so it must be answered with 200',
  gone: 'so it must be answered with 404',
  nothing: 'too near to the expiry to prove anything',
};

function proofOf({ exchange, age, due }: Aged): string {
  const [from, to] = [inSeconds(age.earliestMs), inSeconds(age.latestMs)];
  return `${printable(exchange.id, 40)} came ${from === to ? from : `${from} to ${to}`} after the end, ${owed[due]}; it was answered with ${statusOf(exchange)}.`;
}

/** To a tenth of a second, for that is what a reader compares. */
const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
