/** How much of what a target says is read, looked into and kept, whatever it says. Every report states it. */
import { maxHeaderSize } from 'node:http';

export interface Limits {
  /** The head of an answer. A longer one is a lost answer. */
  readonly headBytesRead: number;
  /** Interim answers (1xx) to one request. One that more come to is lost: each costs more than its bytes. */
  readonly interimAnswersRead: number;
  /** One body, unzipped. */
  readonly bodyBytesRead: number;
  /** The bodies of a run together, as far as each is longer than `bodyBytesFree`. */
  readonly runBytesRead: number;
  /** So much of every body is read even where those before it have used up what a run may read. */
  readonly bodyBytesFree: number;
  /** How deep JSON may be nested: what compares and words values goes down into them, and would overflow. */
  readonly jsonDepth: number;
  /** How many values JSON may hold: parsed, a value takes some twenty times the memory of its text. */
  readonly jsonValues: number;
  /** A body that is recorded whole, as JSON text; of a longer one its beginning, its length and its hash. */
  readonly bodyBytesRecorded: number;
  /** The bodies of a run that are recorded whole, together with the heads that are. */
  readonly runBytesRecorded: number;
  /** So much of every head is recorded even where what was before it has used up what a run may record. */
  readonly headBytesFree: number;
}

const kiB = 2 ** 10;
const miB = 2 ** 20;

export const limits: Limits = {
  headBytesRead: maxHeaderSize,
  interimAnswersRead: 100,
  bodyBytesRead: 16 * miB,
  runBytesRead: 64 * miB,
  bodyBytesFree: 16 * kiB,
  jsonDepth: 1000,
  jsonValues: 250_000,
  bodyBytesRecorded: miB,
  runBytesRecorded: 16 * miB,
  headBytesFree: kiB,
};
