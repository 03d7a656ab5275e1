/** Ids that name a task they should not, or bring the server down. */
import { contractBut } from '../change.ts';
import type { Mutant } from '../mutant.ts';

const bothMalformed = ['robustness.malformed-id.read', 'robustness.malformed-id.cancel'];
/** The ids that examples show: `1`, and UUIDs. */
const isExample = (id: unknown): boolean => /^(\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(`${id}`);
const wordsOnly = (id: string): string => id.replace(/[^A-Za-z0-9._~-]/g, '');

export const identityMutants: readonly Mutant[] = [
  {
    id: 'id-by-prefix',
    breaks: 'the beginning of an id names the task',
    rules: contractBut({ ids: { match: 'prefix' } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'id-cleaned',
    breaks: 'characters that no id has are dropped: `ID%00`, `{ID}` and `ID%2F` name the task ID',
    rules: contractBut({ ids: { clean: wordsOnly } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'id-up-to-nul',
    breaks: 'an id ends at its first NUL',
    rules: contractBut({ ids: { clean: (id) => id.split('\0')[0] ?? '' } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'slash-after-id',
    breaks: 'an encoded slash after an id is ignored',
    rules: contractBut({ ids: { clean: (id) => id.replace(/\/$/, '') } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'strange-id-is-500',
    breaks: 'an id with characters that no id has is answered with 500',
    rules: contractBut({ ids: { refuses: (id) => (wordsOnly(id) === id ? null : 500) } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'upper-case-id-is-422',
    breaks: 'an id in capitals is answered with 422',
    rules: contractBut({ ids: { refuses: (id) => (/^[A-Z0-9-]+$/.test(id) ? 422 : null) } }),
    killedBy: ['read.statuses'],
    mayFail: [],
  },
  {
    id: 'long-id-is-500',
    breaks: 'an id of more than 255 characters is answered with 500',
    rules: contractBut({ ids: { refuses: (id) => (id.length > 255 ? 500 : null) } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'id-up-to-slash-is-list',
    breaks: 'an id with a slash in it is answered with 200',
    rules: contractBut({ ids: { refuses: (id) => (id.includes('/') ? 200 : null) } }),
    killedBy: bothMalformed,
    mayFail: [],
  },
  {
    id: 'knows-example-ids-only',
    breaks: 'only ids like those of the examples, `1` or a UUID, are ever found',
    rules: contractBut({ ids: { refuses: (id) => (isExample(id) ? null : 404) } }),
    killedBy: ['read.status.200', 'cancel.running.accepted'],
    mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
  },
  {
    id: 'example-for-other-ids',
    breaks: 'a task whose id is unlike those of the examples is shown with the id `1`',
    rules: contractBut({
      read: { rewrite: (task) => (isExample(task.id) ? task : { ...task, id: '1' }) },
    }),
    killedBy: ['read.asked-id'],
    mayFail: [],
  },
];
