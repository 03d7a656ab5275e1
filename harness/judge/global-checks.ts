/**
 * Judges what every exchange must satisfy, whatever it was sent for: a documented status and, for a 200 to a list or a
 * read, the documented media type and schema. Other bodies are recorded, not judged. Pure.
 */
import { asMessage, type DocumentedAnswers, type Validators } from '../../spec/validators.ts';
import { type Exchange, json, requestLine, whyUnread } from '../model/exchange.ts';
import { type Finding, finding, judgeLost, type Verdict } from '../model/verdict.ts';
import { prerequisiteStatus } from './shown.ts';

export interface GlobalFinding extends Finding {
  /** The structural clause that the finding is about. */
  readonly clause: string;
}

/** The structural clauses that every exchange is judged against. */
export const globalClauses: readonly string[] = ['list', 'read', 'cancel'].flatMap((operation) =>
  operation === 'cancel'
    ? [`${operation}.statuses`]
    : ['statuses', 'media-type', 'schema', 'absent-not-null'].map((what) => `${operation}.${what}`),
);

/**
 * Findings for the structural clauses of an exchange's operation; none where it was lost or is another operation.
 * @param tolerates undocumented statuses that are allowed for this request
 */
export function globalFindings(
  exchange: Exchange,
  tolerates: readonly number[],
  validators: Validators,
): readonly GlobalFinding[] {
  const { operation, response } = exchange;
  if (
    (operation !== 'list' && operation !== 'read' && operation !== 'cancel') ||
    !response ||
    exchange.lost !== undefined
  ) {
    return [];
  }
  const documented = validators.operations[operation];
  const found = [judgeDocumented(exchange, response.status, documented, tolerates)];
  if (operation === 'cancel' || response.status !== 200 || documented.mediaType === undefined) return found;
  return [
    ...found,
    judgeMediaType(exchange, documented.mediaType),
    ...judgeBody(exchange, operation, validators),
  ];
}

const globalFinding = (
  what: string,
  exchange: Exchange,
  verdict: Verdict,
  reason: string,
  details: Pick<Finding, 'expected' | 'seen'> = {},
): GlobalFinding => ({
  clause: `${exchange.operation}.${what}`,
  ...finding(verdict, reason, exchange, details),
});

function judgeDocumented(
  exchange: Exchange,
  status: number,
  { statuses }: DocumentedAnswers,
  tolerates: readonly number[],
): GlobalFinding {
  const allowed = [...statuses, ...tolerates];
  const expected = `one of ${allowed.join(', ')}`;
  const reason = `${requestLine(exchange)} answered ${status}, expected ${expected}`;
  const verdict = allowed.includes(status) ? 'pass' : 'fail';
  return globalFinding('statuses', exchange, verdict, reason, { expected, seen: String(status) });
}

function judgeMediaType(exchange: Exchange, mediaType: string): GlobalFinding {
  const seen = exchange.response?.headers['content-type'] ?? 'no content type';
  const verdict = seen.split(';')[0]?.trim().toLowerCase() === mediaType ? 'pass' : 'fail';
  const problem = `the content type is ${seen}, expected ${mediaType}`;
  const reason = asMessage(requestLine(exchange), 200, problem);
  return globalFinding('media-type', exchange, verdict, reason, { expected: mediaType, seen });
}

function judgeBody(
  exchange: Exchange,
  operation: 'list' | 'read',
  validators: Validators,
): readonly GlobalFinding[] {
  const line = (problem: string): string => asMessage(requestLine(exchange), 200, problem);
  const body = json(exchange);
  const unread = !body && exchange.response && whyUnread(exchange.response);
  if (unread) return [globalFinding('schema', exchange, 'inconclusive', line(unread))];
  if (!body) {
    const details = { expected: 'JSON', seen: 'another text' };
    return [globalFinding('schema', exchange, 'fail', line('the body is not JSON'), details)];
  }
  const { value, nulls } = validators.withoutNulls(body.value);
  const problems = validators.validate(operation, 200, value).join('; ');
  const nullFields = nulls.length === 0 ? 'no nulls' : `null in ${nulls.slice(0, 5).join(', ')}`;
  return [
    globalFinding('schema', exchange, problems === '' ? 'pass' : 'fail', line(problems || 'valid'), {
      expected: 'a body valid against the documented schema',
      seen: problems || 'a valid body',
    }),
    globalFinding('absent-not-null', exchange, nulls.length === 0 ? 'pass' : 'warn', line(nullFields), {
      expected: 'an absent value left out',
      seen: nullFields,
    }),
  ];
}

/**
 * Judges one response against one structural clause, such as `read.schema`.
 * @returns inconclusive because of `<operation>.status.200` where the response has no body to judge
 */
export function judgeAnswer(exchange: Exchange, clause: string, validators: Validators): Finding {
  const inconclusive = judgeLost(exchange);
  if (inconclusive) return inconclusive;
  const found = globalFindings(exchange, [], validators).find((one) => one.clause === clause);
  if (found) {
    const { clause: _, ...rest } = found;
    return rest;
  }
  return (
    prerequisiteStatus(exchange, [200], `${exchange.operation}.status.200`, true) ??
    finding('inconclusive', `${requestLine(exchange)}: the body is not JSON`, exchange, {
      because: `${exchange.operation}.schema`,
    })
  );
}
