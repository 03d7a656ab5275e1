/** `Retry-After`: how long a server that turns a request away asks not to be asked. Source: RFC 9110, 10.2.3 */
import type { RecordedResponse } from '../model/exchange.ts';

/** `Date` takes nearly anything for a date. */
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * @returns milliseconds from the answer on; undefined where it says nothing that can be understood
 */
export function retryAfterMs({ headers }: Pick<RecordedResponse, 'headers'>): number | undefined {
  const said = headers['retry-after']?.trim();
  if (said === undefined) return undefined;
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  if (!httpDate.test(said)) return undefined;
  // A date is one of the server's clock, and so is the answer's own: ours may be minutes off.
  const ms = Date.parse(said) - Date.parse(headers.date ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
