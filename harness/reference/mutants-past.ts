/** Faults that show by what a task went through: its way through the phases, an earlier task of its id, a refused request. */
import type { RulesChange } from './contract.ts';
import { detectedBy, type Mutant, perRow, perShape } from './mutant.ts';
import { creationTtl } from './mutants-ttl.ts';
import { accepted, actsWith, type RequestContext, refusedWith, type TaskBody } from './rules.ts';
import { type Mark, type Phase, phaseOf, type Task, type TaskView } from './task.ts';

/** Whether a task came that way, and no other. */
const cameBy =
  (...way: readonly string[]) =>
  ({ marks }: { readonly marks: readonly Mark[] }): boolean =>
    marks.map(({ phase }) => phase).join() === way.join();

/** Takes rows out of the list. */
const listWithout = (isLeftOut: (view: TaskView) => boolean): RulesChange => ({
  list: {
    rewriteRow: (row, view): TaskBody => (isLeftOut(view) ? { ...row, leftOut: true } : row),
    answer: (rows) => rows.filter((row) => !('leftOut' in row)),
  },
});

/** Lists tasks that came that way, also ended ones, as queued. */
const listedAsQueued = (...way: readonly Phase[]): RulesChange => ({
  list: {
    holds: { [way.at(-1) ?? 'queued']: true },
    rewriteRow: (row, view): TaskBody => (cameBy(...way)(view) ? { ...row, status: 'queued' } : row),
  },
});
const does200Nothing = { status: 200, acts: false } as const;
const wholeLife = ['queued', 'running', 'committing'] as const;

const byWay: readonly Mutant[] = [
  ...perRow(
    [
      ['queued', 'running'],
      ['queued', 'committing'],
      ['running', 'committing'],
      ['queued', 'running', 'committing'],
    ],
    (way) => ({
      id: `list-without-${way.join('-to-')}`,
      breaks: `only tasks that went from ${way.join(' to ')} are not listed`,
      change: listWithout(cameBy(...way)),
      killedBy: 'list.holds-running',
    }),
  ),
  ...detectedBy('status.change-shows', {
    'finished-out-of-queued-unseen': [
      'only a task that finishes straight from the queue still reads as queued',
      { task: { status: { finished: 'queued' } } },
      { when: { operation: 'read', phase: 'finished', task: cameBy('queued', 'finished') } },
    ],
    'failed-out-of-queued-unseen': [
      'only a task that fails straight from the queue still reads as queued',
      { task: { status: { failed: 'queued' } } },
      { when: { operation: 'read', phase: 'failed', task: cameBy('queued', 'failed') } },
    ],
  }),
  ...detectedBy('status.change-shows', {
    'failed-after-all-phases-unseen': [
      'only a task that fails at the end of all phases still reads as started',
      { task: { status: { failed: 'started' } } },
      { when: { operation: 'read', phase: 'failed', task: cameBy(...wholeLife, 'failed') } },
    ],
    'committing-out-of-queued-listed-as-queued': [
      'only a task that goes from the queue straight to its commit phase is still listed as queued',
      listedAsQueued('queued', 'committing'),
    ],
    'finished-out-of-queued-listed-as-queued': [
      'only a task that finishes straight from the queue is still listed as queued',
      listedAsQueued('queued', 'finished'),
    ],
  }),
  ...detectedBy('cancel.leaves', {
    'cancel-of-running-out-of-queued-does-nothing': [
      'only a cancel of a task that went from the queue into its work is accepted and has no effect',
      { cancel: { outcome: { running: { graceful: does200Nothing } } } },
      { when: { operation: 'cancel', phase: 'running', task: cameBy('queued', 'running') } },
    ],
    'force-in-commit-out-of-queued-does-nothing': [
      'only a forced cancel of a task that went from the queue straight to its commit phase is accepted and has no effect',
      { cancel: { outcome: { committing: { forced: does200Nothing } } } },
      { when: { operation: 'cancel', phase: 'committing', task: cameBy('queued', 'committing') } },
    ],
  }),
  ...detectedBy('cancel.commit-phase.refused', {
    'cancels-in-commit-after-two-moves': [
      'only a task that went through all phases up to its commit can be cancelled there',
      { cancel: { outcome: { committing: { graceful: accepted } } } },
      { when: { operation: 'cancel', phase: 'committing', task: cameBy(...wholeLife) } },
    ],
  }),
  ...detectedBy('verbose.keeps-fields', {
    'verbose-of-commit-out-of-queued-is-queued': [
      'only a read with verbose=true of a task that went from the queue straight to its commit phase shows it as queued',
      { read: { rewriteVerbose: (body) => ({ ...body, status: 'queued' }) } },
      { when: { operation: 'read', phase: 'committing', task: cameBy('queued', 'committing') } },
    ],
    'verbose-of-finished-out-of-queued-without-guid': [
      'only a read with verbose=true of a task that finished straight from the queue has no guid',
      { read: { rewriteVerbose: ({ crdb_guid: _, ...body }) => body } },
      { when: { operation: 'read', phase: 'finished', task: cameBy('queued', 'finished') } },
    ],
  }),
  ...detectedBy('cancel.running.accepted', {
    'running-out-of-queued-is-406': [
      'only a cancel of a task that went from the queue into its work is refused with 406',
      { cancel: { outcome: { running: { graceful: refusedWith(406), forced: refusedWith(406) } } } },
      { when: { operation: 'cancel', phase: 'running', task: cameBy('queued', 'running') } },
    ],
  }),
  ...detectedBy('cancel.commit-phase.forced', {
    'force-in-commit-out-of-queued-is-406': [
      'only a task that went from the queue straight to its commit phase cannot be cancelled there by force',
      { cancel: { outcome: { committing: { forced: refusedWith(406) } } } },
      { when: { operation: 'cancel', phase: 'committing', task: cameBy('queued', 'committing') } },
    ],
  }),
  ...perRow(
    [
      ['committing', 'finished'],
      [...wholeLife, 'failed'],
    ] as const,
    (way) => ({
      id: `${way.join('-to-')}-can-be-cancelled`,
      breaks: `only a cancel of a task that went from ${way.join(' to ')} is answered with 200`,
      change: { cancel: { outcome: { [way.at(-1) ?? 'failed']: { graceful: refusedWith(200) } } } },
      when: { operation: 'cancel', task: cameBy(...way) },
      killedBy: 'cancel.ended.refused',
    }),
  ),
  ...detectedBy('expiry.default.kept', {
    'finished-out-of-running-expires-early': [
      'only a task that went from its work straight to its end is kept for 450 s',
      { retention: { defaultS: 450 } },
      { when: { task: cameBy('running', 'finished') } },
    ],
  }),
  ...detectedBy('cancel.ended.refused', {
    'finished-out-of-queued-can-be-cancelled': [
      'only a cancel of a task that finished straight from the queue is answered with 200',
      { cancel: { outcome: { finished: { graceful: refusedWith(200) } } } },
      { when: { operation: 'cancel', phase: 'finished', task: cameBy('queued', 'finished') } },
    ],
  }),
  ...detectedBy('expiry.default.gone', {
    'finished-out-of-commit-never-expires': [
      'only a task that finished in its commit phase never expires',
      { retention: { defaultS: 1e9 } },
      { when: { task: cameBy('committing', 'finished') } },
    ],
    'finished-out-of-running-never-expires': [
      'only a task that went from its work straight to its end never expires',
      { retention: { defaultS: 1e9 } },
      { when: { task: cameBy('running', 'finished') } },
    ],
  }),
];

