/** What was really asked, and what came back: each operation by its parameters and the status of the answer. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../../harness/model/exchange.ts';
import { printable } from '../escape.ts';
import { counted } from '../headline.ts';
import type { Page } from './page.ts';
import { section } from './sections.ts';

const operations = ['list', 'read', 'cancel'] as const;
type Operation = (typeof operations)[number];

/** So many rows of a table stand there, the most frequent first. */
const mostRows = 24;

export function coverage({ report }: Page): SafeHtml {
  const byOperation = Map.groupBy(report.exchanges, ({ operation }) => operation);
  const documented = documentedStatuses(report.clauses.map(({ id }) => id));
  return section(
    'coverage',
    'What was asked',
    html`<p class="quiet">${counted(report.exchanges.length, 'exchange')}, ${byOperation.get('control')?.length ?? 0} of them to bring tasks about. A documented status that was never seen is 0.</p>`,
    html`<div class="tables">${operations.map((operation) =>
      table(operation, byOperation.get(operation) ?? [], documented.get(operation) ?? []),
    )}</div>`,
  );
}

/** By the ids of the clauses that are derived from them: `read.status.404`. */
function documentedStatuses(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = ids.flatMap((id) => /^(list|read|cancel)\.status\.(\d{3})$/.exec(id)?.slice(1, 3) ?? []);
  const pairs = found.flatMap((part, at) => (at % 2 === 0 ? [[part, found[at + 1] ?? ''] as const] : []));
  return new Map(
    [...Map.groupBy(pairs, ([operation]) => operation)].map(([operation, of]) => [
      operation,
      of.map(([, status]) => status),
    ]),
  );
}

function table(
  operation: Operation,
  exchanges: readonly Exchange[],
  documented: readonly string[],
): SafeHtml {
  const rows = [...Map.groupBy(exchanges, parametersOf)].sort(([, a], [, b]) => b.length - a.length);
  const statuses = [...new Set([...documented, ...exchanges.map(answered)])].sort();
  const left = rows.length - mostRows;
  const count = (among: readonly Exchange[], status: string): number =>
    among.filter((exchange) => answered(exchange) === status).length;
  return html`<table><caption>${operation}</caption><thead><tr><th scope="col">parameters</th>${statuses.map((status) => html`<th scope="col">${status}</th>`)}</tr></thead><tbody>${rows
    .slice(0, mostRows)
    .map(
      ([parameters, among]) =>
        html`<tr><th scope="row">${printable(parameters, 120)}</th>${statuses.map((status) => html`<td>${count(among, status) || null}</td>`)}</tr>`,
    )}<tr class="sum"><th scope="row">${left > 0 ? `all, with ${left} more rows` : 'all'}</th>${statuses.map(
    (status) => {
      const all = count(exchanges, status);
      return html`<td class="${all === 0 ? 'never' : ''}">${all}</td>`;
    },
  )}</tr></tbody></table>`;
}

const answered = ({ response, lost }: Exchange): string =>
  lost === undefined && response ? `${response.status}` : 'no answer';

/** `verbose=true, X-Result-TTL`; the login goes without saying. */
function parametersOf({ request: { path, headers, credentials } }: Exchange): string {
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const ttl = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-result-ttl')?.[1];
  const parts = [
    ...[...query].map(([name, value]) =>
      ['true', 'false'].includes(value) ? `${name}=${value}` : `${name} malformed`,
    ),
    ...(ttl === undefined ? [] : [/^\d+$/.test(ttl) ? 'X-Result-TTL' : 'X-Result-TTL malformed']),
    ...(credentials === 'own' ? [] : [`credentials: ${credentials}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
