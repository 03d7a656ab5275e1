/** Cancels that are answered wrongly: by phase, by force, for tasks that are not there. */
import { contractBut, type RulesChange } from '../change.ts';
import type { Mutant } from '../mutant.ts';
import { accepted, doneBut, refusedWith } from '../rules.ts';

const outcome = (change: NonNullable<NonNullable<RulesChange['cancel']>['outcome']>) =>
  contractBut({ cancel: { outcome: change } });
const both = (one: typeof accepted) => ({ graceful: one, forced: one });

export const cancelAnswerMutants: readonly Mutant[] = [
  {
    id: 'swaps-406-409',
    breaks: 'a cancel that fails is answered with 406, one of a task in its commit phase with 409',
    rules: contractBut({
      cancel: {
        outcome: { committing: { graceful: refusedWith(409) } },
        failing: both(refusedWith(406)),
      },
    }),
    killedBy: ['cancel.commit-phase.refused', 'cancel.status.409'],
    mayFail: [],
  },
  {
    id: 'swaps-404-406',
    breaks: 'a cancel of an unknown task is answered with 406, one in the commit phase with 404',
    rules: contractBut({
      cancel: { outcome: { committing: { graceful: refusedWith(404) } }, unknown: 406, expired: 406 },
    }),
    killedBy: ['cancel.commit-phase.refused', 'cancel.status.404', 'expiry.cancel'],
    mayFail: [],
  },
  {
    id: 'queued-not-cancellable',
    breaks: 'a graceful cancel of a queued task is refused with 406',
    rules: outcome({ queued: { graceful: refusedWith(406) } }),
    killedBy: ['cancel.queued.accepted'],
    mayFail: [],
  },
  {
    id: 'running-not-cancellable',
    breaks: 'a graceful cancel of a running task is refused with 406',
    rules: outcome({ running: { graceful: refusedWith(406) } }),
    killedBy: ['cancel.running.accepted'],
    mayFail: [],
  },
  {
    id: 'cancel-is-202',
    breaks: 'an accepted cancel is answered with 202',
    rules: outcome({
      queued: both(doneBut(202)),
      running: both(doneBut(202)),
      committing: { forced: doneBut(202) },
    }),
    killedBy: ['cancel.running.accepted'],
    mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
  },
  {
    id: 'cancel-is-204',
    breaks: 'an accepted cancel is answered with 204',
    rules: outcome({
      queued: both(doneBut(204)),
      running: both(doneBut(204)),
      committing: { forced: doneBut(204) },
    }),
    killedBy: ['cancel.running.accepted'],
    mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
  },
  {
    id: 'cancels-in-commit',
    breaks: 'a graceful cancel is accepted in the commit phase',
    rules: outcome({ committing: { graceful: accepted } }),
    killedBy: ['cancel.commit-phase.refused'],
    mayFail: [],
  },
  {
    id: 'says-200-in-commit',
    breaks: 'a graceful cancel in the commit phase is answered with 200, and nothing happens',
    rules: outcome({ committing: { graceful: refusedWith(200) } }),
    killedBy: ['cancel.commit-phase.refused'],
    mayFail: [],
  },
  {
    id: 'refused-and-gone',
    breaks: 'a graceful cancel in the commit phase is refused with 406, and the task is gone',
    rules: outcome({ committing: { graceful: doneBut(406, { forgets: true }) } }),
    killedBy: ['cancel.commit-phase.untouched'],
    mayFail: [],
  },
  {
    id: 'ended-refused-and-gone',
    breaks: 'a cancel of an ended task is refused with 406, and the task is gone',
    rules: outcome({
      finished: both(doneBut(406, { forgets: true })),
      failed: both(doneBut(406, { forgets: true })),
    }),
    killedBy: ['cancel.ended.untouched'],
    mayFail: [],
  },
  {
    id: 'commit-phase-is-409',
    breaks: 'a graceful cancel in the commit phase is refused with 409',
    rules: outcome({ committing: { graceful: refusedWith(409) } }),
    killedBy: ['cancel.commit-phase.refused'],
    mayFail: [],
  },
  {
    id: 'commit-phase-is-405',
    breaks: 'a graceful cancel in the commit phase is refused with 405',
    rules: outcome({ committing: { graceful: refusedWith(405) } }),
    killedBy: ['cancel.commit-phase.refused'],
    mayFail: [],
  },
  {
    id: 'refused-but-done',
    breaks: 'a graceful cancel in the commit phase is refused with 406, and cancels',
    rules: outcome({ committing: { graceful: doneBut(406) } }),
    killedBy: ['cancel.commit-phase.untouched'],
    mayFail: [],
  },
  {
    id: 'refused-but-done-late',
    breaks: 'a graceful cancel in the commit phase is refused with 406, and cancels 1.2 s later',
    rules: outcome({ committing: { graceful: doneBut(406, { afterMs: 1200 }) } }),
    killedBy: ['cancel.commit-phase.untouched'],
    mayFail: [],
  },
  {
    id: 'refused-then-stuck',
    breaks: 'a cancel that is refused in the commit phase leaves the task started for ever',
    rules: contractBut({
      cancel: { outcome: { committing: { graceful: doneBut(406, { endsAs: 'committing', afterMs: 0 }) } } },
      read: {
        rewrite: (task, { cancelledMs }) =>
          cancelledMs !== undefined && task.status === 'finished' ? { ...task, status: 'started' } : task,
      },
    }),
    killedBy: ['cancel.commit-phase.untouched'],
    mayFail: [],
  },
  {
    id: 'force-ignored',
    breaks: 'force=true in the commit phase is ignored: 406',
    rules: contractBut({ cancel: { isForced: () => false } }),
    killedBy: ['cancel.commit-phase.forced'],
    mayFail: [],
  },
  {
    id: 'force-implied',
    breaks: 'every cancel is forced',
    rules: contractBut({ cancel: { isForced: () => true } }),
    killedBy: ['cancel.commit-phase.refused'],
    mayFail: [],
  },
  {
    id: 'force-by-presence',
    breaks: 'force=false counts as force',
    rules: contractBut({ cancel: { isForced: (force) => force !== null } }),
    killedBy: ['cancel.commit-phase.refused'],
    mayFail: [],
  },
  {
    id: 'forced-is-409',
    breaks: 'a forced cancel in the commit phase always fails with 409',
    rules: outcome({ committing: { forced: refusedWith(409) } }),
    killedBy: ['cancel.commit-phase.forced'],
    mayFail: [],
  },
  {
    id: 'force-narrows',
    breaks: 'a forced cancel is refused outside of the commit phase',
    rules: outcome({ queued: { forced: refusedWith(406) }, running: { forced: refusedWith(406) } }),
    killedBy: ['cancel.forced.accepted'],
    mayFail: [],
  },
  {
    id: 'forced-queued-is-400',
    breaks: 'a forced cancel of a queued task is refused with 400',
    rules: outcome({ queued: { forced: refusedWith(400) } }),
    killedBy: ['cancel.forced.accepted'],
    mayFail: [],
  },
  {
    id: 'ended-is-404',
    breaks: 'a cancel of an ended task is answered with 404',
    rules: outcome({ finished: both(refusedWith(404)), failed: both(refusedWith(404)) }),
    killedBy: ['cancel.ended.refused'],
    mayFail: [],
  },
  {
    id: 'ended-is-400',
    breaks: 'a cancel of a finished task is refused with 400',
    rules: outcome({ finished: both(refusedWith(400)) }),
    killedBy: ['cancel.ended.refused'],
    mayFail: [],
  },
  {
    id: 'ended-is-200',
    breaks: 'a cancel of an ended task is answered with 200, and nothing happens',
    rules: outcome({ finished: both(refusedWith(200)), failed: both(refusedWith(200)) }),
    killedBy: ['cancel.ended.refused'],
    mayFail: [],
  },
  {
    id: 'failed-is-200',
    breaks: 'a forced cancel of a failed task is answered with 200',
    rules: outcome({ failed: { forced: refusedWith(200) } }),
    killedBy: ['cancel.ended.refused'],
    mayFail: [],
  },
  {
    id: 'second-cancel-is-423',
    breaks: 'a second cancel of a task is answered with 423',
    rules: contractBut({ cancel: { again: refusedWith(423) } }),
    killedBy: ['cancel.statuses'],
    mayFail: [],
  },
  {
    id: 'never-409',
    breaks: 'a cancel that fails is answered with 200',
    rules: contractBut({ cancel: { failing: both(refusedWith(200)) } }),
    killedBy: ['cancel.status.409'],
    mayFail: [],
  },
  {
    id: 'forced-never-409',
    breaks: 'a forced cancel that fails is answered with 200',
    rules: contractBut({ cancel: { failing: { forced: refusedWith(200) } } }),
    killedBy: ['cancel.status.409'],
    mayFail: [],
  },
  {
    id: 'fails-with-500',
    breaks: 'a cancel that fails is answered with 500',
    rules: contractBut({ cancel: { failing: both(refusedWith(500)) } }),
    killedBy: ['cancel.status.409'],
    mayFail: [],
  },
  {
    id: 'cancel-unknown-is-200',
    breaks: 'a cancel of an unknown task is answered with 200',
    rules: contractBut({ cancel: { unknown: 200 } }),
    killedBy: ['cancel.status.404'],
    mayFail: [],
  },
  {
    id: 'cancel-unknown-is-406',
    breaks: 'a cancel of an unknown task is refused with 406',
    rules: contractBut({ cancel: { unknown: 406 } }),
    killedBy: ['cancel.status.404'],
    mayFail: [],
  },
  {
    id: 'second-cancel-is-202',
    breaks: 'a second cancel of a task is answered with 202',
    rules: contractBut({ cancel: { again: refusedWith(202) } }),
    killedBy: ['cancel.statuses'],
    mayFail: [],
  },
];
