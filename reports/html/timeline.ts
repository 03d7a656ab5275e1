/** Timelines: each request of a check on the clock of the run, and the age of a status against its retention. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult } from '../../harness/model/report.ts';
import type { TaskRecord } from '../../harness/model/task.ts';
import { printable } from '../text/escape.ts';
import { asked, type Story, storyOf, taskIdOf } from '../text/story.ts';
import { seconds, statusOf } from './exchange.ts';
import type { Page } from './page.ts';

/** Null where there is nothing to see: no request, or a single one about no task. */
export function timeline(page: Page, check: CheckResult): SafeHtml | null {
  const story = storyOf(page, check);
  if (!story || (story.exchanges.length < 2 && story.tasks.length === 0)) return null;
  const { graceS } = page.report.run.settings;
  const retention = typeof graceS === 'number' ? retentionOf(story, graceS) : undefined;
  return html`${requestLine(story)}${retention ? retentionLine(retention) : null}`;
}

export interface Axis {
  /** Where an instant lies, in per cent of the width, held within it. */
  readonly at: (ms: number) => number;
  /** `x` and `width` of what lasts from one instant to another; it is never too thin to be seen. */
  readonly span: (fromMs: number, toMs: number) => SafeHtml;
  /** Lines from the top to `heightPx`, with their instants beneath. */
  readonly ticks: (heightPx: number) => SafeHtml;
}

const thinnest = 0.4; // per cent

/** @param originMs the instant that the axis calls 0 */
export function axis(fromMs: number, toMs: number, originMs = fromMs): Axis {
  const lengthMs = Math.max(toMs, fromMs + 1) - fromMs;
  const at = (ms: number): number => Math.min(100, Math.max(0, (100 * (ms - fromMs)) / lengthMs));
  const inSeconds = toMs - originMs > 2000;
  const word = (ms: number): string => (inSeconds ? `${Number((ms / 1000).toFixed(3))} s` : `${ms} ms`);
  return {
    at,
    span(from, to) {
      const width = Math.max(thinnest, at(to) - at(from));
      return html`x="${percent(Math.min(at(from), 100 - width))}" width="${percent(width)}"`;
    },
    ticks: (heightPx) =>
      html`${roundInstants(fromMs - originMs, lengthMs).map((ms) => {
        const share = at(ms + originMs);
        const x = percent(share);
        return html`<line x1="${x}" x2="${x}" y2="${heightPx}"/><text class="tick ${anchored(share)}" x="${x}" y="${heightPx + 12}">${word(ms)}</text>`;
      })}`,
  };
}

/** About four multiples of 1, 2 or 5 times a power of ten. */
function roundInstants(fromMs: number, lengthMs: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(lengthMs / 4));
  const stepMs = power * ([1, 2, 5, 10].find((factor) => lengthMs / (power * factor) <= 5) ?? 10);
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.floor((fromMs + lengthMs) / stepMs);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * stepMs).toFixed(6)));
}

const percent = (share: number): string => `${Number(share.toFixed(2))}%`;

/** A label at the edge would be cut. */
const anchored = (share: number): string => (share < 8 ? 'start' : share > 92 ? 'end' : 'middle');

