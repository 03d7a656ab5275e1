/** A retention that is wrong for one TTL, one way of setting it, or one age alone. */
import { secondsIn } from '../contract.ts';
import { isEnded, phaseOf, type Task } from '../task.ts';
import { mutantOf, type Narrow } from './narrow.ts';

const agedBeyond =
  (seconds: number) =>
  ({ agedMs }: Task): boolean =>
    agedMs > seconds * 1000;

const byDefault: readonly Narrow[] = [
  {
    id: 'default-245-and-slow',
    breaks: 'the default retention is 245 s, and a read of a task that is over four minutes old takes 7 s',
    change: { transport: { afterMs: { read: 7000 } } },
    when: { operation: 'read', of: agedBeyond(240) },
    always: { retention: { defaultS: 245 } },
    killedBy: ['expiry.default.kept'],
  },
  {
    id: 'failed-245-and-slow',
    breaks: 'a failed task is kept for 245 s, and a read of one that is over four minutes old takes 7 s',
    change: { transport: { afterMs: { read: 7000 } } },
    when: { operation: 'read', phase: 'failed', of: agedBeyond(240) },
    always: { retention: { share: { failed: 0.49 } } },
    killedBy: ['expiry.failed.kept'],
  },
  {
    id: 'failed-450',
    breaks: 'a failed task is kept for 450 s',
    change: { retention: { share: { failed: 0.9 } } },
    killedBy: ['expiry.failed.kept'],
  },
  {
    id: 'verbose-false-knows-expired',
    breaks: 'verbose=false still shows a task a minute after it has expired',
    change: { retention: { defaultS: 560 } },
    when: { operation: 'read', verbose: 'false' },
    killedBy: ['expiry.default.gone'],
  },
  {
    id: 'expired-is-410-after-an-hour',
    breaks: 'an hour after its end a read of a task that has expired is answered with 410',
    change: { read: { expired: () => 410 } },
    when: { operation: 'read', of: (task) => isEnded(phaseOf(task)) && agedBeyond(3600)(task) },
    killedBy: ['expiry.default.gone'],
  },
];

const creation = (makes: (defaultS: number, givenS: number) => number) => ({
  retention: { creationTtl: { makes } },
});
/** One TTL is taken for another, all others for themselves. */
const but = (wrongS: number, asS: number) => (_: number, givenS: number) =>
  givenS === wrongS ? asS : givenS;

const atCreation: readonly Narrow[] = [
  {
    id: 'creation-ttl-60-is-30',
    breaks: 'a TTL of 60 s at creation counts as 30 s',
    change: creation(but(60, 30)),
    killedBy: ['expiry.at-creation.kept'],
  },
  {
    id: 'creation-ttl-1000-is-900',
    breaks: 'a TTL of 1000 s at creation of a finished task counts as 900 s',
    change: creation(but(1000, 900)),
    when: { phase: 'finished' },
    killedBy: ['expiry.at-creation.kept'],
  },
  {
    id: 'creation-ttl-at-most-an-hour',
    breaks: 'no TTL at creation beyond an hour is kept',
    change: creation((_, givenS) => Math.min(givenS, 3600)),
    killedBy: ['expiry.at-creation.kept'],
  },
  {
    id: 'creation-ttl-ignored-for-failed',
    breaks: 'a TTL at creation of a task that fails is ignored',
    change: creation((defaultS) => defaultS),
    when: { phase: 'failed' },
    killedBy: ['expiry.at-creation.kept'],
  },
  {
    id: 'creation-ttl-at-least-10',
    breaks: 'a TTL of less than 10 s at creation counts as 10 s',
    change: creation((_, givenS) => Math.max(givenS, 10)),
    killedBy: ['expiry.at-creation.gone'],
  },
  {
    id: 'creation-ttl-60-is-100',
    breaks: 'a TTL of 60 s at creation counts as 100 s',
    change: creation(but(60, 100)),
    killedBy: ['expiry.at-creation.gone'],
  },
  {
    id: 'creation-ttl-1000-is-an-hour',
    breaks: 'a TTL of 1000 s at creation counts as an hour',
    change: creation(but(1000, 3600)),
    killedBy: ['expiry.at-creation.gone'],
  },
];

const read = (makes: (beforeS: number, headerS: number) => number) => ({ retention: { readTtl: { makes } } });
const ignored = { retention: { readTtl: { heeds: () => false } } } as const;

const onRead: readonly Narrow[] = [
  {
    id: 'read-ttl-60-is-30',
    breaks: 'an X-Result-TTL of 60 on a read counts as 30',
    change: read(but(60, 30)),
    killedBy: ['expiry.on-read.kept'],
  },
  {
    id: 'read-ttl-1000-ignored',
    breaks: 'an X-Result-TTL of 1000 on a read of a finished task with verbose=false is ignored',
    change: ignored,
    when: { operation: 'read', phase: 'finished', verbose: 'false', ttl: '1000' },
    killedBy: ['expiry.on-read.kept'],
  },
  ...(['false', 'true'] as const).map((verbose) => ({
    id: `read-ttl-60-ignored-by-verbose-${verbose}`,
    breaks: `an X-Result-TTL of 60 on a read with verbose=${verbose} alone is ignored`,
    change: ignored,
    when: { operation: 'read', verbose, ttl: '60' } as const,
    killedBy: ['expiry.on-read.gone'],
  })),
  {
    id: 'read-ttl-1000-is-2000',
    breaks: 'an X-Result-TTL of 1000 on a read counts as 2000',
    change: read(but(1000, 2000)),
    killedBy: ['expiry.on-read.gone'],
  },
];

