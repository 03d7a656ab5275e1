/** Cancels that are answered wrongly: by phase, by force, for missing tasks. */
import type { RulesChange } from './contract.ts';
import {
  axis,
  cross,
  detectedBy,
  type FaultRow,
  type Force,
  forces,
  type Mutant,
  perShape,
  withForce,
} from './mutant.ts';
import { accepted, actsWith, type Manner, type RequestOutcome, refusedWith } from './rules.ts';

type OutcomeChange = NonNullable<NonNullable<RulesChange['cancel']>['outcome']>;
const outcome = (change: OutcomeChange): RulesChange => ({ cancel: { outcome: change } });
const committing = (graceful: RequestOutcome): RulesChange => outcome({ committing: { graceful } });
const both = (one: RequestOutcome) => ({ graceful: one, forced: one });
const ended = (one: RequestOutcome): RulesChange => outcome({ finished: both(one), failed: both(one) });

const acceptedWith = (status: number): FaultRow => [
  `an accepted cancel is answered with ${status}`,
  outcome({
    queued: both(actsWith(status)),
    running: both(actsWith(status)),
    committing: { forced: actsWith(status) },
  }),
  { mayFail: ['cancel.queued.accepted'] }, // where the network hides that it is the same fault
];

const byPhase: readonly Mutant[] = [
  ...detectedBy('cancel.running.accepted', {
    'cancel-is-202': acceptedWith(202),
    'cancel-is-204': acceptedWith(204),
  }),
  ...detectedBy('cancel.commit-phase.refused', {
    'cancels-in-commit': ['a graceful cancel is accepted in the commit phase', committing(accepted)],
    'says-200-in-commit': [
      'a graceful cancel in the commit phase is answered with 200, without effect',
      committing(refusedWith(200)),
    ],
    'commit-phase-is-409': [
      'a graceful cancel in the commit phase is refused with 409',
      committing(refusedWith(409)),
    ],
    'commit-phase-is-405': [
      'a graceful cancel in the commit phase is refused with 405',
      committing(refusedWith(405)),
    ],
    'force-implied': ['every cancel is forced', { cancel: { isForced: () => true } }],
    'force-by-presence': ['force=false counts as force', { cancel: { isForced: (force) => force !== null } }],
  }),
  ...detectedBy('cancel.commit-phase.untouched', {
    'refused-and-gone': [
      'a graceful cancel in the commit phase is refused with 406, and the task is gone',
      committing(actsWith(406, { forgets: true })),
    ],
    'refused-but-done': [
      'a graceful cancel in the commit phase is refused with 406, but cancels',
      committing(actsWith(406)),
    ],
    'refused-but-done-late': [
      'a graceful cancel in the commit phase is refused with 406, but cancels 1.2 s later',
      committing(actsWith(406, { afterMs: 1200 })),
    ],
    'refused-then-stuck': [
      'after a refused cancel in the commit phase a task is shown as started for ever',
      {
        ...committing(actsWith(406, { endsAs: 'committing', afterMs: 0 })),
        read: {
          rewrite: (task, { cancelledMs }) =>
            cancelledMs !== undefined && task.status === 'finished' ? { ...task, status: 'started' } : task,
        },
      },
    ],
  }),
  ...detectedBy('cancel.commit-phase.forced', {
    'force-ignored': [
      'force=true is ignored: 406 in the commit phase',
      { cancel: { isForced: () => false } },
    ],
    'forced-is-409': [
      'a forced cancel in the commit phase always fails with 409',
      outcome({ committing: { forced: refusedWith(409) } }),
    ],
  }),
  ...detectedBy('cancel.forced.accepted', {
    'forced-queued-is-400': [
      'a forced cancel of a queued task is refused with 400',
      outcome({ queued: { forced: refusedWith(400) } }),
    ],
  }),
  ...detectedBy('cancel.ended.refused', {
    'ended-is-200': [
      'a cancel of an ended task is answered with 200, without effect',
      ended(refusedWith(200)),
    ],
    'failed-is-200': [
      'a forced cancel of a failed task is answered with 200',
      outcome({ failed: { forced: refusedWith(200) } }),
    ],
  }),
  ...detectedBy('cancel.ended.untouched', {
    'ended-refused-and-gone': [
      'a cancel of an ended task is refused with 406, and the task is gone',
      ended(actsWith(406, { forgets: true })),
    ],
  }),
];

