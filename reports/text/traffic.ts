/** What judged traffic exercised, of the contract and of the API, in the words of every report. Pure. */
import type { ClauseResult, Report } from '../../harness/model/report.ts';
import { printable } from './escape.ts';
import { counted } from './sentences.ts';

/** A clause that answers of the traffic could have broken. */
export interface ExercisedClause extends Pick<ClauseResult, 'id' | 'level'> {
  /** How many of them did not, and how many did. */
  readonly upheld: number;
  readonly broken: number;
}

export interface TrafficText {
  /** `120 exchanges, 14 tasks` */
  readonly seen: string;
  /** `31 of 128 clauses exercised, 20 of 67 must clauses: 30 upheld, 1 broken` */
  readonly clauses: string;
  /** The broken ones first, then those that were upheld most often. */
  readonly exercised: readonly ExercisedClause[];
  /** `14 kinds of requests and answers` */
  readonly kinds: string;
  /** What the clients rely on: each kind of request with its answer, and how often, the most frequent first. */
  readonly relied: readonly (readonly [kind: string, count: number])[];
  /** What could not be judged, a line each. */
  readonly unused: readonly string[];
  /** What the clients did that the docs warn of, a line each. */
  readonly observations: readonly string[];
}

export const trafficTitles = {
  exercised: 'What the traffic exercised',
  relied: 'What the clients rely on',
  unused: 'Not used',
  observed: 'The docs warn of this',
} as const;

/** Undefined where the report is about a run of this program. */
export function trafficText({ run, clauses }: Pick<Report, 'run' | 'clauses'>): TrafficText | undefined {
  const { traffic, oracle } = run;
  if (!traffic) return undefined;
  const exercised = clauses
    .flatMap(({ id, level }): ExercisedClause[] => {
      const counts = traffic.clauses[id];
      return counts ? [{ id, level, ...counts }] : [];
    })
    .toSorted((a, b) => b.broken - a.broken || b.upheld - a.upheld);
  const broken = exercised.filter((clause) => clause.broken > 0).length;
  const must = (among: readonly Pick<ClauseResult, 'level'>[]) =>
    among.filter(({ level }) => level === 'must').length;
  const relied = Object.entries(traffic.exercised).toSorted(([, a], [, b]) => b - a);
  return {
    seen: `${counted(traffic.exchanges, 'exchange')}${oracle ? `, ${counted(oracle.tasks, 'task')}` : ''}`,
    clauses: `${exercised.length} of ${counted(clauses.length, 'clause')} exercised, ${must(exercised)} of ${counted(must(clauses), 'must clause')}: ${exercised.length - broken} upheld, ${broken} broken`,
    exercised,
    kinds: `${relied.length} kind${relied.length === 1 ? '' : 's'} of requests and answers`,
    relied: relied.map(([kind, count]) => [printable(kind, 200), count] as const),
    unused: Object.entries(traffic.unused).map(([reason, count]) => `${count}: ${printable(reason, 200)}`),
    observations: traffic.observations.map((line) => printable(line, 200)),
  };
}
