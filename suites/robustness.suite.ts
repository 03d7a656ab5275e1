/** Robustness: ids that can't exist are refused. Source: the 404 rows of requests/crdb_tasks */
import {
  type CheckContext,
  clause,
  type Exchange,
  impossibleIds,
  judgeStatus,
  rawCancel,
  rawRead,
} from '../harness/run/suite.ts';

type MakesId = (context: CheckContext) => Promise<string>;

/** Ids as they stand in the path, escaped or not; some are made from the id of an existing task. */
const malformed = {
  'encoded slash': async () => impossibleIds['encoded slash'],
  'encoded slash after a live id': async ({ ownId }) => `${await ownId()}%2F`,
  'NUL after a live id': async ({ ownId }) => `${await ownId()}%00`,
  'live id in braces': async ({ ownId }) => `%7B${await ownId()}%7D`,
  'live id, cut': async ({ ownId }) => (await ownId()).slice(0, -1),
  'live id, longer': async ({ ownId }) => `${await ownId()}0`,
  quotes: async () => impossibleIds.quotes,
  'path traversal': async () => impossibleIds['path traversal'],
  'broken escape': async () => impossibleIds['broken escape'],
  'beyond ASCII': async () => impossibleIds['beyond ASCII'],
  '2,000 characters': async () => impossibleIds['2,000 characters'],
} as const satisfies Record<string, MakesId>;
type Kind = keyof typeof malformed;
const eachId = (Object.keys(malformed) as Kind[]).map((id) => ({ id })); // keys() forgets its type

/** Proxies and frameworks normalise encoded slashes and dot segments by themselves, and redirect to the result. */
const normalised: readonly Kind[] = ['encoded slash', 'encoded slash after a live id', 'path traversal'];
const redirects = [301, 302, 307, 308];
const refusals = [404, 400];

const tolerates = (id: Kind): readonly number[] => (normalised.includes(id) ? [400, ...redirects] : [400]);

/** A redirect to another origin never gets here: the client counts the exchange as lost, which is inconclusive. */
function judgeRefusal(exchange: Exchange, id: Kind) {
  const mayRedirect = normalised.includes(id) && exchange.response?.headers.location !== undefined;
  return judgeStatus(exchange, mayRedirect ? [...refusals, ...redirects] : refusals);
}

clause('robustness.malformed-id.read', {
  positiveControl: 'read.status.404',
  cases: eachId,
  async check({ id }, context) {
    const raw = await malformed[id](context);
    return [judgeRefusal(await context.send(rawRead(raw, { tolerates: tolerates(id) })), id)];
  },
});

clause('robustness.malformed-id.cancel', {
  positiveControl: 'cancel.status.404',
  cases: eachId,
  async check({ id }, context) {
    const raw = await malformed[id](context);
    return [judgeRefusal(await context.send(rawCancel(raw, { tolerates: tolerates(id) })), id)];
  },
});
