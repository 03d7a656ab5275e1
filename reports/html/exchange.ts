/** A request with its answer, as it was recorded: one line, and folded beneath it all that is known. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange, RecordedResponse } from '../../harness/model/exchange.ts';
import { printable } from '../escape.ts';
import { duration } from '../terminal/layout.ts';
import { exchangeAnchor } from './anchor.ts';
import { body } from './body.ts';

/** In characters: of a path in the line that names it, and of each line of a head. */
const [longestPath, longestHeader] = [160, 600];

/** What was sent in place of the login. */
const logins: Readonly<Record<Exchange['request']['credentials'], string>> = {
  own: 'with the login',
  none: 'without credentials',
  malformed: 'with a malformed Authorization header',
  'unknown user': 'as an unknown user',
  'wrong password': 'with a wrong password',
  'lower-case scheme': 'with the login, the scheme as `basic`',
};

/** `200`, or `no answer` */
export const statusOf = ({ response }: Exchange): string => `${response?.status ?? 'no answer'}`;

/** The line that names it: `cancel-27 POST /v1/… → 200` */
export function exchangeLine(exchange: Exchange): SafeHtml {
  const { id, request, sentAt, receivedAt, attempt } = exchange;
  const again = attempt > 1 ? `, try ${attempt}` : '';
  return html`<code class="id">${printable(id, 80)}</code> <code class="asked"><b>${printable(request.method, 20)}</b> ${printable(request.path, longestPath)}</code> <span class="answered">→ <b>${statusOf(exchange)}</b></span> <span class="quiet">at ${seconds(sentAt)}, ${duration(receivedAt - sentAt)}${again}</span>`;
}

/** `1.020 s`: since the start of the run. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** @param mostOfBody in characters */
export function exchange(exchange: Exchange, mostOfBody: number): SafeHtml {
  const { id, request, response, lost } = exchange;
  const whole = request.path.length > longestPath ? [`${request.method} ${request.path}`] : [];
  return html`<details class="exchange"><summary>${exchangeLine(exchange)}</summary>
<pre id="${exchangeAnchor(printable(id, 80))}">${head([...whole, ...headers(request.headers)])}<i>${logins[request.credentials]}</i></pre>${request.body === undefined ? null : body(request.body, mostOfBody)}
${lost === undefined ? null : html`<p class="lost">No answer that could be judged: ${printable(lost)}</p>`}${response ? answer(response, mostOfBody) : null}</details>`;
}

/** The line of an exchange that stands whole under another check. */
export const elsewhere = (exchange: Exchange): SafeHtml =>
  html`<p class="exchange"><a href="#${exchangeAnchor(printable(exchange.id, 80))}">${exchangeLine(exchange)}</a></p>`;

function answer(response: RecordedResponse, mostOfBody: number): SafeHtml {
  const { status, headShortened, truncated, shortened } = response;
  const remarks = [
    ...(headShortened ? ['The head is too long to be recorded whole.'] : []),
    ...(truncated ? ['The body is longer than what is read, and is cut.'] : []),
    ...(shortened
      ? [`The body is recorded by its beginning: ${shortened.bytes} bytes, SHA-256 ${shortened.sha256}.`]
      : []),
  ];
  const content =
    response.body === '' ? html`<p class="quiet">No body.</p>` : body(response.body, mostOfBody);
  return html`<pre class="head">${head([`${status}`, ...headers(response.headers)])}</pre>${content}${remarks.map((remark) => html`<p class="quiet">${remark}</p>`)}`;
}

const headers = (all: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(all).map(([name, value]) => `${name}: ${value}`);

const head = (rows: readonly string[]): string =>
  rows.map((row) => `${printable(row, longestHeader)}\n`).join('');
