/** Cancels with the right answer and the wrong effect. */
import { type RulesChange, rules } from './contract.ts';
import { axis, cross, detectedBy, type Force, type Mutant, perRow, perShape, withForce } from './mutant.ts';
import { acceptedShapes, mannerOf } from './mutants-cancel.ts';
import { actsWith, type CancelEffect, type Operation } from './rules.ts';
import { isEnded, phaseOf, phases, type Task } from './task.ts';

const effect = (change: Partial<CancelEffect>): RulesChange => ({
  cancel: { effect: { graceful: change, forced: change } },
});
const requeued = actsWith(409, { endsAs: 'queued' });
const alsoByGet = (operation: Operation): RulesChange => ({
  routes: [...rules.routes, { operation, method: 'GET', path: '/v1/crdb_tasks/{id}/actions/cancel' }],
});

const onTheTask: readonly Mutant[] = [
  ...detectedBy('cancel.leaves', {
    'cancel-does-nothing': [
      'a cancel is accepted, and the task keeps running',
      effect({ endsAs: 'nothing' }),
    ],
    'forced-does-nothing': [
      'a forced cancel is accepted, and the task keeps running',
      { cancel: { effect: { forced: { endsAs: 'nothing' } } } },
    ],
    'cancel-a-minute-late': ['a cancelled task ends only after a minute', effect({ afterMs: 60_000 })],
    'cancel-requeues': ['a cancelled task is queued again', effect({ endsAs: 'queued' })],
    'running-asked-twice-leaves': [
      'a cancel of a running task is accepted, but only a second one has an effect',
      {
        cancel: { outcome: { running: { graceful: actsWith(200, { endsAs: 'running', afterMs: 0 }) } } },
      },
      {
        when: {
          operation: 'cancel',
          force: 'omitted',
          phase: 'running',
          task: ({ cancelledMs }) => cancelledMs === undefined,
        },
      },
    ],
  }),
  ...detectedBy('cancel.stays-out', {
    'cancelled-comes-back': [
      'a cancelled task runs again a second later',
      effect({ afterwards: { phase: 'running', afterMs: 1000 } }),
      {
        mayFail: ['cancel.leaves'], // where the network hides that it was out for 1 s
      },
    ],
    'cancelled-is-queued-again': [
      'a cancelled task is queued again after 1.5 s',
      effect({ afterwards: { phase: 'queued', afterMs: 1500 } }),
      {
        mayFail: ['cancel.leaves'], // where the network hides that it was out for 1.5 s
      },
    ],
  }),
  ...detectedBy('cancel.not-finished', {
    'cancel-finishes': ['a cancelled task ends as finished', effect({ endsAs: 'finished' })],
    'cancelled-finishes-later': [
      'a cancelled task is failed, and a second later finished',
      effect({ afterwards: { phase: 'finished', afterMs: 1000 } }),
    ],
  }),
  ...detectedBy('cancel.still-readable', {
    'cancel-forgets': ['a cancelled task is gone at once', effect({ forgets: true })],
    'cancelled-expires-at-once': [
      'a cancelled task is gone as soon as it has ended',
      { retention: { share: { cancelled: 0 } } },
    ],
  }),
  ...detectedBy('cancel.ended.untouched', {
    'cancel-rewrites-ended': [
      'a cancel of a finished task is refused with 406, and the task is failed from then on',
      { cancel: { outcome: { finished: { graceful: actsWith(406), forced: actsWith(406) } } } },
    ],
    'cancel-restarts-failed': [
      'a cancel of a failed task is refused with 409, and the task is queued again',
      { cancel: { outcome: { failed: { graceful: requeued, forced: requeued } } } },
    ],
  }),
  ...detectedBy('cancel.commit-phase.untouched', {
    'refused-cancel-shows-queued': [
      'after a refused cancel without force in the commit phase a task is shown as queued until it ends',
      {
        cancel: {
          outcome: { committing: { graceful: actsWith(406, { endsAs: 'committing', afterMs: 0 }) } },
        },
      },
      {
        when: { operation: 'cancel', phase: 'committing', force: 'omitted' },
        always: {
          read: {
            rewrite: (body, { phase, cancelledMs }) =>
              phase === 'committing' && cancelledMs !== undefined ? { ...body, status: 'queued' } : body,
          },
        },
      },
    ],
  }),
];

/** Whether an id is the one right before another: `a-007` before `a-008`. */
const isRightBefore = (other: Task, task: Task): boolean => {
  const [, stem, number] = /^(.*-)(\d+)$/.exec(task.id) ?? [];
  return (
    stem !== undefined &&
    other.id === `${stem}${String(Number(number) - 1).padStart(`${number}`.length, '0')}`
  );
};

/** How many tasks were made before it: the reference cluster's guids count them. */
const numberOf = ({ guid }: Task): number => Number.parseInt(guid.slice(-12), 16);

