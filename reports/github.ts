/**
 * The report as workflow commands: GitHub shows each as an annotation. Written by hand, for two rules of escaping are
 * all there is to it, and the toolkit brings an HTTP client along.
 */

import type { ClauseResult, Report } from '../harness/model/report.ts';
import { printable } from './escape.ts';
import type { Fleet } from './fleet.ts';
import { counted, expectedIn, headline, toBeDeleted } from './sentences.ts';
import { fleetHeadline } from './terminal/fleet.ts';

type Level = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
}

/** GitHub shows no more of each level from one step. */
const shownOfALevel = 10;

/** @returns a line for each annotation: the verdict, what is broken and what is warned of */
export function annotations(report: Report): string {
  const { verdict, clauses, run } = report;
  const told = (wanted: ClauseResult['verdict']) => clauses.filter((clause) => clause.verdict === wanted);
  const expected = expectedIn(report);
  const failed = told('fail').map(({ checks, ...clause }) => {
    const others = checks.filter(({ name }) => !expected(clause.id, name));
    const isExpected = others.every(({ verdict }) => verdict !== 'fail');
    return annotation(isExpected ? 'warning' : 'error', { ...clause, checks: isExpected ? checks : others });
  });
  const outdated = (report.expectations?.outdated ?? []).map(
    (entry): Annotation => ({
      level: 'error',
      title: `${printable(entry.clause, 200)} is not as expected`,
      message: toBeDeleted(report.expectations?.file ?? '', entry),
    }),
  );
  const warned = told('warn').map((clause) =>
    annotation(run.settings.strict === true ? 'error' : 'warning', clause),
  );
  const cut = run.cutShort === null ? '' : ` The run was cut short: ${printable(run.cutShort)}`;
  const all = [...failed, ...outdated, ...warned];
  return [
    { level: 'notice', title: `crdb-conformance: ${verdict}`, message: headline(report) + cut } as const,
    ...limited(all, 'error'),
    ...limited(all, 'warning'),
  ]
    .map(commandOf)
    .join('');
}

/** The same of a fleet: one line for it, and one for each target that is no green. */
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

function annotation(
  level: Level,
  { id, level: firmness, verdict, statement, source, checks }: ClauseResult,
): Annotation {
  const proof = checks.find((check) => check.verdict === verdict)?.reason ?? '';
  return {
    level,
    title: `${printable(id, 200)} (${firmness})`,
    message: [printable(statement), printable(proof), printable(source.url)].join('\n'),
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
