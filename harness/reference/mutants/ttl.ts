/** The TTL of a task, at creation or on a read: ignored, misread, or taken for other tasks too. */
import { contractBut, type RulesChange } from '../change.ts';
import type { Mutant } from '../mutant.ts';

const retention = (change: NonNullable<RulesChange['retention']>) => contractBut({ retention: change });
const readTtl = (change: NonNullable<NonNullable<RulesChange['retention']>['readTtl']>) =>
  retention({ readTtl: change });
const creationTtl = (change: NonNullable<NonNullable<RulesChange['retention']>['creationTtl']>) =>
  retention({ creationTtl: change });

/** Where a TTL leaks into other tasks, it depends on their order which of them show it. */
const anyTask: readonly string[] = [
  'expiry.default.kept',
  'expiry.default.gone',
  'expiry.at-creation.kept',
  'expiry.at-creation.gone',
  'expiry.on-read.kept',
  'expiry.on-read.gone',
  'expiry.plain-read-keeps',
  'expiry.failed.kept',
  'expiry.cancelled.kept',
  'expiry.malformed-ttl',
];

export const ttlMutants: readonly Mutant[] = [
  {
    id: 'creation-ttl-ignored',
    breaks: 'the TTL at creation is ignored',
    rules: creationTtl({ makes: (defaultS) => defaultS }),
    killedBy: ['expiry.at-creation.kept'],
    mayFail: [],
  },
  {
    id: 'read-ttl-ignored',
    breaks: 'X-Result-TTL on a read is ignored',
    rules: readTtl({ on: 'no task' }),
    killedBy: ['expiry.on-read.kept'],
    mayFail: [],
  },
  {
    id: 'read-ttl-in-milliseconds',
    breaks: 'X-Result-TTL on a read is taken for milliseconds',
    rules: readTtl({ makes: (_, headerS) => headerS / 1000 }),
    killedBy: ['expiry.on-read.kept'],
    mayFail: [],
  },
  {
    id: 'read-ttl-adds',
    breaks: 'X-Result-TTL on a read is added to the retention',
    rules: readTtl({ makes: (beforeS, headerS) => beforeS + headerS }),
    killedBy: ['expiry.on-read.gone'],
    mayFail: [],
  },
  {
    id: 'read-ttl-only-prolongs',
    breaks: 'X-Result-TTL on a read can only prolong the retention',
    rules: readTtl({ makes: Math.max }),
    killedBy: ['expiry.on-read.gone'],
    mayFail: [],
  },
  {
    id: 'read-ttl-only-shortens',
    breaks: 'X-Result-TTL on a read can only shorten the retention',
    rules: readTtl({ makes: Math.min }),
    killedBy: ['expiry.on-read.kept'],
    mayFail: [],
  },
  {
    id: 'read-ttl-for-all',
    breaks: 'X-Result-TTL on a read sets the retention of all tasks',
    rules: readTtl({ on: 'all tasks' }),
    killedBy: ['expiry.that-task-alone'],
    mayFail: anyTask,
  },
  {
    id: 'read-ttl-becomes-default',
    breaks: 'X-Result-TTL on a read becomes the default of tasks made later',
    rules: readTtl({ on: 'later tasks too' }),
    killedBy: ['expiry.that-task-alone'],
    mayFail: anyTask,
  },
  {
    id: 'creation-ttl-only-prolongs',
    breaks: 'a TTL at creation can only prolong the retention',
    rules: creationTtl({ makes: Math.max }),
    killedBy: ['expiry.at-creation.gone'],
    mayFail: [],
  },
  {
    id: 'creation-ttl-doubled',
    breaks: 'a TTL at creation is taken twice',
    rules: creationTtl({ makes: (_, givenS) => 2 * givenS }),
    killedBy: ['expiry.at-creation.gone'],
    mayFail: [],
  },
  {
    id: 'creation-ttl-in-milliseconds',
    breaks: 'a TTL at creation is taken for milliseconds',
    rules: creationTtl({ makes: (_, givenS) => givenS / 1000 }),
    killedBy: ['expiry.at-creation.kept'],
    mayFail: [],
  },
  {
    id: 'creation-ttl-becomes-default',
    breaks: 'a TTL at creation becomes the default of tasks made later',
    rules: creationTtl({ on: 'later tasks too' }),
    killedBy: ['expiry.that-task-alone'],
    // Two seconds as the default of all tasks: on a busy machine they go before anything is asked of them.
    mayFail: [...anyTask, 'read.status.200', 'cancel.ended.refused'],
  },
  {
    id: 'ttl-at-most-an-hour',
    breaks: 'no TTL on a read beyond an hour is kept',
    rules: readTtl({ makes: (_, headerS) => Math.min(headerS, 3600) }),
    killedBy: ['expiry.on-read.kept'],
    mayFail: [],
  },
  {
    id: 'bad-ttl-is-500',
    breaks: 'an X-Result-TTL that is no number is answered with 500',
    rules: readTtl({ malformed: 500 }),
    killedBy: ['expiry.malformed-ttl'],
    mayFail: [],
  },
  {
    id: 'negative-ttl-counts',
    breaks: 'a negative X-Result-TTL expires the task at once',
    rules: readTtl({ parse: (header) => (/^-?\d+$/.test(header) ? Number(header) : null) }),
    killedBy: ['expiry.malformed-ttl'],
    mayFail: [],
  },
  {
    id: 'bad-ttl-keeps-for-ever',
    breaks: 'a task read with an X-Result-TTL that is no integer never expires',
    rules: readTtl({ parse: (header) => (/^\d+$/.test(header) ? Number(header) : Number.POSITIVE_INFINITY) }),
    killedBy: ['expiry.malformed-ttl'],
    mayFail: [],
  },
  {
    id: 'ttl-parsed-loosely',
    breaks: 'an X-Result-TTL of `60s` counts as 60, `soon` as 0',
    rules: readTtl({ parse: (header) => Math.abs(Number.parseInt(header, 10) || 0) }),
    killedBy: ['expiry.malformed-ttl'],
    mayFail: [],
  },
  {
    id: 'read-ttl-ignored-for-failed',
    breaks: 'X-Result-TTL on a read of a failed task is ignored',
    rules: readTtl({ heeds: (phase) => phase !== 'failed' }),
    killedBy: ['expiry.on-read.kept'],
    mayFail: [],
  },
  {
    id: 'read-ttl-ignored-when-verbose',
    breaks: 'X-Result-TTL on a read with verbose=true is ignored',
    rules: readTtl({ heeds: (_, verbose) => !verbose }),
    killedBy: ['expiry.on-read.kept'],
    mayFail: [],
  },
];
