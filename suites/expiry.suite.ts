/**
 * Expiry: the status of an ended task is kept for 500 s by default, and then it is gone everywhere.
 * Source: requests/crdb_tasks#get-crdb_task
 */
import {
  type CheckContext,
  cancel,
  clause,
  defaultRetentionS,
  either,
  endOf,
  judgeRetention,
  judgeStatus,
  judgeUnlisted,
  later,
  list,
  observeStatus,
  type Passing,
  prerequisite,
  prerequisiteAccepted,
  read,
  requires,
  when,
} from '../harness/run/suite.ts';
import { byWay, type Made, made } from './made.ts';
import { onMocks, waiting } from './needs.ts';
import { agesThatWrap, repeated } from './tasks.ts';

/** Where tasks can't be aged: `full` waits for the whole default retention. */
const waitingLong = { by: 'waiting', needs: ['no ageing', 'long wait'] } as const;
const shortTtlS = 8;

/** Reads an ended task when its status must still be kept. */
const keptUntil = async (
  {
    by,
    phase,
    ageS,
    ttlS,
    ...row
  }: {
    by: Passing;
    phase: 'finished' | 'failed';
    ageS: number;
    ttlS?: number;
  } & Made,
  context: CheckContext,
) => {
  const { send, elapse, retention } = context;
  const wish = ttlS === undefined ? {} : { resultTtlS: ttlS };
  const task = await elapse(await made(context, phase, row, wish), ageS, by);
  return [judgeRetention(await send(read(task)), endOf(task), 'kept', retention(ttlS ?? defaultRetentionS))];
};

// At these ages a retention of half the time, of 60 s, or counted in milliseconds shows.
clause('expiry.default.kept', {
  dependsOn: ['expiry.that-task-alone', 'read.status.200'],
  cases: [
    { by: 'ageing', phase: 'finished', ageS: 251 },
    { by: 'ageing', phase: 'finished', ageS: 494 },
    ...byWay('queued to finished', 'running to finished', 'committing to finished').map(
      (row) => ({ by: 'ageing', ...row, ageS: 494 }) as const,
    ),
    { ...waitingLong, phase: 'finished', ageS: 494 },
  ],
  check: keptUntil,
});

clause('expiry.default.gone', {
  dependsOn: ['expiry.that-task-alone'],
  positiveControl: 'expiry.default.kept',
  cases: [
    { by: 'ageing', beyondS: 1, verbose: 'false' },
    { by: 'ageing', beyondS: 1, verbose: 'true' },
    { by: 'ageing', beyondS: 3600, verbose: 'false' },
    { ...waitingLong, beyondS: 1, verbose: 'false' },
    { by: 'ageing', beyondS: 1, verbose: 'false', times: 3, ...onMocks },
    { by: 'ageing', beyondS: 1, verbose: 'false', times: 2, ttl: '3600', ...onMocks },
    ...byWay(
      'queued to finished',
      'running to finished',
      'committing to finished',
      'queued to running to finished',
    ).map((row) => ({ by: 'ageing', beyondS: 1, verbose: 'false', ...row }) as const),
    ...agesThatWrap.map((ageS) => ({ by: 'ageing', ageS, verbose: 'false', ...onMocks }) as const),
  ],
  async check({ by, verbose, ...row }, context) {
    const { send, elapse, gone, retention } = context;
    const ageS = 'ageS' in row ? row.ageS : gone(defaultRetentionS, row.beyondS);
    const task = await elapse(await made(context, 'finished', row), ageS, by);
    const asked = read(task, { verbose, ...('ttl' in row ? { ttl: row.ttl } : {}) });
    const reads = await repeated('times' in row ? row.times : 1, () => send(asked));
    return reads.map((late) => judgeRetention(late, endOf(task), 'gone', retention(defaultRetentionS)));
  },
});

clause('expiry.failed.kept', {
  dependsOn: ['expiry.that-task-alone', 'read.status.200', 'expiry.default.kept'],
  cases: [
    { by: 'ageing', phase: 'failed', ageS: 251 },
    { by: 'ageing', phase: 'failed', ageS: 494 },
    { ...waiting, phase: 'failed', ageS: 5, ttlS: shortTtlS },
    { ...waitingLong, phase: 'failed', ageS: 494, sharpens: true },
  ],
  check: keptUntil,
});

clause('expiry.failed.gone', {
  positiveControl: 'expiry.failed.kept',
  cases: [
    { by: 'ageing', beyondS: 1, ttlS: defaultRetentionS },
    { ...waiting, beyondS: 1, ttlS: 2 },
  ],
  async check({ by, beyondS, ttlS }, { send, provision, elapse, gone }) {
    const made = await provision('failed', ttlS === defaultRetentionS ? {} : { resultTtlS: ttlS });
    return [observeStatus(await send(read(await elapse(made, gone(ttlS, beyondS), by))))];
  },
});

