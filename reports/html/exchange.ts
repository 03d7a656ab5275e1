/** A request with its response, as recorded; bodies, differences, and the cURL lines of a check. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { type Change, diffLines, diffWordsWithSpace } from 'diff';
import { format } from 'jsonc-parser';
import type { Exchange, RecordedResponse } from '../../harness/model/exchange.ts';
import type { CheckResult } from '../../harness/model/report.ts';
import { lines, printable } from '../text/escape.ts';
import { loginInWords, repeatLines } from '../text/evidence.ts';
import { duration } from '../text/sentences.ts';
import type { Page } from './page.ts';
import { betweenTags, exchangeAnchor, prose } from './parts.ts';

/** In characters: of a path in the line that names it, and of each line of a head. */
const [longestPath, longestHeader] = [160, 600];

/** `200`, or `no response` */
export const statusOf = ({ response }: Exchange): string => `${response?.status ?? 'no response'}`;

/** The line that names it: `cancel-27 POST /v1/… → 200` */
function exchangeLine(exchange: Exchange): SafeHtml {
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
<pre id="${exchangeAnchor(printable(id, 80))}">${head([...whole, ...headers(request.headers)])}<i>${loginInWords(request.credentials)}</i></pre>${request.body === undefined ? null : body(request.body, mostOfBody)}
${lost === undefined ? null : html`<p class="lost">No response that can be judged: ${printable(lost)}</p>`}${response ? responseOf(response, mostOfBody) : null}</details>`;
}

/** The line of an exchange that stands whole under another check. */
export const elsewhere = (exchange: Exchange): SafeHtml =>
  html`<p class="exchange"><a href="#${exchangeAnchor(printable(exchange.id, 80))}">${exchangeLine(exchange)}</a></p>`;

function responseOf(response: RecordedResponse, mostOfBody: number): SafeHtml {
  const { status, headShortened, truncated, shortened } = response;
  const remarks = [
    ...(headShortened ? ['The response head is too long to record in full.'] : []),
    ...(truncated ? ['The body is longer than the read limit and was cut there.'] : []),
    ...(shortened
      ? [
          `Only the beginning of the body is recorded: ${shortened.bytes} bytes in all, SHA-256 ${shortened.sha256}.`,
        ]
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

/** In characters: so much is laid out, and so much is shown at once. */
const [laidOutAtMost, shownAtOnce] = [8_000, 1_600];

/**
 * @param mostShown in characters, the folded ones too
 * @returns the text in a `<pre>`, and what of it is folded
 */
export function body(text: string, mostShown: number): SafeHtml {
  const readable = laidOut(text);
  const shown = lines(readable.slice(0, mostShown));
  const left = readable.length - mostShown;
  const beyond = left > 0 ? html`\n<i>… ${left} more characters</i>` : null;
  if (shown.length <= shownAtOnce) return html`<pre>${betweenTags(shown)}${beyond}</pre>`;
  const fold = Math.max(shown.lastIndexOf('\n', shownAtOnce), 0) || shownAtOnce;
  return html`<pre>${betweenTags(shown.slice(0, fold))}</pre>
<details class="rest"><summary>${shown.length - fold} more characters</summary><pre>${betweenTags(shown.slice(fold))}${beyond}</pre></details>`;
}

/** JSON on lines of its own, two spaces deep; every token stays as it came, twice named fields too. */
export function laidOut(text: string): string {
  if (text.length > laidOutAtMost || !isJson(text)) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { offset, length, content } of format(text, undefined, { insertSpaces: true, tabSize: 2 })) {
    parts.push(text.slice(at, offset), content);
    at = offset + length;
  }
  return parts.join('') + text.slice(at);
}

/** An array or object that can be read; a deep one would be all indentation. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text) || /[[{]{20}/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Beyond these a comparison is too slow, and too long to read. */
const [longestWords, longestBody, mostEdits, mostComparisons] = [400, 8_000, 300, 3];

/** What was expected beside what was seen; null where a check says neither. */
export function expectedAndSeen({ expected, seen }: CheckResult): SafeHtml | null {
  if (expected === undefined && seen === undefined) return null;
  const changes = expected === undefined || seen === undefined ? undefined : wordsOf(expected, seen);
  const part = (title: string, text: string | undefined, left: 'added' | 'removed') =>
    text === undefined
      ? null
      : html`<div class="${title}"><dt>${title}</dt><dd>${changes?.map((change) => word(change, left)) ?? prose(text)}</dd></div>`;
  return html`<dl class="compared">${part('expected', expected, 'added')}${part('seen', seen, 'removed')}</dl>`;
}

/** Undefined where they have so little in common that marks would only disturb. */
function wordsOf(expected: string, seen: string): readonly Change[] | undefined {
  if (expected === seen || Math.max(expected.length, seen.length) > longestWords) return undefined;
  const changes = diffWordsWithSpace(expected, seen, { maxEditLength: mostEdits });
  const common = (changes ?? [])
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.trim().length, 0);
  return common * 2 > Math.min(expected.length, seen.length) ? changes : undefined;
}

function word({ value, added, removed }: Change, left: 'added' | 'removed'): SafeHtml | string | null {
  if (left === 'added' ? added : removed) return null;
  return added || removed ? html`<mark>${value}</mark>` : value;
}

/** The bodies of a check's answers against that of the first of the same operation, where they differ. */
export function bodiesCompared(exchanges: readonly Exchange[]): SafeHtml[] {
  const answered = exchanges.filter(isComparable);
  return [...Map.groupBy(answered, ({ operation }) => operation).values()]
    .flatMap(([first, ...others]) => (first ? others.flatMap((other) => comparison(first, other) ?? []) : []))
    .slice(0, mostComparisons);
}

const isComparable = ({ response, lost }: Exchange): boolean =>
  lost === undefined &&
  response?.status === 200 &&
  !response.truncated &&
  !response.shortened &&
  response.body.length <= longestBody;

function comparison(one: Exchange, other: Exchange): SafeHtml | undefined {
  const [before, after] = [one, other].map(({ response }) => lines(laidOut(response?.body ?? '')));
  if (before === undefined || after === undefined || before === after) return undefined;
  const changes = diffLines(before, after, { maxEditLength: mostEdits, ignoreNewlineAtEof: true });
  if (!changes) return undefined;
  return html`<figure class="difference"><figcaption>From <code>${printable(one.id, 80)}</code> to <code>${printable(other.id, 80)}</code></figcaption><pre>${changes.map(line)}</pre></figure>`;
}

function line({ value, added, removed }: Change): SafeHtml {
  const text = value.endsWith('\n') ? value : `${value}\n`;
  const marked = text.replace(/^(?=.)/gm, added ? '+ ' : removed ? '- ' : '  ');
  if (added) return html`<ins>${marked}</ins>`;
  return removed ? html`<del>${marked}</del>` : html`${marked}`;
}

/** Null where nothing was sent for it. */
export function curls({ evidence }: Page, check: CheckResult, mostLines = 12): SafeHtml | null {
  const found = evidence(check);
  return found.repeats.length === 0 ? null : command(repeatLines(found, mostLines).join('\n'));
}

/** What is to be typed into a shell, with a button that copies it. */
export const command = (text: string): SafeHtml =>
  html`<div class="curl"><pre><code>${betweenTags(text)}</code></pre><button type="button" class="copy">Copy</button></div>`;