const wayOfTtls: readonly Mutant[] = [
  ...detectedBy('expiry.at-creation.kept', {
    'creation-ttl-lost-in-commit': [
      'only a task that goes on out of its commit phase after all phases loses its TTL',
      creationTtl({ makes: (defaultS) => defaultS }),
      { when: { task: cameBy(...wholeLife, 'finished') } },
    ],
  }),
  ...detectedBy('expiry.at-creation.gone', {
    'short-creation-ttl-lost-in-commit': [
      'only a task that finishes after all phases loses a TTL of less than the default',
      creationTtl({ makes: Math.max }),
      { when: { task: cameBy(...wholeLife, 'finished') } },
    ],
  }),
];

const wasFinished = ({ former }: Task): boolean => former !== undefined && phaseOf(former) === 'finished';
const wasCancelled = ({ former }: Task): boolean => former?.cancelledMs !== undefined;
const wasRemovedRunning = ({ former }: Task): boolean =>
  former !== undefined && phaseOf(former) === 'running' && former.cancelledMs === undefined;

/** Whether two ids of full length are the same but for their last character. */
const areAlike = (one: Task, other: Task): boolean =>
  one.id.length === 64 && one.id.slice(0, -1) === other.id.slice(0, -1);

const byId: readonly Mutant[] = [
  ...detectedBy('list.holds-running', {
    'list-without-used-ids': [
      'a new task with the id of a removed one is not listed',
      listWithout(({ former }) => former !== undefined),
    ],
    'list-keyed-by-63-characters': [
      'the list has one row for ids that begin with the same 63 characters',
      {
        list: {
          answer: (rows) =>
            [...Map.groupBy(rows, ({ id }) => `${id}`.slice(0, 63)).values()].flatMap(([row]) => row ?? []),
        },
      },
    ],
  }),
  ...detectedBy('cancel.that-task-alone', {
    'cancels-ids-alike': [
      'a cancel also ends a task whose id differs in its last character alone',
      { cancel: { effect: { graceful: { alsoEnds: areAlike } } } },
    ],
  }),
  ...detectedBy('cancel.that-task-alone', {
    'cancel-kept-by-id': [
      'a new task with the id of a cancelled one is cancelled too, after 200 ms',
      { task: { status: { running: 'failed' } } },
      {
        when: {
          operation: 'read',
          phase: 'running',
          context: ({ task, nowMs }: RequestContext) =>
            task !== undefined && wasCancelled(task) && nowMs - task.marks[0].atMs >= 200,
        },
      },
    ],
    'cancelled-id-stays-failed': [
      'a new task with the id of a cancelled one is shown as failed',
      { task: { status: { running: 'failed' } } },
      { when: { operation: 'read', phase: 'running', task: wasCancelled } },
    ],
  }),
  ...detectedBy('cancel.running.accepted', {
    'cancelled-id-is-406': [
      'a cancel of a new task with the id of a cancelled one is refused with 406',
      { cancel: { outcome: { running: { graceful: refusedWith(406), forced: refusedWith(406) } } } },
      { when: { operation: 'cancel', phase: 'running', task: wasCancelled } },
    ],
  }),
  ...detectedBy('read.status.200', {
    'expired-id-stays-gone': [
      'a new task with the id of one that was asked for after its expiry is not found',
      { ids: { refuses: () => 404 } },
      {
        when: {
          operation: 'read',
          task: ({ former }) => former !== undefined && former.agedMs > 500_000,
        },
      },
    ],
    'removed-id-stays-gone': [
      'a new task with the id of a removed one is not found',
      { ids: { refuses: () => 404 } },
      { when: { operation: 'read', task: ({ former }) => former !== undefined } },
    ],
  }),
  ...detectedBy('expiry.that-task-alone', {
    'ttl-kept-by-id': [
      'a TTL also counts for a later task of the same id',
      { retention: { defaultS: 60 } },
      { when: { task: (task) => wasFinished(task) && task.former?.resultTtlS !== undefined } },
    ],
  }),
  ...detectedBy('read.named-guid', {
    'guid-kept-by-id': [
      'a new task with the id of a removed one is read with the guid of that one',
      { read: { rewrite: (body, _, { task }) => ({ ...body, crdb_guid: task?.former?.guid }) } },
      { when: { operation: 'read', task: wasRemovedRunning } },
    ],
  }),
];

