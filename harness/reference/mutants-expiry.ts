/** Faults of the default retention: too short, too long, from the wrong instant, or answered wrongly once it is over. */
import type { RulesChange } from './contract.ts';
import { axis, detectedBy, type Mutant, perRow, perShape } from './mutant.ts';
import { isEnded, phaseOf, type Task } from './task.ts';

const retention = (change: NonNullable<RulesChange['retention']>): RulesChange => ({ retention: change });
const agedBeyond =
  (seconds: number) =>
  ({ agedMs }: Task): boolean =>
    agedMs > seconds * 1000;
/** A read that takes 7 s. */
const slowRead: RulesChange = { transport: { afterMs: { read: 7000 } } };

const kept: readonly Mutant[] = [
  ...detectedBy('expiry.default.kept', {
    'default-60': ['the default retention is 60 s', retention({ defaultS: 60 })],
    'default-490': ['the default retention is 490 s', retention({ defaultS: 490 })],
    'default-245-and-slow': [
      'the default retention is 245 s; a read of a task older than 240 s takes 7 s',
      slowRead,
      { when: { operation: 'read', task: agedBeyond(240) }, always: retention({ defaultS: 245 }) },
    ],
  }),
  ...detectedBy(['expiry.default.kept', 'expiry.at-creation.kept', 'expiry.on-read.kept'], {
    half: ['every retention is halved', retention({ msPerSecond: 500 })],
    milliseconds: [
      'a retention is counted in milliseconds instead of seconds',
      retention({ msPerSecond: 1 }),
      { mayFail: ['read.status.200'] },
    ],
  }),
  ...detectedBy('expiry.failed.kept', {
    'failed-half': ['a failed task is kept for half the retention', retention({ share: { failed: 0.5 } })],
    'failed-for-a-minute': ['a failed task is kept for 60 s', retention({ share: { failed: 0.12 } })],
    'failed-450': ['a failed task is kept for 450 s', retention({ share: { failed: 0.9 } })],
    'failed-245-and-slow': [
      'a failed task is kept for 245 s; a read of one older than 240 s takes 7 s',
      slowRead,
      {
        when: { operation: 'read', phase: 'failed', task: agedBeyond(240) },
        always: retention({ share: { failed: 0.49 } }),
      },
    ],
  }),
  ...detectedBy('expiry.cancelled.kept', {
    'cancelled-tenth': [
      'a cancelled task is kept for a tenth of the retention',
      retention({ share: { cancelled: 0.1 } }),
    ],
    'cancelled-half': [
      'a cancelled task is kept for half the retention',
      retention({ share: { cancelled: 0.5 } }),
    ],
  }),
  ...detectedBy('read.status.200', {
    'failed-gone-at-once': [
      'a failed task is forgotten as soon as it has failed',
      retention({ share: { failed: 0 } }),
    ],
  }),
];

const gone: readonly Mutant[] = [
  ...detectedBy('expiry.default.gone', {
    'default-510': ['the default retention is 510 s', retention({ defaultS: 510 })],
    'default-3600': ['the default retention is one hour', retention({ defaultS: 3600 })],
    'default-never': [
      'without a TTL, a task never expires',
      retention({ defaultS: Number.POSITIVE_INFINITY }),
    ],
    'never-expires': [
      'no task ever expires',
      retention({ forgottenBy: { read: false, cancel: false, list: false } }),
    ],
    minutes: ['a retention is counted in minutes instead of seconds', retention({ msPerSecond: 60_000 })],
    'expired-is-410': ['a read of an expired task is answered with 410', { read: { expired: () => 410 } }],
    'expired-is-410-after-an-hour': [
      'only a read more than an hour after the end of an expired task is answered with 410',
      { read: { expired: () => 410 } },
      { when: { operation: 'read', task: (task) => isEnded(phaseOf(task)) && agedBeyond(3600)(task) } },
    ],
    'verbose-knows-expired': [
      'a read with verbose=true still shows an expired task',
      retention({ forgottenByVerbose: false }),
    ],
    'verbose-false-knows-expired': [
      'a read with verbose=false still shows a task one minute after it expired',
      retention({ defaultS: 560 }),
      { when: { operation: 'read', verbose: 'false' } },
    ],
  }),
  ...detectedBy('read.statuses', {
    'failed-expired-is-410': [
      'only a read of an expired failed task is answered with 410',
      { read: { expired: (phase) => (phase === 'failed' ? 410 : 404) } },
    ],
  }),
  ...detectedBy('expiry.cancel', {
    'cancel-expired-is-406': [
      'a cancel of an expired task is refused with 406, as if the task were known',
      retention({ forgottenBy: { cancel: false } }),
    ],
    'cancel-expired-is-200': ['a cancel of an expired task is accepted', { cancel: { expired: 200 } }],
  }),
];

