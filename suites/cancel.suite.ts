/** Cancel: what it does in each phase, with and without force. Source: requests/crdb_tasks#post-crdb_task-cancel */
import {
  cancel,
  clause,
  covering,
  judgeCancel,
  judgeCancelled,
  judgeLeftAlone,
  judgeNever,
  judgeRefused,
  judgeStatus,
  prerequisite,
  read,
  requires,
} from '../harness/run/suite.ts';
import { tasksOfEveryForm } from './ids.ts';
import { byWay, made, runningAfter } from './made.ts';
import { movingOn, onMocks } from './needs.ts';
import { withoutCause } from './refused.ts';
import {
  acceptedAfterRefusals,
  acceptedCancels,
  beforeCommit,
  cancelAnswers,
  cancelled,
  endedStatuses,
  everyForce,
  expiresThoughRefused,
  forcedAfterRefusal,
  graceful,
  gracefullyRunning,
  inTurn,
  keptWhileAged,
  leavesList,
  oldestAndNewest,
  refusalOfOne,
  refusalsBesideForce,
  repeated,
  stillReadable,
  stillThere,
  untouchedByRefusal,
} from './tasks.ts';

clause('cancel.queued.accepted', {
  sameFaultAs: 'cancel.running.accepted', // for example, the target has no cancel operation
  cases: graceful,
  check: ({ force }, context) => cancelAnswers([200], context, { phase: 'queued', force }),
});

clause('cancel.running.accepted', {
  cases: [
    ...graceful,
    // Before all others: the very first task of a server that has just started.
    { moment: 'first', force: 'omitted', ...onMocks },
    { moment: 'last', force: 'omitted', of: 'the oldest and the newest task', ...onMocks },
    { force: 'omitted', of: 'tasks with ids of every form', ...onMocks },
    ...byWay('queued to running').map((row) => ({ ...row, force: 'omitted' }) as const),
    ...runningAfter('a cancelled task of its id').map((row) => ({ ...row, force: 'omitted' }) as const),
  ],
  async check({ force, ...row }, context) {
    if (!('of' in row)) return cancelAnswers([200], context, { phase: 'running', ...row, force });
    const { send } = context;
    const make = row.of === 'the oldest and the newest task' ? oldestAndNewest : tasksOfEveryForm;
    const found = await inTurn(await make(context), async (task) => {
      const seen = prerequisite(await send(read(task)), [200], 'read.status.200');
      const answer = await send(cancel(task, { force }));
      return requires([seen && withoutCause(seen)], () => [judgeCancel(answer, task, [200])]);
    });
    return found.flat();
  },
});

clause('cancel.forced.accepted', {
  dependsOn: ({ phase }) => ['cancel.running.accepted', `cancel.${phase}.accepted`],
  cases: [{ phase: 'queued' }, { phase: 'running' }],
  check: ({ phase }, context) => cancelAnswers([200], context, { phase, force: 'true' }),
});

clause('cancel.statuses', {
  positiveControl: 'cancel.running.accepted',
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, provision, judgeAnswer }) {
    return [judgeAnswer(await send(cancel(await provision(phase))), 'cancel.statuses')];
  },
});

clause('cancel.commit-phase.refused', {
  positiveControl: 'cancel.running.accepted',
  cases: [
    ...graceful,
    ...byWay('queued to committing', 'running to committing', 'queued to running to committing').map(
      ({ phase: _, ...row }) => ({ force: 'omitted', ...row }) as const,
    ),
    { force: 'omitted', times: 3, ...onMocks },
    { force: 'omitted', cancelFails: true, needs: ['many tasks', 'failing cancel'], sharpens: true },
    { force: 'omitted', together: 6, ...onMocks },
    { force: 'omitted', beside: 'forced cancels', ...onMocks },
  ],
  async check(row, context) {
    if ('beside' in row) return refusalsBesideForce(context);
    const { force, times, together, cancelFails } = { times: 1, together: 1, cancelFails: false, ...row };
    const task = await made(context, 'committing', row, cancelFails ? { cancelFails } : {});
    // A server that accepts every cancel here would answer 409 to one that fails: one fault.
    const plain = cancelFails ? [await refusalOfOne(context)] : [];
    const ask = () => context.send(cancel(task, { force }));
    const refusals =
      together > 1 ? await Promise.all(Array.from({ length: together }, ask)) : await repeated(times, ask);
    const after = await inTurn(refusals.slice(-1), (refusal) => context.afterwards(task, refusal));
    const isRepeated = times > 1 || together > 1;
    const kept = isRepeated ? [await stillThere(context, task, 'cancel.commit-phase.untouched')] : [];
    return requires([...plain.filter(({ verdict }) => verdict !== 'pass'), ...kept], () =>
      refusals.map((refusal) => judgeRefused(refusal, task, [406], after.flat())),
    );
  },
});

