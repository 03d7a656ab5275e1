/** Robustness: ids that can't exist are refused as such. Source: the 404 rows of requests/crdb_tasks */
import { clause } from '../harness/clause.ts';
import { judgeStatus } from '../harness/judge.ts';
import { rawCancel, rawRead } from '../harness/requests.ts';

/** Ids as they stand in the path, escaped or not; each is made from the id of a task that is there, or from nothing. */
const malformed = {
  'encoded slash': () => 'a%2Fb',
  'encoded slash after a live id': (id: string) => `${id}%2F`,
  'NUL after a live id': (id: string) => `${id}%00`,
  'live id in braces': (id: string) => `%7B${id}%7D`,
  'live id, cut': (id: string) => id.slice(0, -1),
  'live id, longer': (id: string) => `${id}0`,
  quotes: () => '%22%27%20OR%20%271%27%3D%271',
  'path traversal': () => '..%2F..%2Fetc%2Fpasswd',
  'broken escape': () => '%zz',
  'beyond ASCII': () => '%F0%9F%92%A5',
  '2,000 characters': () => 'x'.repeat(2000),
} as const;
const eachId = (Object.keys(malformed) as (keyof typeof malformed)[]).map((id) => ({ id })); // keys() forgets its type

clause('robustness.malformed-id.read', {
  positiveControl: 'read.status.404',
  cases: eachId,
  async check({ id }, { send, existing }) {
    const raw = malformed[id]((await existing('running')).id);
    return [judgeStatus(await send(rawRead(raw, { tolerates: [400] })), [404, 400])];
  },
});

clause('robustness.malformed-id.cancel', {
  positiveControl: 'cancel.status.404',
  cases: eachId,
  async check({ id }, { send, provision }) {
    const raw = malformed[id]((await provision('running')).id);
    return [judgeStatus(await send(rawCancel(raw, { tolerates: [400] })), [404, 400])];
  },
});