const onOtherTasks: readonly Mutant[] = [
  ...detectedBy('cancel.that-task-alone', {
    'cancels-all': ['a cancel ends all tasks', effect({ alsoEnds: (other) => !isEnded(phaseOf(other)) })],
    'cancels-longer-ids': [
      'a cancel also ends the tasks whose id begins with the one that it names',
      effect({ alsoEnds: (other, task) => other.id !== task.id && other.id.startsWith(task.id) }),
    ],
    'cancels-32-later': [
      'a cancel also ends the task that was made 32 later',
      effect({ alsoEnds: (other, task) => numberOf(other) - numberOf(task) === 32 }),
    ],
    'cancel-forgets-ended-tasks': [
      'a cancel removes all ended tasks',
      effect({ alsoForgets: (other) => isEnded(phaseOf(other)) }),
    ],
  }),
  ...perRow(phases, (phase) => {
    const touched = (other: Task, task: Task) => phaseOf(other) === phase && isRightBefore(other, task);
    return {
      id: `cancels-${phase}-before`,
      breaks: `a cancel also ${isEnded(phase) ? 'removes' : 'ends'} the task with the id right before, if that is ${phase}`,
      change: effect(isEnded(phase) ? { alsoForgets: touched } : { alsoEnds: touched }),
      killedBy: 'cancel.that-task-alone',
    };
  }),
];

const byGet: readonly Mutant[] = [
  ...detectedBy(['cancel.by-get.no-effect', 'cancel.by-get.refused'], {
    'cancels-by-get': ['GET on the cancel path cancels', alsoByGet('cancel')],
  }),
  ...detectedBy('cancel.by-get.no-effect', {
    'get-refused-but-done': [
      'GET on the cancel path is refused with 405, but cancels',
      { paths: { wrongMethod: actsWith(405) } },
    ],
  }),
  ...perShape(axis('phase', ['queued', 'running']), ({ phase }) => ({
    id: `${phase}-get-refused-but-done`,
    breaks: `only GET on the cancel path of a ${phase} task is refused with 405, but cancels`,
    change: { paths: { wrongMethod: actsWith(405) } },
    when: { operation: 'cancel' },
    killedBy: 'cancel.by-get.no-effect',
  })),
  ...detectedBy('cancel.by-get.refused', {
    'get-on-cancel-reads': ['GET on the cancel path is answered with the task', alsoByGet('read')],
  }),
];

// ── one fault for each phase and each value of force ──

const only = (force: Force, change: Partial<CancelEffect>): RulesChange => ({
  cancel: { effect: { [mannerOf(force)]: change } },
});

/** Wrong effects of an accepted cancel, without the shapes in which another mutant has the fault or it is allowed. */
const effects: Readonly<
  Record<
    string,
    readonly [
      breaks: string,
      killedBy: string,
      effect: Partial<CancelEffect>,
      except?: (shape: (typeof acceptedShapes)[number]) => boolean,
    ]
  >
> = {
  'does-nothing': [
    'is accepted and has no effect',
    'cancel.leaves',
    { endsAs: 'nothing' },
    ({ phase, force }) => phase === 'running' && force === 'omitted',
  ],
  'comes-back': [
    'lets the task run again a second later',
    'cancel.stays-out',
    { afterwards: { phase: 'running', afterMs: 1000 } },
  ],
  finishes: [
    'ends the task as finished',
    'cancel.not-finished',
    { endsAs: 'finished' },
    ({ phase }) => phase === 'committing',
  ],
  forgets: ['removes the task', 'cancel.still-readable', { forgets: true }],
};

const families: readonly Mutant[] = [
  ...Object.entries(effects).flatMap(([fault, [breaks, killedBy, wrong, except = () => false]]) =>
    perShape(
      acceptedShapes.filter((shape) => !except(shape)),
      ({ phase, force }) => ({
        id: `${phase}-force-${force}-${fault}`,
        breaks: `only a cancel of a ${phase} task ${withForce(force)} ${breaks}`,
        change: only(force, wrong),
        when: { operation: 'cancel' },
        killedBy,
        // Where the network hides that the task had left.
        mayFail: killedBy === 'cancel.stays-out' ? ['cancel.leaves'] : [],
      }),
    ),
  ),
  ...perShape(
    cross(
      [
        { phase: 'finished', endsAs: 'failed' },
        { phase: 'failed', endsAs: 'queued' },
      ],
      axis('force', ['omitted', 'true']),
    ),
    ({ phase, force, endsAs }) => ({
      id: `${phase}-force-${force}-is-refused-but-changes-it`,
      breaks: `only a cancel of a ${phase} task ${withForce(force)} is refused with 406 and makes the task ${endsAs}`,
      change: {
        cancel: {
          outcome: { [phase]: { [mannerOf(force)]: actsWith(406, { endsAs }) } },
        },
      },
      when: { operation: 'cancel' },
      killedBy: 'cancel.ended.untouched',
    }),
  ),
  ...detectedBy('cancel.commit-phase.untouched', {
    'committing-force-false-is-refused-but-done': [
      'only a cancel of a committing task with force=false is refused with 406, but cancels',
      { cancel: { outcome: { committing: { graceful: actsWith(406) } } } },
      { when: { operation: 'cancel', phase: 'committing', force: 'false' } },
    ],
  }),
];

export const cancelEffectMutants: readonly Mutant[] = [...onTheTask, ...onOtherTasks, ...byGet, ...families];