const leaking: readonly Narrow[] = [
  { word: 'shortens', can: 'shorten', makes: Math.min },
  { word: 'prolongs', can: 'prolong', makes: Math.max },
].flatMap(({ word, can, makes }) => [
  {
    id: `creation-ttl-${word}-later-tasks`,
    breaks: `a TTL at creation can only ${can} the retention, and does so for tasks made later too`,
    change: { retention: { creationTtl: { on: 'later tasks too', makes } } },
    killedBy: ['expiry.that-task-alone'],
    mayFail: word === 'shortens' ? ['read.status.200'] : [], // two seconds for all tasks
  } as const,
  {
    id: `read-ttl-${word}-all`,
    breaks: `X-Result-TTL on a read can only ${can} the retention, and does so for all tasks`,
    change: { retention: { readTtl: { on: 'all tasks', makes } } },
    killedBy: ['expiry.that-task-alone'],
  } as const,
]);

const setTo =
  (seconds: number | undefined) =>
  ({ readTtl }: Task): boolean =>
    readTtl?.ttlS === seconds;
/** A read without a TTL that sets one. */
const assuming = (
  assumes: number,
  when: { readonly verbose: string; readonly of: (task: Task) => boolean },
) => ({
  change: { retention: { readTtl: { assumes } } },
  when: { operation: 'read', ...when } as const,
  killedBy: ['expiry.plain-read-keeps'],
});
const isOld = (task: Task): boolean => setTo(undefined)(task) && agedBeyond(400)(task);
const isYoung = (task: Task): boolean => setTo(undefined)(task) && !agedBeyond(400)(task);

const plainReads: readonly Narrow[] = [
  ...(['false', 'true'] as const).map((verbose) => ({
    id: `late-read-prolongs-by-verbose-${verbose}`,
    breaks: `a read with verbose=${verbose} shortly before its expiry keeps a task for twice as long`,
    ...assuming(1000, { verbose, of: isOld }),
  })),
  {
    id: 'early-read-shortens',
    breaks: 'a read with verbose=false of a task that is not old yet shortens its retention to 400 s',
    ...assuming(400, { verbose: 'false', of: isYoung }),
  },
  {
    id: 'plain-read-takes-short-ttl-back',
    breaks: 'a read without X-Result-TTL takes back the 60 s that an earlier one has set',
    ...assuming(500, { verbose: 'false', of: setTo(60) }),
  },
  {
    id: 'plain-read-takes-long-ttl-back',
    breaks: 'a read without X-Result-TTL takes back the 1000 s that an earlier one has set',
    ...assuming(500, { verbose: 'false', of: setTo(1000) }),
  },
];

const unfinished: readonly Narrow[] = (['queued', 'running', 'committing'] as const).flatMap((phase) => [
  {
    id: `${phase}-expires-by-creation-ttl`,
    breaks: `a ${phase} task alone expires where it was given a TTL at creation`,
    change: { retention: { unfinished: 'expire' } },
    when: { phase, of: ({ resultTtlS }) => resultTtlS !== undefined },
    killedBy: ['expiry.unfinished'],
  },
  {
    id: `${phase}-expires-by-read-ttl`,
    breaks: `a ${phase} task alone expires once it was read with X-Result-TTL`,
    change: { retention: { unfinished: 'expire by a TTL on a read' } },
    when: { phase },
    killedBy: ['expiry.unfinished'],
  },
]);

const forMinutes = { counts: 'as-60', words: 'counts as 60', seconds: 60 };
const forEver = { counts: 'for-ever', words: 'keeps a task for ever', seconds: Number.POSITIVE_INFINITY };

const malformed: readonly Narrow[] = [
  { header: '-1', name: 'minus-one', ...forMinutes },
  { header: '-1', name: 'minus-one', ...forEver },
  { header: 'soon', name: 'a-word', ...forMinutes },
  { header: 'soon', name: 'a-word', ...forEver },
  { header: '1.5', name: 'a-fraction', ...forMinutes },
  { header: '60s', name: 'a-unit', ...forMinutes },
].map(({ header, name, counts, words, seconds }) => ({
  id: `ttl-of-${name}-counts-${counts}`,
  breaks: `an X-Result-TTL of \`${header}\` alone ${words}`,
  change: {
    retention: { readTtl: { parse: (given: string) => (given === header ? seconds : secondsIn(given)) } },
  },
  killedBy: ['expiry.malformed-ttl'],
}));

export const narrowRetentionMutants = [
  ...byDefault,
  ...atCreation,
  ...onRead,
  ...leaking,
  ...plainReads,
  ...unfinished,
  ...malformed,
].map(mutantOf);
