/** Robustness: ids that can't exist are refused as such. Source: the 404 rows of requests/crdb_tasks */
import {
  type CheckContext,
  clause,
  impossibleIds,
  judgeStatus,
  rawCancel,
  rawRead,
} from '../harness/run/suite.ts';

type MakesId = (context: CheckContext) => Promise<string>;

/** Ids as they stand in the path, escaped or not; some are made from the id of a task that is there. */
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
const eachId = (Object.keys(malformed) as (keyof typeof malformed)[]).map((id) => ({ id })); // keys() forgets its type

clause('robustness.malformed-id.read', {
  positiveControl: 'read.status.404',
  cases: eachId,
  async check({ id }, context) {
    const raw = await malformed[id](context);
    return [judgeStatus(await context.send(rawRead(raw, { tolerates: [400] })), [404, 400])];
  },
});

clause('robustness.malformed-id.cancel', {
  positiveControl: 'cancel.status.404',
  cases: eachId,
  async check({ id }, context) {
    const raw = await malformed[id](context);
    return [judgeStatus(await context.send(rawCancel(raw, { tolerates: [400] })), [404, 400])];
  },
});
