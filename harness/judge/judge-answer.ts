/** One answer against one structural clause: status, media type, schema, nulls, as every exchange is judged too. */
import { asked, type Exchange } from '../model/exchange.ts';
import { type Finding, finding, lostDoubt } from '../model/finding.ts';
import { documented } from './documented.ts';
import { globalFindings } from './global-checks.ts';
import { unlessStatus } from './shown.ts';

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
