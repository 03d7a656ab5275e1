/** Cancels that are answered wrongly: by phase, by force, for missing tasks. */
import type { RulesChange } from './contract.ts';
import {
  axis,
  cross,
  detectedBy,
  type Fault,
  type Force,
  forces,
  type Mutant,
  perShape,
  withForce,
} from './mutant.ts';
import { accepted, actsWith, type Manner, type RequestOutcome, refusedWith } from './rules.ts';
import type { Phase } from './task.ts';

type OutcomeChange = NonNullable<NonNullable<RulesChange['cancel']>['outcome']>;
const outcome = (change: OutcomeChange): RulesChange => ({ cancel: { outcome: change } });
const committing = (graceful: RequestOutcome): RulesChange => outcome({ committing: { graceful } });
const both = (one: RequestOutcome) => ({ graceful: one, forced: one });
const ended = (one: RequestOutcome): RulesChange => outcome({ finished: both(one), failed: both(one) });

const acceptedWith = (status: number): Omit<Fault, 'breaks'> => ({
  change: outcome({
    queued: both(actsWith(status)),
    running: both(actsWith(status)),
    committing: { forced: actsWith(status) },
  }),
  mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
});

const byPhase: readonly Mutant[] = [
  ...detectedBy('cancel.queued.accepted', {
    'queued-not-cancellable': {
      breaks: 'a graceful cancel of a queued task is refused with 406',
      change: outcome({ queued: { graceful: refusedWith(406) } }),
    },
  }),
  ...detectedBy('cancel.running.accepted', {
    'running-not-cancellable': {
      breaks: 'a graceful cancel of a running task is refused with 406',
      change: outcome({ running: { graceful: refusedWith(406) } }),
    },
    'cancel-is-202': { breaks: 'an accepted cancel is answered with 202', ...acceptedWith(202) },
    'cancel-is-204': { breaks: 'an accepted cancel is answered with 204', ...acceptedWith(204) },
  }),
  ...detectedBy('cancel.commit-phase.refused', {
    'cancels-in-commit': {
      breaks: 'a graceful cancel is accepted in the commit phase',
      change: committing(accepted),
    },
    'says-200-in-commit': {
      breaks: 'a graceful cancel in the commit phase is answered with 200, without effect',
      change: committing(refusedWith(200)),
    },
    'commit-phase-is-409': {
      breaks: 'a graceful cancel in the commit phase is refused with 409',
      change: committing(refusedWith(409)),
    },
    'commit-phase-is-405': {
      breaks: 'a graceful cancel in the commit phase is refused with 405',
      change: committing(refusedWith(405)),
    },
    'force-implied': { breaks: 'every cancel is forced', change: { cancel: { isForced: () => true } } },
    'force-by-presence': {
      breaks: 'force=false counts as force',
      change: { cancel: { isForced: (force) => force !== null } },
    },
  }),
  ...detectedBy('cancel.commit-phase.untouched', {
    'refused-and-gone': {
      breaks: 'a graceful cancel in the commit phase is refused with 406, and the task is gone',
      change: committing(actsWith(406, { forgets: true })),
    },
    'refused-but-done': {
      breaks: 'a graceful cancel in the commit phase is refused with 406, but cancels',
      change: committing(actsWith(406)),
    },
    'refused-but-done-late': {
      breaks: 'a graceful cancel in the commit phase is refused with 406, but cancels 1.2 s later',
      change: committing(actsWith(406, { afterMs: 1200 })),
    },
    'refused-then-stuck': {
      breaks: 'after a refused cancel in the commit phase a task is shown as started for ever',
      change: {
        ...committing(actsWith(406, { endsAs: 'committing', afterMs: 0 })),
        read: {
          rewrite: (task, { cancelledMs }) =>
            cancelledMs !== undefined && task.status === 'finished' ? { ...task, status: 'started' } : task,
        },
      },
    },
  }),
  ...detectedBy('cancel.commit-phase.forced', {
    'force-ignored': {
      breaks: 'force=true is ignored: 406 in the commit phase',
      change: { cancel: { isForced: () => false } },
    },
    'forced-is-409': {
      breaks: 'a forced cancel in the commit phase always fails with 409',
      change: outcome({ committing: { forced: refusedWith(409) } }),
    },
  }),
  ...detectedBy('cancel.forced.accepted', {
    'force-narrows': {
      breaks: 'a forced cancel is refused outside the commit phase',
      change: outcome({ queued: { forced: refusedWith(406) }, running: { forced: refusedWith(406) } }),
    },
    'forced-queued-is-400': {
      breaks: 'a forced cancel of a queued task is refused with 400',
      change: outcome({ queued: { forced: refusedWith(400) } }),
    },
  }),
  ...detectedBy('cancel.ended.refused', {
    'ended-is-404': {
      breaks: 'a cancel of an ended task is answered with 404',
      change: ended(refusedWith(404)),
    },
    'ended-is-400': {
      breaks: 'a cancel of a finished task is refused with 400',
      change: outcome({ finished: both(refusedWith(400)) }),
    },
    'ended-is-200': {
      breaks: 'a cancel of an ended task is answered with 200, without effect',
      change: ended(refusedWith(200)),
    },
    'failed-is-200': {
      breaks: 'a forced cancel of a failed task is answered with 200',
      change: outcome({ failed: { forced: refusedWith(200) } }),
    },
  }),
  ...detectedBy('cancel.ended.untouched', {
    'ended-refused-and-gone': {
      breaks: 'a cancel of an ended task is refused with 406, and the task is gone',
      change: ended(actsWith(406, { forgets: true })),
    },
  }),
];

