/**
 * What every exchange must satisfy, whatever it was sent for: a documented status, and for a 200 of the two reads
 * the documented media type and schema. Bodies of other answers are recorded, not judged.
 */
import { asMessage, type DocumentedAnswers, type Validators } from '../../spec/validators.ts';
import { asked, type Exchange, json, whyUnread } from '../model/exchange.ts';
import { type Finding, finding, lostDoubt } from '../model/verdict.ts';
import { documented } from './documented.ts';
import { unlessStatus } from './shown.ts';

export interface GlobalFinding extends Finding {
  /** The structural clause that the exchange is charged to, or speaks for. */
  readonly clause: string;
}

/** The structural clauses that every exchange is judged by. */
export const globalClauses: readonly string[] = ['list', 'read', 'cancel'].flatMap((operation) =>
  operation === 'cancel'
    ? [`${operation}.statuses`]
    : ['statuses', 'media-type', 'schema', 'absent-not-null'].map((what) => `${operation}.${what}`),
);

/**
 * What an exchange says about the structural clauses of its operation; nothing where it was lost, or is none of the
 * three operations.
 * @param tolerates undocumented statuses that are fair for this very request
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

function judgeDocumented(
  exchange: Exchange,
  status: number,
  { statuses }: DocumentedAnswers,
  tolerates: readonly number[],
): GlobalFinding {
  const fair = [...statuses, ...tolerates];
  const expected = `one of ${fair.join(', ')}`;
  return {
    clause: `${exchange.operation}.statuses`,
    ...finding(
      fair.includes(status) ? 'pass' : 'fail',
      `${asked(exchange)} answered ${status}, expected ${expected}`,
      exchange,
      {
        expected,
        seen: String(status),
      },
    ),
  };
}

function judgeMediaType(exchange: Exchange, mediaType: string): GlobalFinding {
  const seen = exchange.response?.headers['content-type'] ?? 'no content type';
  const verdict = seen.split(';')[0]?.trim().toLowerCase() === mediaType ? 'pass' : 'fail';
  return {
    clause: `${exchange.operation}.media-type`,
    ...finding(
      verdict,
      asMessage(asked(exchange), 200, `the content type is ${seen}, expected ${mediaType}`),
      exchange,
      {
        expected: mediaType,
        seen,
      },
    ),
  };
}

function judgeBody(
  exchange: Exchange,
  operation: 'list' | 'read',
  validators: Validators,
): readonly GlobalFinding[] {
  const clause = `${operation}.schema`;
  const line = (problem: string): string => asMessage(asked(exchange), 200, problem);
  const body = json(exchange);
  const unread = !body && exchange.response && whyUnread(exchange.response);
  if (unread) return [{ clause, ...finding('inconclusive', line(unread), exchange) }];
  if (!body) {
    return [
      {
        clause,
        ...finding('fail', line('the body is no JSON'), exchange, {
          expected: 'JSON',
          seen: 'another text',
        }),
      },
    ];
  }
  const { value, nulls } = validators.withoutNulls(body.value);
  const problems = validators.validate(operation, 200, value).join('; ');
  const nullFields = nulls.length === 0 ? 'no nulls' : `null in ${nulls.slice(0, 5).join(', ')}`;
  const schema: GlobalFinding = {
    clause,
    ...finding(problems === '' ? 'pass' : 'fail', line(problems || 'valid'), exchange, {
      expected: 'a body valid against the documented schema',
      seen: problems || 'a valid body',
    }),
  };
  const nullness: GlobalFinding = {
    clause: `${operation}.absent-not-null`,
    ...finding(nulls.length === 0 ? 'pass' : 'warn', line(nullFields), exchange, {
      expected: 'an absent value left out',
      seen: nullFields,
    }),
  };
  return [schema, nullness];
}

// ===== harness/judge/judge-answer.ts: One answer against one structural clause: status, media type, schema, nulls, as every exchange is judged too.

/**
 * Whether an answer keeps a structural clause, such as `read.schema`.
 * @returns a doubt because of `<operation>.status.200` where the answer has no body to judge
 */
export function judgeAnswer(exchange: Exchange, clause: string): Finding {
  const doubt = lostDoubt(exchange);
  if (doubt) return doubt;
  const found = globalFindings(exchange, [], documented()).find((one) => one.clause === clause);
  if (found) {
    const { clause: _, ...rest } = found;
    return rest;
  }
  return (
    unlessStatus(exchange, [200], `${exchange.operation}.status.200`, true) ??
    finding('inconclusive', `${asked(exchange)}: the body is no JSON`, exchange, {
      because: `${exchange.operation}.schema`,
    })
  );
}