clause('cancel.commit-phase.untouched', {
  letsTimePass: true,
  positiveControl: 'cancel.leaves',
  dependsOn: ['read.status.200', 'read.changes-nothing', 'status.finished', 'status.forward-only'],
  cases: [
    { force: 'omitted', shownBy: 'watching' },
    { force: 'false', shownBy: 'watching' },
    { force: 'omitted', shownBy: 'finishing', needs: ['move'], sharpens: true },
    { force: 'omitted', shownBy: 'finishing', times: 2, ...onMocks },
  ],
  check: (row, context) => untouchedByRefusal(row, context),
});

clause('cancel.commit-phase.forced', {
  dependsOn: (row) => [
    'cancel.running.accepted',
    'cancel.forced.accepted',
    ...('after' in row ? ['cancel.commit-phase.untouched', 'read.changes-nothing'] : []),
  ],
  cases: [
    { phase: 'committing', needs: ['force'] },
    { phase: 'committing', after: 'a refusal', ...onMocks },
    ...byWay('queued to committing', 'running to committing'),
  ],
  check: (row, context) =>
    'after' in row ? forcedAfterRefusal(context) : cancelAnswers([200], context, { ...row, force: 'true' }),
});

clause('cancel.ended.refused', {
  dependsOn: ({ phase, ...row }) => ['read.status.200', ...('ageS' in row ? keptWhileAged(phase) : [])],
  positiveControl: 'cancel.running.accepted',
  cases: [
    ...everyForce.map(({ force }) => ({ phase: 'finished', force }) as const),
    ...everyForce.map(({ force }) => ({ phase: 'failed', force }) as const),
    ...byWay(
      'queued to finished',
      'committing to finished',
      'queued to running to finished',
      'queued to each phase to failed',
    ).map((row) => ({ ...row, force: 'omitted' }) as const),
    ...endedStatuses.map((phase) => ({ phase, force: 'omitted', times: 4, ...movingOn }) as const),
    ...covering({ phase: endedStatuses, ageS: [251, 480], force: ['omitted', 'true'], times: [1, 4] }).map(
      (row) => ({ ...row, by: 'ageing', ...onMocks }) as const,
    ),
  ],
  async check({ phase, force, ...row }, context) {
    const { ageS, times } = { ageS: 0, times: 1, ...row };
    const task = await made(context, phase, row);
    const aged = ageS > 0 ? await context.elapse(task, ageS) : task;
    const answers = await repeated(times, () => context.send(cancel(aged, { force })));
    const kept = times > 1 ? [await stillThere(context, aged, 'cancel.ended.untouched')] : [];
    return requires(kept, () => answers.map((answer) => judgeCancel(answer, aged, [406, 409])));
  },
});

clause('cancel.ended.untouched', {
  letsTimePass: true,
  dependsOn: ({ phase, ...row }) => [
    ...('by' in row ? ['expiry.default.gone'] : []),
    ...keptWhileAged(phase),
    'read.status.200',
    'read.changes-nothing',
    'status.ended-stays',
  ],
  cases: [
    { phase: 'finished', force: 'omitted' },
    { phase: 'finished', force: 'true' },
    { phase: 'failed', force: 'omitted' },
    { phase: 'failed', force: 'true' },
    { by: 'ageing', phase: 'finished', force: 'omitted', ...onMocks },
  ],
  async check({ phase, force, ...row }, context) {
    if ('by' in row) return expiresThoughRefused(context, force);
    const { send, provision, watch } = context;
    const task = await provision(phase);
    const before = await send(read(task));
    const refusal = await send(cancel(task, { force }));
    const watched = await watch(task);
    return requires([prerequisite(refusal, [406, 409], 'cancel.ended.refused')], () => [
      judgeLeftAlone([before, ...watched], task),
    ]);
  },
});

