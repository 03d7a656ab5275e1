/** Clauses by the suite that tries them. */
import type { ClauseResult } from '../../harness/model/report.ts';

/** What is judged of every exchange of a run is no suite of its own. */
const everyExchange = 'every exchange';

/** The suite of its first check; of a clause that nothing tried, the first word of its id. */
export const suiteOf = ({ id, checks }: ClauseResult): string =>
  checks.find(({ suite }) => suite !== everyExchange)?.suite ?? id.split('.')[0] ?? id;

export const bySuite = (clauses: readonly ClauseResult[]): ReadonlyMap<string, readonly ClauseResult[]> =>
  Map.groupBy(clauses, suiteOf);