const otherwise: readonly Mutant[] = [
  ...detectedBy('cancel.status.409', {
    'never-409': {
      breaks: 'a cancel that fails is answered with 200',
      change: { cancel: { failing: both(refusedWith(200)) } },
    },
    'forced-never-409': {
      breaks: 'a forced cancel that fails is answered with 200',
      change: { cancel: { failing: { forced: refusedWith(200) } } },
    },
    'fails-with-500': {
      breaks: 'a cancel that fails is answered with 500',
      change: { cancel: { failing: both(refusedWith(500)) } },
    },
  }),
  ...detectedBy('cancel.status.404', {
    'cancel-unknown-is-200': {
      breaks: 'a cancel of an unknown task is answered with 200',
      change: { cancel: { unknown: 200 } },
    },
    'cancel-unknown-is-406': {
      breaks: 'a cancel of an unknown task is refused with 406',
      change: { cancel: { unknown: 406 } },
    },
  }),
  ...detectedBy('cancel.statuses', {
    'second-cancel-is-423': {
      breaks: 'a second cancel of a task is answered with 423',
      change: { cancel: { again: refusedWith(423) } },
    },
    'second-cancel-is-202': {
      breaks: 'a second cancel of a task is answered with 202',
      change: { cancel: { again: refusedWith(202) } },
    },
  }),
  ...detectedBy(['cancel.commit-phase.refused', 'cancel.status.409'], {
    'swaps-406-409': {
      breaks: 'a cancel that fails is answered with 406, and one in the commit phase with 409',
      change: {
        cancel: {
          outcome: { committing: { graceful: refusedWith(409) } },
          failing: both(refusedWith(406)),
        },
      },
    },
  }),
  ...detectedBy(['cancel.commit-phase.refused', 'cancel.status.404', 'expiry.cancel'], {
    'swaps-404-406': {
      breaks: 'a cancel of an unknown task is answered with 406, and one in the commit phase with 404',
      change: {
        cancel: { outcome: { committing: { graceful: refusedWith(404) } }, unknown: 406, expired: 406 },
      },
    },
  }),
];

// ── one fault for each phase and each value of force ──

const mannerOf = (force: Force): Manner => (force === 'true' ? 'forced' : 'graceful');
const graceful = ['omitted', 'false'] as const;

/** A wrong status for a cancel in one phase with one value of `force`. */
const statusFamily = (
  rows: readonly { readonly phase: Phase; readonly force: Force }[],
  status: number,
  killedBy: string | ((phase: Phase, force: Force) => string),
): readonly Mutant[] =>
  perShape(rows, ({ phase, force }) => ({
    id: `${phase}-force-${force}-is-${status}`,
    breaks: `only a cancel of a ${phase} task ${withForce(force)} is answered with ${status}`,
    change: outcome({ [phase]: { [mannerOf(force)]: refusedWith(status) } }),
    when: { operation: 'cancel' },
    killedBy: typeof killedBy === 'string' ? killedBy : killedBy(phase, force),
  }));

/** The shapes in which the contract accepts a cancel, one for each way through a server. */
export const acceptedShapes = [
  { phase: 'queued', force: 'omitted' },
  { phase: 'running', force: 'omitted' },
  { phase: 'running', force: 'true' },
  { phase: 'committing', force: 'true' },
] as const;

const families: readonly Mutant[] = [
  ...statusFamily(
    [
      ...cross(axis('phase', ['queued', 'running']), axis('force', forces)),
      { phase: 'committing', force: 'true' },
    ],
    406,
    (phase, force) =>
      phase === 'committing'
        ? 'cancel.commit-phase.forced'
        : force === 'true'
          ? 'cancel.forced.accepted'
          : `cancel.${phase}.accepted`,
  ),
  ...statusFamily(
    cross([{ phase: 'committing' }], axis('force', graceful)),
    409,
    'cancel.commit-phase.refused',
  ),
  ...statusFamily(
    cross(axis('phase', ['finished', 'failed']), axis('force', forces)),
    404,
    'cancel.ended.refused',
  ),
  ...perShape(acceptedShapes, ({ phase, force }) => ({
    id: `${phase}-force-${force}-never-409`,
    breaks: `only a cancel of a ${phase} task ${withForce(force)} that fails is answered with 200`,
    change: { cancel: { failing: { [mannerOf(force)]: refusedWith(200) } } },
    when: { operation: 'cancel' },
    killedBy: 'cancel.status.409',
  })),
  ...perShape(
    cross(
      [
        { missing: 'unknown', killedBy: 'cancel.status.404' },
        { missing: 'expired', killedBy: 'expiry.cancel' },
      ],
      axis('force', forces),
    ),
    ({ missing, force, killedBy }) => ({
      id: `cancel-${missing}-is-406-force-${force}`,
      breaks: `only a cancel of an ${missing} task ${withForce(force)} is refused with 406`,
      change: { cancel: { [missing]: 406 } },
      when: { operation: 'cancel' },
      killedBy,
    }),
  ),
];

export const cancelMutants: readonly Mutant[] = [...byPhase, ...otherwise, ...families];
