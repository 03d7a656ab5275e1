/** What is recorded of long bodies: their beginning, their length and their hash. They are judged whole all the same. */
import { createHash } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { type Limits, limits } from './limits.ts';

const headCharacters = 1000;

/**
 * @param redact takes secrets out, of the whole body: cut in two, they would no longer be known
 * @returns what makes an exchange short enough to be recorded, for one run
 */
export function shortener(
  redact: (text: string) => string,
  { bodyBytesRecorded, runBytesRecorded }: Limits = limits,
): (exchange: Exchange) => Exchange {
  let left = runBytesRecorded;
  return (exchange) => {
    const { response } = exchange;
    if (!response || response.body.length <= headCharacters) return exchange;
    const whole = redact(response.body);
    const head = { ...response, body: copied(whole, headCharacters) };
    if (response.truncated) return { ...exchange, response: head };
    const bytes = jsonBytes(whole, Math.min(bodyBytesRecorded, left));
    if (bytes === undefined) {
      const sha256 = createHash('sha256').update(response.body).digest('hex');
      const shortened = { bytes: Buffer.byteLength(response.body), sha256 };
      return { ...exchange, response: { ...head, shortened } };
    }
    left -= bytes;
    return exchange;
  };
}

/** The length of a text as JSON, or undefined where it is more than `most`. */
function jsonBytes(text: string, most: number): number | undefined {
  if (text.length > most) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify(text));
  return bytes > most ? undefined : bytes;
}

/** The first characters of a text, in memory of their own: a slice would keep the whole alive. */
const copied = (text: string, length: number): string =>
  Buffer.from(text.slice(0, length), 'utf16le').toString('utf16le');