/** A task that ran, was cancelled and has ended, in the bracket from the cancel to the read that shows it; forced: in its commit phase. */
async function cancelled(
  { send, provision, effect }: CheckContext,
  wish: { readonly resultTtlS?: number } = {},
  forced = false,
) {
  const task = await provision(forced ? 'committing' : 'running', wish);
  const answer = await send(cancel(task, forced ? { force: 'true' } : {}));
  const reads = await effect(answer, task);
  const ended = [answer, ...reads.slice(-1)].map(when).reduce(either);
  const clause = forced ? 'cancel.commit-phase.forced' : 'cancel.running.accepted';
  return { task, ended, accepted: prerequisiteAccepted(answer, task, clause) };
}

clause('expiry.cancelled.kept', {
  dependsOn: ({ ttlS }) => [
    'expiry.that-task-alone',
    'expiry.default.kept',
    'expiry.plain-read-keeps',
    ...(ttlS === defaultRetentionS ? [] : ['expiry.at-creation.kept']),
  ],
  positiveControl: 'cancel.still-readable',
  cases: [
    { by: 'ageing', ageS: 480, ttlS: defaultRetentionS },
    { by: 'ageing', ageS: 900, ttlS: 1000, ...onMocks },
    { by: 'ageing', ageS: 480, ttlS: defaultRetentionS, forced: true, ...onMocks },
    { ...waiting, ageS: 7, ttlS: 12 }, // a cancel that takes effect after 4 s still shows it
  ],
  async check({ by, ageS, ttlS, ...row }, context) {
    const wish = ttlS === defaultRetentionS ? {} : { resultTtlS: ttlS };
    const { task, ended, accepted } = await cancelled(context, wish, 'forced' in row);
    if (by === 'ageing') await context.elapse(task, ageS);
    else await context.waitUntil(ended.latestMs + ageS * 1000, `${ageS} s of retention`);
    const late = await context.send(read(task));
    const agedEnd = later(ended, by === 'ageing' ? -ageS * 1000 : 0);
    return requires([accepted], () => [judgeRetention(late, agedEnd, 'kept', context.retention(ttlS))]);
  },
});

clause('expiry.cancelled.gone', {
  positiveControl: 'expiry.cancelled.kept',
  cases: [{ by: 'ageing', beyondS: 30 }],
  async check({ beyondS }, context) {
    const { task, accepted } = await cancelled(context);
    await context.elapse(task, context.gone(defaultRetentionS, beyondS));
    const late = await context.send(read(task));
    return requires([accepted], () => [observeStatus(late)]);
  },
});

/** The clause that requires that an expired task is gone. */
const goneBy = { ageing: 'expiry.default.gone', waiting: 'expiry.at-creation.gone' } as const;

/** An ended task whose retention is over. */
async function aged({ provision, elapse, gone }: CheckContext, by: Passing) {
  const made = await provision('finished', by === 'ageing' ? {} : { resultTtlS: 2 });
  return { task: await elapse(made, gone(by === 'ageing' ? defaultRetentionS : 2, 1), by) };
}

/** An ended task that has expired, and the prerequisite that a read shows it. */
async function expired(context: CheckContext, by: Passing) {
  const { task } = await aged(context, by);
  return { task, isGone: prerequisite(await context.send(read(task)), [404], goneBy[by]) };
}

clause('expiry.cancel', {
  dependsOn: ['expiry.that-task-alone'],
  positiveControl: 'cancel.ended.refused',
  cases: [
    { by: 'ageing', force: 'omitted' },
    { by: 'ageing', force: 'false' },
    { by: 'ageing', force: 'true' },
    { ...waiting, force: 'omitted' },
    { ...waiting, force: 'false', sharpens: true },
    { ...waiting, force: 'true', sharpens: true },
    { by: 'ageing', force: 'omitted', before: 'any read', ...onMocks },
    { ...waiting, force: 'omitted', before: 'any read', sharpens: true },
  ],
  async check({ by, force, ...row }, context) {
    if ('before' in row) {
      const { task } = await aged(context, by);
      const first = await context.send(cancel(task, { force }));
      const then = await context.send(read(task));
      return requires([prerequisite(then, [404], goneBy[by])], () => [judgeStatus(first, [404])]);
    }
    const { task, isGone } = await expired(context, by);
    const answer = await context.send(cancel(task, { force }));
    return requires([isGone], () => [judgeStatus(answer, [404])]);
  },
});

clause('expiry.list', {
  dependsOn: ['expiry.that-task-alone'],
  positiveControl: 'list.holds-running',
  cases: [{ by: 'ageing' }, waiting],
  async check({ by }, context) {
    const { task, isGone } = await expired(context, by);
    const listing = await context.send(list());
    return requires([isGone], () => [judgeUnlisted(listing, task)]);
  },
});
