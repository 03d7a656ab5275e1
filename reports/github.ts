/**
 * The report as workflow commands: GitHub shows each as an annotation. Written by hand, for two rules of escaping are
 * all there is to it, and the toolkit brings an HTTP client along.
 */

import type { ClauseResult, Report } from '../harness/model/report.ts';
import type { Fleet } from './fleet.ts';
import { fleetHeadline } from './terminal-fleet.ts';
import { printable } from './text/escape.ts';
import {
  clauseReason,
  counted,
  cutShortSentence,
  headline,
  knownIn,
  outdatedSentence,
} from './text/sentences.ts';

type Level = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
}

/** GitHub shows no more of each level from one step. */
const shownOfALevel = 10;

/** @returns a line for each annotation: the verdict, the broken clauses and the warnings */
export function annotations(report: Report): string {
  const { verdict, clauses, run } = report;
  const of = (wanted: ClauseResult['verdict']) => clauses.filter((clause) => clause.verdict === wanted);
  const known = knownIn(report);
  const failed = of('fail').map(({ checks, ...clause }) => {
    const others = checks.filter(({ name }) => !known(clause.id, name));
    const isKnown = others.every(({ verdict }) => verdict !== 'fail');
    return annotation(isKnown ? 'warning' : 'error', { ...clause, checks: isKnown ? checks : others });
  });
  const outdated = (report.expectations?.outdated ?? []).map(
    (entry): Annotation => ({
      level: 'error',
      title: `${printable(entry.clause, 200)} is a known failure to remove`,
      message: outdatedSentence(report.expectations?.file ?? '', entry),
    }),
  );
  const warned = of('warn').map((clause) =>
    annotation(run.settings.strict === true ? 'error' : 'warning', clause),
  );
  const cut = cutShortSentence(report);
  const all = [...failed, ...outdated, ...warned];
  return [
    {
      level: 'notice',
      title: `crdb-conformance: ${verdict}`,
      message: headline(report) + (cut === undefined ? '' : `. ${printable(cut)}`),
    } as const,
    ...limited(all, 'error'),
    ...limited(all, 'warning'),
  ]
    .map(commandOf)
    .join('');
}

/** The same of a fleet: one line for it, and one for each target whose exit code is not 0. */
export function fleetAnnotations(fleet: Fleet): string {
  const all = fleet.targets
    .filter(({ exitCode }) => exitCode !== 0)
    .map(
      ({ name, exitCode, result, problem }): Annotation => ({
        level: exitCode === 4 || exitCode === 130 ? 'warning' : 'error',
        title: name,
        message: printable(result?.headline ?? problem ?? ''),
      }),
    );
  return [
    { level: 'notice', title: `crdb-conformance: ${fleet.verdict}`, message: fleetHeadline(fleet) } as const,
    ...limited(all, 'error', 'target'),
    ...limited(all, 'warning', 'target'),
  ]
    .map(commandOf)
    .join('');
}

function annotation(level: Level, clause: ClauseResult): Annotation {
  const { id, statement, source } = clause;
  return {
    level,
    title: `${printable(id, 200)} (${clause.level})`,
    message: [printable(statement), printable(clauseReason(clause)), printable(source.url)].join('\n'),
  };
}

/** So many as are shown; the last of them counts those that are not. */
function limited(all: readonly Annotation[], level: Level, what = 'clause'): readonly Annotation[] {
  const some = all.filter((each) => each.level === level);
  if (some.length <= shownOfALevel) return some;
  const shown = some.slice(0, shownOfALevel - 1);
  const left = some.length - shown.length;
  return [
    ...shown,
    { level, title: 'crdb-conformance', message: `and ${counted(left, `more ${what}`)}: see the reports` },
  ];
}

/** @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
const commandOf = ({ level, title, message }: Annotation): string =>
  `::${level} title=${property(title)}::${text(message)}\n`;

const text = (words: string): string =>
  words.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (words: string): string => text(words).replaceAll(':', '%3A').replaceAll(',', '%2C');
