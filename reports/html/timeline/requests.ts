/** What happened, on the clock of the run: each task with its phases, and every request from its sending to its answer. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../../../harness/model/exchange.ts';
import type { TaskRecord } from '../../../harness/model/task.ts';
import { printable } from '../../escape.ts';
import { seconds, statusOf } from '../exchange.ts';
import { type Axis, axis } from './axis.ts';
import { asked, type Story, taskIdOf } from './story.ts';

const rowPx = 27;

export function requestLine({ exchanges, shown, tasks, left }: Story): SafeHtml {
  const fromMs = Math.min(...exchanges.map(({ sentAt }) => sentAt));
  const toMs = Math.max(...exchanges.map(({ receivedAt }) => receivedAt));
  const on = axis(fromMs, toMs);
  const rows = [
    ...tasks.map((task) => taskRow(task, exchanges, on, toMs)),
    ...exchanges.map((exchange) => requestRow(exchange, shown.has(exchange), on)),
  ];
  const heightPx = rows.length * rowPx;
  return html`<figure class="timeline"><figcaption>What happened, from ${seconds(fromMs)} of the run on${left > 0 ? `; ${left} more requests are in report.json` : ''}</figcaption>
<svg class="rows-${rows.length}" role="img" aria-label="${exchanges.map(inWords).join('; ')}" height="${heightPx + 16}"><g class="axis">${on.ticks(heightPx)}</g>${rows.map((row, at) => html`<svg y="${at * rowPx}" height="${rowPx}">${row}</svg>`)}</svg></figure>`;
}

/** `cancel-27: cancel, force=true → 200` */
const inWords = (exchange: Exchange): string =>
  `${printable(exchange.id, 40)}: ${inBrief(exchange)} → ${statusOf(exchange)}`;

function requestRow(exchange: Exchange, isShown: boolean, on: Axis): SafeHtml {
  const kind = exchange.operation === 'control' ? 'setting' : isShown ? 'proof' : 'asking';
  return html`<text class="${kind}" y="11">${inWords(exchange)}</text><rect class="${kind}" y="15" height="7" ${on.span(exchange.sentAt, exchange.receivedAt)}/>`;
}

/** A phase from the earliest instant at which it may have begun; the bracket of the change is paler. */
function taskRow(
  { id, phases }: TaskRecord,
  exchanges: readonly Exchange[],
  on: Axis,
  toMs: number,
): SafeHtml {
  const cancelled = exchanges.find(
    (exchange) =>
      exchange.operation === 'cancel' && exchange.response?.status === 200 && taskIdOf(exchange) === id,
  );
  const endMs = cancelled?.sentAt ?? toMs;
  const bars = phases.map(({ phase, after, before }, at) => {
    const untilMs = phases[at + 1]?.after ?? endMs;
    return html`<rect class="maybe ${phase}" y="15" height="9" ${on.span(after, before)}/>${untilMs > before ? html`<rect class="${phase}" y="15" height="9" ${on.span(before, untilMs)}/>` : null}`;
  });
  const names = [...phases.map(({ phase }) => phase), ...(cancelled ? ['cancelled'] : [])];
  return html`<text class="task" y="11">task ${tail(id)}: ${names.join(' → ')}</text>${bars}${cancelled ? html`<rect class="cancelled" y="15" height="9" ${on.span(cancelled.sentAt, toMs)}/>` : null}`;
}

/** The end of an id tells it from the others of a run. */
const tail = (id: string): string => printable(id.length <= 20 ? id : `…${id.slice(-14)}`, 40);

function inBrief({ operation, request }: Exchange): string {
  const query = request.path.split('?')[1];
  const extras = [
    ...(query === undefined ? [] : [printable(query, 40)]),
    ...Object.entries(request.headers)
      .filter(([name]) => name.toLowerCase() === 'x-result-ttl')
      .map(([name, value]) => `${name}: ${printable(value, 20)}`),
    ...(request.credentials === 'own' ? [] : [`credentials: ${request.credentials}`]),
  ];
  return [operation === 'control' ? wish(request) : operation, ...extras].join(', ');
}

/** What a request of the control protocol asks for. */
function wish({ path, body }: Exchange['request']): string {
  const { phase, result_ttl, seconds: agedBy } = asked(body);
  if (path.endsWith('/age')) return `age it by ${word(agedBy)} s`;
  if (path.endsWith('/phase')) return `move it to ${word(phase)}`;
  if (path.endsWith('/tasks'))
    return `make it ${word(phase)}${result_ttl === undefined ? '' : `, kept for ${word(result_ttl)} s`}`;
  return 'control';
}

const word = (value: unknown): string => printable(String(value), 20);