const fromTheWrongInstant: readonly Mutant[] = [
  ...detectedBy('expiry.from-completion', {
    'from-creation': ['the retention counts from the creation of the task', retention({ from: 'creation' })],
    'from-start': ['the retention counts from the start of the task', retention({ from: 'start' })],
  }),
  ...perRow(
    [
      { name: 'a-day', ageWrapsAtMs: 86_400_000, words: 'a day' },
      { name: 'a-week', ageWrapsAtMs: 604_800_000, words: 'a week' },
      { name: '16-bits', ageWrapsAtMs: 65_536_000, words: '65,536 s' },
      { name: '31-bits', ageWrapsAtMs: 2 ** 31, words: '2,147,483,648 ms' },
      { name: '32-bits', ageWrapsAtMs: 2 ** 32, words: '4,294,967,296 ms' },
    ],
    ({ name, ageWrapsAtMs, words }) => ({
      id: `age-wraps-at-${name}`,
      breaks: `the age of a status begins again after ${words}, so that an expired one comes back`,
      change: retention({ ageWrapsAtMs }),
      killedBy: 'expiry.default.gone',
    }),
  ),
  ...detectedBy('expiry.at-creation.gone', {
    'age-wraps-at-a-day-with-creation-ttl': [
      'only of a task with a TTL at creation the age of the status begins again after a day',
      retention({ ageWrapsAtMs: 86_400_000 }),
      { when: { task: ({ resultTtlS }) => resultTtlS !== undefined } },
    ],
  }),
  ...detectedBy('expiry.on-read.gone', {
    'age-wraps-at-a-day-with-read-ttl': [
      'only of a task with a TTL on a read the age of the status begins again after a day',
      retention({ ageWrapsAtMs: 86_400_000 }),
      { when: { task: ({ readTtl }) => readTtl !== undefined } },
    ],
  }),
  ...detectedBy('expiry.default.gone', {
    'from-first-read': [
      'the retention counts from the first read that finds the task ended',
      retention({ from: 'first read of the end' }),
    ],
  }),
  ...detectedBy('expiry.plain-read-keeps', {
    'from-last-read': ['every read prolongs the retention', retention({ from: 'last read' })],
    'plain-read-halves': [
      'a read without a TTL halves the retention',
      retention({ afterPlainReads: (beforeS, reads) => (reads > 0 ? beforeS / 2 : beforeS) }),
    ],
  }),
  ...detectedBy('expiry.unfinished', {
    'expires-unfinished': ['a task that has not ended expires too', retention({ unfinished: 'expire' })],
  }),
  ...perShape(axis('phase', ['queued', 'running', 'committing']), ({ phase }) => ({
    id: `${phase}-expires-by-creation-ttl`,
    breaks: `only a ${phase} task that has a TTL from its creation expires`,
    change: retention({ unfinished: 'expire' }),
    when: { task: ({ resultTtlS }) => resultTtlS !== undefined },
    killedBy: 'expiry.unfinished',
  })),
  ...perShape(axis('phase', ['queued', 'running', 'committing']), ({ phase }) => ({
    id: `${phase}-expires-by-read-ttl`,
    breaks: `only a ${phase} task that was read with X-Result-TTL expires`,
    change: retention({ unfinished: 'expire by a TTL on a read' }),
    killedBy: 'expiry.unfinished',
  })),
];

export const expiryMutants: readonly Mutant[] = [...kept, ...gone, ...fromTheWrongInstant];
