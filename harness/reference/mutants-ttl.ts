/** Faults of the TTL of a task, at creation or on a read: ignored, misread, undone, or applied to other tasks too. */
import { type RulesChange, secondsIn } from './contract.ts';
import { detectedBy, type FaultRow, type Mutant, perRow, type RequestShape } from './mutant.ts';
import type { Task } from './task.ts';

type Retention = NonNullable<RulesChange['retention']>;
const readTtl = (change: NonNullable<Retention['readTtl']>): RulesChange => ({
  retention: { readTtl: change },
});
/** A TTL at creation counts in another way. */
export const creationTtl = (change: NonNullable<Retention['creationTtl']>): RulesChange => ({
  retention: { creationTtl: change },
});

/** A TTL at creation of `wrongS` counts as another one. */
const createdWith = (wrongS: number, asS: number): RulesChange =>
  creationTtl({ makes: (_, givenS) => (givenS === wrongS ? asS : givenS) });
/** A TTL on a read of `wrongS` counts as another one. */
const readWith = (wrongS: number, asS: number): RulesChange =>
  readTtl({ makes: (_, headerS) => (headerS === wrongS ? asS : headerS) });

const atCreation: readonly Mutant[] = [
  ...detectedBy('expiry.at-creation.kept', {
    'creation-ttl-ignored': [
      'the TTL at creation is ignored',
      creationTtl({ makes: (defaultS) => defaultS }),
    ],
    'creation-ttl-in-milliseconds': [
      'the TTL at creation is read as milliseconds',
      creationTtl({ makes: (_, givenS) => givenS / 1000 }),
    ],
    'creation-ttl-60-is-30': ['only a TTL of 60 s at creation counts as 30 s', createdWith(60, 30)],
    'creation-ttl-1000-is-900': [
      'only a TTL of 1000 s at creation of a finished task counts as 900 s',
      createdWith(1000, 900),
      { when: { phase: 'finished' } },
    ],
    'creation-ttl-at-most-an-hour': [
      'a TTL at creation of more than an hour counts as an hour',
      creationTtl({ makes: (_, givenS) => Math.min(givenS, 3600) }),
    ],
    'creation-ttl-ignored-for-failed': [
      'the TTL at creation of a failed task is ignored',
      creationTtl({ makes: (defaultS) => defaultS }),
      { when: { phase: 'failed' } },
    ],
  }),
  ...detectedBy('expiry.at-creation.gone', {
    'creation-ttl-only-prolongs': [
      'a TTL at creation can only prolong the retention',
      creationTtl({ makes: Math.max }),
    ],
    'creation-ttl-doubled': [
      'a TTL at creation counts twice',
      creationTtl({ makes: (_, givenS) => 2 * givenS }),
    ],
    'creation-ttl-at-least-10': [
      'a TTL at creation of less than 10 s counts as 10 s',
      creationTtl({ makes: (_, givenS) => Math.max(givenS, 10) }),
    ],
    'creation-ttl-60-is-100': ['only a TTL of 60 s at creation counts as 100 s', createdWith(60, 100)],
    'creation-ttl-1000-is-an-hour': [
      'only a TTL of 1000 s at creation counts as an hour',
      createdWith(1000, 3600),
    ],
  }),
];

