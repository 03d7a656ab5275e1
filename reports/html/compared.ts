/** What differs: the words of what was seen against what was expected, and the bodies of two reads. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { type Change, diffLines, diffWordsWithSpace } from 'diff';
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult } from '../../harness/model/report.ts';
import { lines, printable } from '../escape.ts';
import { laidOut } from './body.ts';
import { prose } from './prose.ts';

/** Beyond these a comparison costs more than it tells. */
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
