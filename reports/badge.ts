/** The verdict as a badge: an SVG, and the JSON that a badge server draws one from. Nothing that a target said is on it. */
import { makeBadge } from 'badge-maker';
import type { Report } from '../harness/model/report.ts';
import type { RunVerdict } from '../harness/model/verdict.ts';
import { counted } from './headline.ts';

const colours: Readonly<Record<RunVerdict, string>> = {
  conformant: 'brightgreen',
  'non-conformant': 'red',
  incomplete: 'yellow',
};

interface Badge {
  readonly label: string;
  readonly message: string;
  readonly color: string;
}

function badgeOf({ verdict, summary, run, repeats }: Report): Badge {
  const part = run.settings.selection === undefined ? '' : ' selected';
  const unstable = repeats?.unstable.length ?? 0;
  return {
    label: 'crdb_tasks contract',
    message: [
      `${verdict}: ${proofOf(summary)}${part}`,
      ...(unstable > 0 ? [`${unstable} unstable`] : []),
      ...(run.cutShort === null ? [] : ['cut short']),
    ].join(', '),
    color: colours[verdict],
  };
}

/** `67 of 67`, or what is broken. */
function proofOf({ must, warn }: Report['summary']): string {
  if (must.broken > 0) return `${must.broken} of ${must.total} broken`;
  const proven = `${must.proven} of ${must.total}`;
  return warn > 0 ? `${proven}, ${counted(warn, 'warning')}` : proven;
}

/** @returns an SVG document */
export const badge = (report: Report): string => makeBadge(badgeOf(report));

/** @returns what a shields endpoint answers, as JSON */
export const shieldsEndpoint = (report: Report): string =>
  `${JSON.stringify({ schemaVersion: 1, ...badgeOf(report) })}\n`;