const ignored = readTtl({ applies: () => false });
const onRead: readonly Mutant[] = [
  ...detectedBy('expiry.on-read.kept', {
    'read-ttl-octal': [
      'a TTL on a read that begins with 0 is taken for an octal number',
      {
        retention: {
          readTtl: {
            parse: (header) =>
              /^\d+$/.test(header) ? Number(/^0[0-7]+$/.test(header) ? `0o${header}` : header) : null,
          },
        },
      },
    ],
    'read-ttl-ignored': ['X-Result-TTL on a read is ignored', readTtl({ on: 'no task' })],
    'read-ttl-in-milliseconds': [
      'X-Result-TTL on a read is read as milliseconds',
      readTtl({ makes: (_, headerS) => headerS / 1000 }),
    ],
    'read-ttl-only-shortens': [
      'X-Result-TTL on a read can only shorten the retention',
      readTtl({ makes: Math.min }),
    ],
    'ttl-at-most-an-hour': [
      'X-Result-TTL on a read of more than an hour counts as an hour',
      readTtl({ makes: (_, headerS) => Math.min(headerS, 3600) }),
    ],
    'read-ttl-ignored-for-failed': [
      'X-Result-TTL on a read of a failed task is ignored',
      readTtl({ applies: (phase) => phase !== 'failed' }),
    ],
    'read-ttl-ignored-when-verbose': [
      'X-Result-TTL on a read with verbose=true is ignored',
      readTtl({ applies: (_, verbose) => !verbose }),
    ],
    'read-ttl-below-60-is-0': [
      'an X-Result-TTL of less than 60 on a read counts as 0',
      readTtl({ makes: (_, headerS) => (headerS < 60 ? 0 : headerS) }),
    ],
    'read-ttl-60-is-30': ['only an X-Result-TTL of 60 on a read counts as 30', readWith(60, 30)],
    'read-ttl-1000-ignored': [
      'only an X-Result-TTL of 1000 on a read of a finished task with verbose=false is ignored',
      ignored,
      { when: { operation: 'read', phase: 'finished', verbose: 'false', ttl: '1000' } },
    ],
  }),
  ...detectedBy('expiry.on-read.gone', {
    'read-ttl-adds': [
      'X-Result-TTL on a read is added to the retention',
      readTtl({ makes: (beforeS, headerS) => beforeS + headerS }),
    ],
    'read-ttl-only-prolongs': [
      'X-Result-TTL on a read can only prolong the retention',
      readTtl({ makes: Math.max }),
    ],
    'read-ttl-at-least-60': [
      'an X-Result-TTL of less than 60 on a read counts as 60',
      readTtl({ makes: (_, headerS) => Math.max(headerS, 60) }),
    ],
    'read-ttl-of-a-day-for-good': [
      'an X-Result-TTL of a day or more on a read keeps a status for ever',
      readTtl({ makes: (_, headerS) => (headerS < 86_400 ? headerS : 1e12) }),
    ],
    'read-ttl-1000-is-2000': ['only an X-Result-TTL of 1000 on a read counts as 2000', readWith(1000, 2000)],
  }),
  ...perRow(['false', 'true'], (verbose) => ({
    id: `read-ttl-60-ignored-by-verbose-${verbose}`,
    breaks: `only an X-Result-TTL of 60 on a read with verbose=${verbose} is ignored`,
    change: ignored,
    when: { operation: 'read', verbose, ttl: '60' },
    killedBy: 'expiry.on-read.gone',
  })),
];

/** Where a TTL affects other tasks, it depends on the order of requests which of these clauses see it. */
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

const otherTasks: readonly Mutant[] = detectedBy('expiry.that-task-alone', {
  'read-ttl-for-all': [
    'X-Result-TTL on a read sets the retention of all tasks',
    readTtl({ on: 'all tasks' }),
    { mayFail: anyTask },
  ],
  'read-ttl-shortens-all': [
    'X-Result-TTL on a read can only shorten the retention, and shortens that of all tasks',
    readTtl({ on: 'all tasks', makes: Math.min }),
  ],
  'read-ttl-prolongs-all': [
    'X-Result-TTL on a read can only prolong the retention, and prolongs that of all tasks',
    readTtl({ on: 'all tasks', makes: Math.max }),
  ],
  'read-ttl-becomes-default': [
    'X-Result-TTL on a read becomes the default of later tasks',
    readTtl({ on: 'later tasks too' }),
    { mayFail: anyTask },
  ],
  'creation-ttl-becomes-default': [
    'the TTL at creation becomes the default of later tasks',
    creationTtl({ on: 'later tasks too' }),
    {
      // Two seconds as the default of all tasks: on a busy machine they expire before any request to them.
      mayFail: [...anyTask, 'read.status.200', 'cancel.ended.refused'],
    },
  ],
  'creation-ttl-shortens-later-tasks': [
    'a TTL at creation can only shorten the retention, and shortens that of later tasks too',
    creationTtl({ on: 'later tasks too', makes: Math.min }),
    {
      mayFail: ['read.status.200'], // two seconds for all tasks
    },
  ],
  'creation-ttl-prolongs-later-tasks': [
    'a TTL at creation can only prolong the retention, and prolongs that of later tasks too',
    creationTtl({ on: 'later tasks too', makes: Math.max }),
  ],
});