const otherwise: readonly Mutant[] = [
  ...detectedBy('cancel.status.409', {
    'never-409': [
      'a cancel that fails is answered with 200',
      { cancel: { failing: both(refusedWith(200)) } },
    ],
    'fails-with-500': [
      'a cancel that fails is answered with 500',
      { cancel: { failing: both(refusedWith(500)) } },
    ],
  }),
  ...detectedBy('cancel.status.404', {
    'cancel-unknown-is-200': [
      'a cancel of an unknown task is answered with 200',
      { cancel: { unknown: 200 } },
    ],
  }),
  ...detectedBy('cancel.statuses', {
    'second-cancel-is-423': [
      'a second cancel of a task is answered with 423',
      { cancel: { again: refusedWith(423) } },
    ],
    'second-cancel-is-202': [
      'a second cancel of a task is answered with 202',
      { cancel: { again: refusedWith(202) } },
    ],
  }),
  ...detectedBy(['cancel.commit-phase.refused', 'cancel.status.409'], {
    'swaps-406-409': [
      'a cancel that fails is answered with 406, and one in the commit phase with 409',
      {
        cancel: { outcome: { committing: { graceful: refusedWith(409) } }, failing: both(refusedWith(406)) },
      },
    ],
  }),
  ...detectedBy(['cancel.commit-phase.refused', 'cancel.status.404', 'expiry.cancel'], {
    'swaps-404-406': [
      'a cancel of an unknown task is answered with 406, and one in the commit phase with 404',
      {
        cancel: { outcome: { committing: { graceful: refusedWith(404) } }, unknown: 406, expired: 406 },
      },
    ],
  }),
];

// ── one fault for each phase and each value of force ──

export const mannerOf = (force: Force): Manner => (force === 'true' ? 'forced' : 'graceful');

/** A wrong status for a cancel in one phase with one value of `force`, and the clause about that shape. */
const wrongStatuses = [
  ...cross(
    [
      { phase: 'queued', status: 406, killedBy: 'cancel.queued.accepted' },
      { phase: 'running', status: 406, killedBy: 'cancel.running.accepted' },
      { phase: 'committing', status: 409, killedBy: 'cancel.commit-phase.refused' },
    ],
    axis('force', ['omitted', 'false']),
  ),
  ...cross(
    [
      { phase: 'queued', status: 406, killedBy: 'cancel.forced.accepted' },
      { phase: 'running', status: 406, killedBy: 'cancel.forced.accepted' },
      { phase: 'committing', status: 406, killedBy: 'cancel.commit-phase.forced' },
    ],
    axis('force', ['true']),
  ),
  ...cross(
    [
      { phase: 'finished', status: 404, killedBy: 'cancel.ended.refused' },
      { phase: 'failed', status: 404, killedBy: 'cancel.ended.refused' },
    ],
    axis('force', forces),
  ),
] as const;

/** The shapes in which the contract accepts a cancel, one for each way through a server. */
export const acceptedShapes = [
  { phase: 'queued', force: 'omitted' },
  { phase: 'running', force: 'omitted' },
  { phase: 'running', force: 'true' },
  { phase: 'committing', force: 'true' },
] as const;

const families: readonly Mutant[] = [
  ...perShape(wrongStatuses, ({ phase, force, status, killedBy }) => ({
    id: `${phase}-force-${force}-is-${status}`,
    breaks: `only a cancel of a ${phase} task ${withForce(force)} is answered with ${status}`,
    change: outcome({ [phase]: { [mannerOf(force)]: refusedWith(status) } }),
    when: { operation: 'cancel' },
    killedBy,
  })),
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
