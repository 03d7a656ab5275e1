/** The part of the page on judged traffic: which clauses it exercised, what the clients rely on, what was left out. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { type TrafficText, trafficTitles } from '../text/traffic.ts';
import { clauseLink, section } from './parts.ts';

export const traffic = ({ clauses, exercised, kinds, relied, unused, observations }: TrafficText): SafeHtml =>
  section(
    'traffic',
    trafficTitles.exercised,
    html`<p class="quiet">${clauses}. The others were never exercised: see what is not proven.</p>`,
    html`<div class="tables">${table(
      'Clauses, and how many responses upheld or broke them',
      ['clause', 'level', 'upheld', 'broken'],
      exercised.map(({ id, level, upheld, broken }) => [clauseLink(id), level, upheld, broken]),
    )}${table(`${trafficTitles.relied}: ${kinds}`, ['request and answer', 'times'], relied)}</div>`,
    lines(trafficTitles.unused, unused),
    lines(trafficTitles.observed, observations),
  );

type Cell = SafeHtml | string | number;

const table = (caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): SafeHtml =>
  html`<table><caption>${caption}</caption><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
    ([first = '', ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;

const lines = (title: string, all: readonly string[]): SafeHtml | null =>
  all.length === 0
    ? null
    : html`<p><b>${title}</b></p><ul class="rows">${all.map((line) => html`<li>${line}</li>`)}</ul>`;