const hasReadTtl =
  (seconds: number | undefined) =>
  ({ readTtl: last }: Task): boolean =>
    last?.ttlS === seconds;
/** Whether a task was aged beyond 400 s, and never read with a TTL. */
const isOld = (task: Task): boolean => hasReadTtl(undefined)(task) && task.agedMs > 400_000;
const isYoung = (task: Task): boolean => hasReadTtl(undefined)(task) && task.agedMs <= 400_000;

/** A read without a TTL sets one. */
const assumes = (
  breaks: string,
  [assumedS, verbose, task]: readonly [number, string, NonNullable<RequestShape['task']>],
): FaultRow => [breaks, readTtl({ assumes: assumedS }), { when: { operation: 'read', verbose, task } }];

const plainReads: readonly Mutant[] = detectedBy('expiry.plain-read-keeps', {
  'plain-read-takes-ttl-back': [
    'a read without X-Result-TTL undoes the TTL of an earlier read',
    readTtl({ holds: 'until a plain read' }),
  ],
  'plain-read-takes-short-ttl-back': assumes(
    'only a TTL of 60 s is undone by a later read without X-Result-TTL, with verbose=false',
    [500, 'false', hasReadTtl(60)],
  ),
  'plain-read-takes-long-ttl-back': assumes(
    'only a TTL of 1000 s is undone by a later read without X-Result-TTL, with verbose=false',
    [500, 'false', hasReadTtl(1000)],
  ),
  'late-read-prolongs-by-verbose-false': assumes(
    'a read with verbose=false shortly before the expiry doubles the retention',
    [1000, 'false', isOld],
  ),
  'late-read-prolongs-by-verbose-true': assumes(
    'a read with verbose=true shortly before the expiry doubles the retention',
    [1000, 'true', isOld],
  ),
  'early-read-shortens': assumes(
    'a read with verbose=false in the first 400 s shortens the retention to 400 s',
    [400, 'false', isYoung],
  ),
});

const never = Number.POSITIVE_INFINITY;
const malformed: readonly Mutant[] = [
  ...detectedBy('expiry.malformed-ttl', {
    'bad-ttl-is-500': ['an X-Result-TTL that is no number is answered with 500', readTtl({ malformed: 500 })],
    'negative-ttl-counts': [
      'a negative X-Result-TTL expires the task at once',
      readTtl({ parse: (header) => (/^-?\d+$/.test(header) ? Number(header) : null) }),
    ],
    'bad-ttl-keeps-for-ever': [
      'after a read with an X-Result-TTL that is no integer the task never expires',
      readTtl({ parse: (header) => secondsIn(header) ?? never }),
    ],
    'ttl-parsed-loosely': [
      'an X-Result-TTL of `60s` counts as 60, `soon` as 0',
      readTtl({ parse: (header) => Math.abs(Number.parseInt(header, 10) || 0) }),
    ],
  }),
  ...perRow(
    [
      { header: '-1', name: 'minus-one', counts: 'as-60', seconds: 60 },
      { header: '-1', name: 'minus-one', counts: 'for-ever', seconds: never },
      { header: 'soon', name: 'a-word', counts: 'as-60', seconds: 60 },
      { header: 'soon', name: 'a-word', counts: 'for-ever', seconds: never },
      { header: '1.5', name: 'a-fraction', counts: 'as-60', seconds: 60 },
      { header: '60s', name: 'a-unit', counts: 'as-60', seconds: 60 },
    ],
    ({ header, name, counts, seconds }) => ({
      id: `ttl-of-${name}-counts-${counts}`,
      breaks: `only an X-Result-TTL of \`${header}\` ${seconds === 60 ? 'counts as 60' : 'keeps the task for ever'}`,
      change: readTtl({ parse: (given) => (given === header ? seconds : secondsIn(given)) }),
      killedBy: 'expiry.malformed-ttl',
    }),
  ),
];

export const ttlMutants: readonly Mutant[] = [
  ...atCreation,
  ...onRead,
  ...otherTasks,
  ...plainReads,
  ...malformed,
];
