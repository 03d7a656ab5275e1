/**
 * Judges single answers of an exploration, as those of any check are: what the global checks need to know of their
 * requests, and which requests with bad credentials were not refused. Pure, from the exchanges alone.
 */
import { judgeStatus } from '../judge/judge.ts';
import { headerOf, isBoolean, isSeconds } from '../judge/oracle/operation.ts';
import { type Exchange, whyUnread } from '../model/exchange.ts';
import { refusingClause } from '../model/requests.ts';
import { type Finding, isBroken } from '../model/verdict.ts';
import { explorationName } from './oracle-settings.ts';

/** Whether an exchange was sent by a script. */
export const isOfExploration = ({ sentFor = '' }: Exchange): boolean =>
  sentFor.startsWith(`${explorationName} `);

/**
 * What the global checks need. Of the many lists of an exploration, long ones are recorded in part: these are left out,
 * so that they leave no clause unproven.
 */
export const sentByScripts = (exchanges: readonly Exchange[]) =>
  exchanges
    .filter(({ response }) => !response || whyUnread(response) === undefined)
    .map((exchange) => ({ exchange, tolerates: toleratedBy(exchange) }));

/** The undocumented statuses that are allowed for a request: a malformed parameter may be refused. */
const toleratedBy = ({ request: { path, headers } }: Exchange): readonly number[] => {
  const isMalformed =
    !isSeconds(headerOf(headers, 'x-result-ttl') ?? '0') ||
    [...new URLSearchParams(path.split('?')[1])].some(([, value]) => !isBoolean(value));
  return isMalformed ? [400] : [];
};

/**
 * Requests with bad credentials that were not refused, each attributed to the clause about that kind of credentials;
 * where an operation needs no credentials at all, to that one clause. A 404 only tells that the task was looked up
 * first, which the docs advise against.
 * @param broken clauses that checks have found broken
 */
export function acceptedLogins(
  exchanges: readonly Exchange[],
  broken: ReadonlySet<string>,
): readonly Finding[] {
  const accepted = exchanges.flatMap((exchange) => {
    const clause = refusingClause(exchange.operation, exchange.request.credentials);
    const found = judgeStatus(exchange, [401]);
    const isFault = clause !== undefined && isBroken(found) && exchange.response?.status !== 404;
    return isFault ? [{ exchange, clause, found }] : [];
  });
  const open = new Set(broken);
  for (const { clause, exchange } of accepted) if (exchange.response?.status === 200) open.add(clause);
  return accepted.map(({ exchange, clause, found }) => {
    const anyone = refusingClause(exchange.operation, 'none') ?? clause;
    return { ...found, verdict: 'inconclusive', attributedTo: open.has(anyone) ? anyone : clause };
  });
}