clause('cancel.status.404', {
  positiveControl: 'cancel.running.accepted',
  cases: everyForce,
  async check({ force }, { send, unknownTask }) {
    return [judgeStatus(await send(cancel(unknownTask(), { force })), [404])];
  },
});

clause('cancel.status.409', {
  dependsOn: ({ phase, force }) =>
    force === 'true'
      ? ['cancel.forced.accepted', 'cancel.commit-phase.forced']
      : [`cancel.${phase}.accepted`],
  positiveControl: 'cancel.running.accepted',
  cases: [
    { needs: ['failing cancel'], phase: 'queued', force: 'omitted' },
    { needs: ['failing cancel'], phase: 'running', force: 'omitted' },
    { needs: ['failing cancel'], phase: 'running', force: 'true' },
    { needs: ['failing cancel'], phase: 'committing', force: 'true' },
  ],
  async check({ phase, force }, { send, provision }) {
    return [judgeStatus(await send(cancel(await provision(phase, { cancelFails: true }), { force })), [409])];
  },
});

clause('cancel.leaves', {
  dependsOn: (row) => [
    'status.change-shows',
    ...('in' in row ? ['list.holds-running', 'list.agrees-with-read'] : []),
  ],
  cases: [
    ...acceptedCancels,
    { ...gracefullyRunning, times: 2 },
    { ...gracefullyRunning, in: 'list', ...onMocks },
    // Of four tasks: which request comes first is chance.
    { ...gracefullyRunning, of: 4, ttl: '600', ...onMocks },
    { ...gracefullyRunning, of: 4, verbose: 'true', ...onMocks },
    ...acceptedAfterRefusals,
    ...byWay('queued to running').map((row) => ({ ...gracefullyRunning, ...row }) as const),
    ...byWay('queued to committing').map((row) => ({ ...acceptedCancels[3], ...row }) as const),
  ],
  async check(row, context) {
    if ('in' in row) return leavesList(context);
    const count = 'of' in row ? row.of : 1;
    const all = await Promise.all(Array.from({ length: count }, () => cancelled(context, row)));
    return all.flatMap(({ task, reads, refused, accepted }) =>
      requires([refused], () =>
        requires([accepted, ...stillReadable(reads.slice(-1))], () => [judgeCancelled(reads, task)]),
      ),
    );
  },
});

clause('cancel.stays-out', {
  letsTimePass: true,
  dependsOn: (row) => ['status.forward-only', ...('again' in row ? ['cancel.ended.untouched'] : [])],
  positiveControl: 'cancel.leaves',
  cases: [
    ...acceptedCancels,
    { ...gracefullyRunning, again: 3, ...onMocks },
    { ...gracefullyRunning, again: 4, ...movingOn },
  ],
  async check(row, context) {
    const { task, accepted, ended } = await cancelled(context, row);
    await repeated('again' in row ? row.again : 0, () => context.send(cancel(task)));
    const watched = await context.watch(task);
    return requires([accepted, ended, ...stillReadable(watched)], () => [
      judgeNever(watched, task, ['queued', 'started']),
    ]);
  },
});

clause('cancel.not-finished', {
  letsTimePass: true,
  dependsOn: ['status.failed'],
  positiveControl: 'cancel.leaves',
  cases: beforeCommit,
  async check(row, context) {
    const { task, reads, accepted, ended } = await cancelled(context, row);
    const all = [...reads, ...(await context.watch(task))];
    return requires([accepted, ended, ...stillReadable(all)], () => [judgeNever(all, task, ['finished'])]);
  },
});

clause('cancel.still-readable', {
  letsTimePass: true,
  dependsOn: (row) => [
    'expiry.that-task-alone',
    'read.status.200',
    'expiry.default.kept',
    ...('meanwhile' in row ? ['verbose.keeps-fields'] : []),
  ],
  cases: [
    ...acceptedCancels,
    ...acceptedCancels.map((row) => ({ ...row, meanwhile: 'reads', ...onMocks }) as const),
  ],
  async check(row, context) {
    const busy = 'meanwhile' in row;
    const readsBeside = busy ? 6 : 0;
    const { task, reads, beside, accepted, ended } = await cancelled(context, { ...row, readsBeside });
    const watched = await context.watch(task);
    const verbose = busy ? [await context.send(read(task, { verbose: 'true' }))] : [];
    const all = [...beside, ...reads, ...watched, ...verbose];
    return requires([accepted, ended], () => all.map((one) => judgeStatus(one, [200])));
  },
});