const refusedBefore = ({ timesCancelled, cancelledMs }: Task): boolean =>
  timesCancelled > 0 && cancelledMs === undefined;
const afterRefusal: readonly Mutant[] = [
  ...perShape(
    [
      { phase: 'queued', force: 'omitted' },
      { phase: 'running', force: 'true' },
      { phase: 'committing', force: 'true' },
    ] as const,
    ({ phase, force }) => ({
      id: `refused-then-${phase}-force-${force}-does-nothing`,
      breaks: `only after a refused cancel, a cancel of a ${phase} task ${force === 'true' ? 'with force' : 'without force'} is accepted and has no effect`,
      change: { cancel: { outcome: { [phase]: { graceful: does200Nothing, forced: does200Nothing } } } },
      when: { operation: 'cancel', task: refusedBefore },
      killedBy: 'cancel.leaves',
    }),
  ),
];

const byGet: readonly Mutant[] = perShape(
  [
    { phase: 'queued', force: 'true' },
    { phase: 'running', force: 'false' },
    { phase: 'committing', force: 'true' },
  ] as const,
  ({ phase, force }) => ({
    id: `${phase}-force-${force}-get-refused-but-done`,
    breaks: `only GET on the cancel path of a ${phase} task with force=${force} is refused with 405, but cancels`,
    change: { paths: { wrongMethod: actsWith(405) } },
    when: { operation: 'cancel' },
    killedBy: 'cancel.by-get.no-effect',
  }),
);

const afterFailure = detectedBy('list.holds-running', {
  'list-without-failed-cancels': [
    'a task whose cancel failed is not listed any more',
    listWithout(({ cancelFails, timesCancelled }) => cancelFails && timesCancelled > 0),
  ],
});

export const pastMutants: readonly Mutant[] = [
  ...byWay,
  ...wayOfTtls,
  ...byId,
  ...afterRefusal,
  ...afterFailure,
  ...byGet,
];
