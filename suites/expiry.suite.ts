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
  list,
  observeStatus,
  prerequisite,
  read,
  requires,
  when,
} from '../harness/run/suite.ts';

/** At these ages a retention of half the time, of 60 s, or counted in milliseconds shows. */
const keptByDefault = <const Phase extends 'finished' | 'failed'>(phase: Phase) => ({
  cases: [
    { phase, ageS: 251 },
    { phase, ageS: 494 },
  ],
  async check({ ageS }: { readonly ageS: number }, { send, provision, elapse, retention }: CheckContext) {
    const task = await elapse(await provision(phase), ageS);
    return [judgeRetention(await send(read(task)), endOf(task), 'kept', retention(defaultRetentionS))];
  },
});

clause('expiry.default.kept', {
  dependsOn: ['expiry.that-task-alone', 'read.status.200'],
  ...keptByDefault('finished'),
});

clause('expiry.default.gone', {
  dependsOn: ['expiry.that-task-alone'],
  positiveControl: 'expiry.default.kept',
  cases: [
    { beyondS: 1, verbose: 'false' },
    { beyondS: 1, verbose: 'true' },
    { beyondS: 3600, verbose: 'false' },
  ],
  async check({ beyondS, verbose }, { send, provision, elapse, gone, retention }) {
    const task = await elapse(await provision('finished'), gone(defaultRetentionS, beyondS));
    const late = await send(read(task, { verbose }));
    return [judgeRetention(late, endOf(task), 'gone', retention(defaultRetentionS))];
  },
});

clause('expiry.failed.kept', {
  dependsOn: ['expiry.that-task-alone', 'read.status.200', 'expiry.default.kept'],
  ...keptByDefault('failed'),
});

clause('expiry.failed.gone', {
  positiveControl: 'expiry.failed.kept',
  cases: [{ beyondS: 1 }],
  async check({ beyondS }, { send, provision, elapse, gone }) {
    const task = await elapse(await provision('failed'), gone(defaultRetentionS, beyondS));
    return [observeStatus(await send(read(task)))];
  },
});

/** A task that ran, was cancelled and has ended, in the bracket from the cancel to the read that shows it. */
async function cancelled({ send, provision, effect }: CheckContext) {
  const task = await provision('running');
  const answer = await send(cancel(task));
  const reads = await effect(answer, task);
  const ended = [answer, ...reads.slice(-1)].map(when).reduce(either);
  return { task, ended, accepted: prerequisite(answer, [200], 'cancel.running.accepted') };
}

clause('expiry.cancelled.kept', {
  dependsOn: ['expiry.that-task-alone', 'expiry.default.kept', 'expiry.plain-read-keeps'],
  positiveControl: 'cancel.still-readable',
  cases: [{ ageS: 480 }],
  async check({ ageS }, context) {
    const { task, ended, accepted } = await cancelled(context);
    await context.elapse(task, ageS);
    const late = await context.send(read(task));
    const aged = { earliestMs: ended.earliestMs - ageS * 1000, latestMs: ended.latestMs - ageS * 1000 };
    return requires([accepted], () => [
      judgeRetention(late, aged, 'kept', context.retention(defaultRetentionS)),
    ]);
  },
});

clause('expiry.cancelled.gone', {
  positiveControl: 'expiry.cancelled.kept',
  cases: [{ beyondS: 30 }],
  async check({ beyondS }, context) {
    const { task, accepted } = await cancelled(context);
    await context.elapse(task, context.gone(defaultRetentionS, beyondS));
    const late = await context.send(read(task));
    return requires([accepted], () => [observeStatus(late)]);
  },
});

clause('expiry.cancel', {
  dependsOn: ['expiry.that-task-alone'],
  positiveControl: 'cancel.ended.refused',
  cases: [{ force: 'omitted' }, { force: 'false' }, { force: 'true' }],
  async check({ force }, { send, provision, elapse, gone }) {
    const task = await elapse(await provision('finished'), gone(defaultRetentionS, 1));
    const expired = await send(read(task));
    const answer = await send(cancel(task, { force }));
    return requires([prerequisite(expired, [404], 'expiry.default.gone')], () => [
      judgeStatus(answer, [404]),
    ]);
  },
});

clause('expiry.list', {
  dependsOn: ['expiry.that-task-alone'],
  positiveControl: 'list.holds-running',
  cases: [{ phase: 'finished' }],
  async check({ phase }, { send, provision, elapse, gone }) {
    const task = await elapse(await provision(phase), gone(defaultRetentionS, 1));
    const expired = await send(read(task));
    const listing = await send(list());
    return requires([prerequisite(expired, [404], 'expiry.default.gone')], () => [
      judgeUnlisted(listing, task),
    ]);
  },
});