export function requestLine({ exchanges, shown, tasks, left }: Story): SafeHtml {
  const fromMs = Math.min(...exchanges.map(({ sentAt }) => sentAt));
  const toMs = Math.max(...exchanges.map(({ receivedAt }) => receivedAt));
  const on = axis(fromMs, toMs);
  const rows = [
    ...tasks.map((task) => taskRow(task, exchanges, on, toMs)),
    ...exchanges.map((exchange) => requestRow(exchange, shown.has(exchange), on)),
  ];
  const heightPx = rows.length * rowPx;
  return html`<figure class="timeline"><figcaption>Requests, from ${seconds(fromMs)} after the start of the run${left > 0 ? `; report.json has ${left} more` : ''}</figcaption>
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
  if (path.endsWith('/age')) return `age by ${word(agedBy)} s`;
  if (path.endsWith('/phase')) return `move to ${word(phase)}`;
  if (path.endsWith('/tasks'))
    return `create ${word(phase)}${result_ttl === undefined ? '' : `, TTL ${word(result_ttl)} s`}`;
  return 'control';
}

const word = (value: unknown): string => printable(String(value), 20);

const rowPx = 27;

function retentionLine({ ttlS, keptUntilMs, goneFromMs, reads }: RetentionStory): SafeHtml {
  const ages = reads.flatMap(({ age }) => [age.earliestMs, age.latestMs]);
  const [youngest, oldest] = [Math.min(keptUntilMs, ...ages), Math.max(goneFromMs, ...ages)];
  const pad = 0.12 * (oldest - youngest);
  const [fromMs, toMs] = [Math.max(0, youngest - pad), oldest + pad];
  const on = axis(fromMs, toMs, 0);
  const heightPx = reads.length * rowPx;
  return html`<figure class="timeline retention"><figcaption>Age of the status, kept for ${ttlS} s after the end of the task:
<span class="key kept">200 expected before ${inSeconds(keptUntilMs)}</span> <span class="key nothing">proves nothing</span> <span class="key gone">404 expected after ${inSeconds(goneFromMs)}</span></figcaption>
<svg role="img" aria-label="${reads.map(proofOf).join(' ')}" height="${heightPx + 16}"><rect class="kept" height="${heightPx}" ${on.span(fromMs, keptUntilMs)}/><rect class="nothing" height="${heightPx}" ${on.span(keptUntilMs, goneFromMs)}/><rect class="gone" height="${heightPx}" ${on.span(goneFromMs, toMs)}/><g class="axis">${on.ticks(heightPx)}</g>${reads.map(
    (read, at) =>
      html`<svg y="${at * rowPx}" height="${rowPx}"><text class="proof" y="11" x="4">${printable(read.exchange.id, 40)} → ${statusOf(read.exchange)}</text><rect class="proof" y="15" height="7" ${on.span(read.age.earliestMs, read.age.latestMs)}/></svg>`,
  )}</svg>
<ul>${reads.map((read) => html`<li>${proofOf(read)}</li>`)}</ul></figure>`;
}

const owed: Readonly<Record<Aged['due'], string>> = {
  kept: 'when the docs still keep a status (200)',
  gone: 'when a status is no longer kept (404)',
  nothing: 'too close to the expiry to prove anything',
};

function proofOf({ exchange, age, due }: Aged): string {
  const [from, to] = [inSeconds(age.earliestMs), inSeconds(age.latestMs)];
  return `${printable(exchange.id, 40)} was sent at an age of ${from === to ? from : `${from} to ${to}`}, ageing included, ${owed[due]}; it was ${statusOf(exchange)}.`;
}

/** To a tenth of a second, for that is what a reader compares. */
const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Milliseconds since the start of the run, or of age. */
interface Bracket {
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface Aged {
  readonly exchange: Exchange;
  /** How long after the task's end it was read, with the time by which the task was aged. */
  readonly age: Bracket;
  /** What such a read proves: it must be answered with 200, with 404, or proves nothing. */
  readonly due: 'kept' | 'gone' | 'nothing';
}

export interface RetentionStory {
  readonly task: string;
  readonly ttlS: number;
  /** A younger status must be there: a server may count whole seconds. */
  readonly keptUntilMs: number;
  readonly goneFromMs: number;
  /** Those reads of the ended task that show the verdict. */
  readonly reads: readonly Aged[];
}

/** In seconds: the docs' retention, where neither the making of the task nor a read sets another. */
const byDefaultS = 500;
const wholeSecondMs = 1000;

/**
 * @param graceS how late an expired status may go
 * @returns undefined where the verdict does not depend on a retention
 */
export function retentionOf(story: Story, graceS: number): RetentionStory | undefined {
  const last = [...story.shown].filter(({ operation }) => operation === 'read').at(-1);
  const task = story.tasks.find(({ id }) => last && id === taskIdOf(last));
  if (!last || !task) return undefined;
  const about = sinceMade(story.exchanges.filter((exchange) => taskIdOf(exchange) === task.id));
  const ended = endOf(task, about);
  const { ttlS, setBy } = ttlOf(about.filter((exchange) => !story.shown.has(exchange))); // what is judged sets none
  const isAged = about.some((exchange) => agedByS(exchange) > 0);
  if (!ended || (!isAged && ttlS === undefined)) return undefined;
  const from = setBy ? either(ended, when(setBy)) : ended;
  const ttlMs = (ttlS ?? byDefaultS) * 1000;
  const bounds = { keptUntilMs: ttlMs - wholeSecondMs, goneFromMs: ttlMs + graceS * 1000 };
  const reads = about
    .filter((exchange) => story.shown.has(exchange) && exchange.lost === undefined)
    .filter(({ operation, sentAt }) => operation === 'read' && sentAt >= ended.earliestMs)
    .map((exchange) => {
      const age = ageOf(exchange, from, about);
      return { exchange, age, due: dueAt(age, bounds) };
    });
  return reads.length === 0 ? undefined : { task: task.id, ttlS: ttlMs / 1000, ...bounds, reads };
}

/** Without what was about an earlier task of the same id. */
const sinceMade = (about: readonly Exchange[]): readonly Exchange[] =>
  about.slice(
    Math.max(
      0,
      about.findLastIndex(({ request }) => request.method === 'POST' && request.path.endsWith('/tasks')),
    ),
  );

const when = ({ sentAt, receivedAt }: Exchange): Bracket => ({ earliestMs: sentAt, latestMs: receivedAt });

const either = (a: Bracket, b: Bracket): Bracket => ({
  earliestMs: Math.min(a.earliestMs, b.earliestMs),
  latestMs: Math.max(a.latestMs, b.latestMs),
});

/** When the provisioner ended it; or between the cancel that was accepted and the read that shows the end. */
function endOf({ phases }: TaskRecord, about: readonly Exchange[]): Bracket | undefined {
  const last = phases.at(-1);
  if (last && (last.phase === 'finished' || last.phase === 'failed')) {
    return { earliestMs: last.after, latestMs: last.before };
  }
  const cancelled = about.find(
    ({ operation, response }) => operation === 'cancel' && response?.status === 200,
  );
  const showing = about.find(
    (exchange) => cancelled && exchange.sentAt >= cancelled.sentAt && showsEnd(exchange),
  );
  return cancelled && showing ? either(when(cancelled), when(showing)) : undefined;
}

function showsEnd({ operation, response }: Exchange): boolean {
  const { status } = asked(response?.body);
  return operation === 'read' && response?.status === 200 && (status === 'finished' || status === 'failed');
}

/** The retention that was set last, in seconds, and the read that set it; from its end or from that read: both are fair. */
function ttlOf(about: readonly Exchange[]): { readonly ttlS?: number; readonly setBy?: Exchange } {
  const setBy = about.findLast(
    ({ operation, response, request }) =>
      operation === 'read' && response?.status === 200 && /^\d+$/.test(request.headers['X-Result-TTL'] ?? ''),
  );
  if (setBy) return { ttlS: Number(setBy.request.headers['X-Result-TTL']), setBy };
  const atCreation = about
    .map(({ request }) => asked(request.body).result_ttl)
    .find((ttl) => typeof ttl === 'number');
  return atCreation === undefined ? {} : { ttlS: atCreation };
}

/** By how many seconds a request aged its task. */
function agedByS({ operation, request, response }: Exchange): number {
  const { seconds } = asked(request.body);
  const isAgeing = operation === 'control' && request.path.endsWith('/age') && response?.status === 204;
  return isAgeing && typeof seconds === 'number' ? seconds : 0;
}

function ageOf(read: Exchange, from: Bracket, about: readonly Exchange[]): Bracket {
  const agedMs = about
    .slice(0, about.indexOf(read)) // by their order: two instants may be the same
    .reduce((sum, exchange) => sum + agedByS(exchange) * 1000, 0);
  return {
    earliestMs: read.sentAt - from.latestMs + agedMs,
    latestMs: read.receivedAt - from.earliestMs + agedMs,
  };
}

function dueAt(
  age: Bracket,
  { keptUntilMs, goneFromMs }: Pick<RetentionStory, 'keptUntilMs' | 'goneFromMs'>,
): Aged['due'] {
  if (age.latestMs < keptUntilMs) return 'kept';
  return age.earliestMs > goneFromMs ? 'gone' : 'nothing';
}
