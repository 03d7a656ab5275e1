/** What a webhook is told, as Slack and those that are compatible with it take it; only where something changed. */
import { printable } from './escape.ts';
import { blame, changedLines } from './history/causes.ts';
import { type Change, type Comparison, isBroken, type Kind } from './history/compare.ts';
import type { PastRun } from './history/past-run.ts';

export interface SlackMessage {
  readonly text: string;
}

/** What is worth a message, and the word for it. */
const told: ReadonlyMap<Kind, string> = new Map([
  ['new', 'newly broken'],
  ['fixed', 'fixed'],
  ['unstable', 'unstable'],
]);

/** So many clauses are named; a page of them would be read by nobody. */
const most = 10;

/**
 * @param since the run against the last one of its target; undefined where it is the first
 * @returns undefined where nothing changed: no news is not told
 */
export function notification(since: Comparison | undefined, run: PastRun): SlackMessage | undefined {
  return since ? ofChanges(since) : ofFirst(run);
}

function ofFirst(run: PastRun): SlackMessage | undefined {
  const broken = [...run.clauses].filter(([, verdict]) => isBroken(verdict)).map(([id]) => id);
  if (broken.length === 0) return undefined;
  return message([
    headOf(run, 'the first run that is remembered'),
    ...limited(broken.map((id) => `• broken: \`${safe(id)}\``)),
  ]);
}

function ofChanges(comparison: Comparison): SlackMessage | undefined {
  const { before, after, changes } = comparison;
  const news = changes.filter(
    ({ kind, before: was }) => told.has(kind) && !(kind === 'unstable' && was?.unstable),
  );
  if (news.length === 0 && before.verdict === after.verdict) return undefined;
  const turned =
    before.verdict === after.verdict ? `still ${after.verdict}` : `${before.verdict} → ${after.verdict}`;
  return message([
    headOf(after, turned),
    ...limited(news.map(inWords)),
    ...changedLines(comparison).map((line) => `changed: ${safe(line)}`),
  ]);
}

const headOf = ({ target, verdict, tally, id }: PastRun, turned: string): string =>
  `*${safe(target)}*: ${turned}\n${verdict}: ${safe(tally)} (run ${safe(id)})`;

function inWords({ clause, kind, level, after, causes }: Change): string {
  const reason = kind === 'new' && after?.reason ? `: ${safe(printable(after.reason, 200))}` : '';
  return `• ${told.get(kind)}: \`${safe(clause)}\` (${level})${reason}\n   ${blame(causes)}`;
}

const limited = (lines: readonly string[]): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more`];

const message = (lines: readonly string[]): SlackMessage => ({ text: lines.join('\n') });

/** What a target said must name nobody and link nowhere: https://docs.slack.dev/messaging/formatting-message-text */
const safe = (text: string): string =>
  printable(text, 300).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
