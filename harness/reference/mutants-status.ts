/** Faults of what a read shows over time: the wrong phase, late or reverted changes. And of which task an id names. */
import { type RulesChange, rules } from './contract.ts';
import { detectedBy, type Mutant, perRow, perShape } from './mutant.ts';
import type { ReadRules, TaskBody } from './rules.ts';
import type { Phase, Task, TaskView } from './task.ts';

const rewrite = (change: (body: TaskBody, view: TaskView) => TaskBody): RulesChange => ({
  read: { rewrite: change },
});
const rewriteIn = (change: ReadRules['rewrite']): RulesChange => ({ read: { rewrite: change } });
const shown = rules.task.status;
const neverRan = ({ marks }: TaskView): boolean => !marks.some(({ phase }) => phase === 'running');

/** A phase that is shown with the wrong status. */
const wrongStatus = perRow(
  [
    { phase: 'queued', status: 'started', killedBy: ['status.queued'] },
    { phase: 'queued', status: 'failed', killedBy: ['status.queued'], mayFail: ['status.forward-only'] },
    { phase: 'running', status: 'queued', killedBy: ['status.started'] },
    { phase: 'committing', status: 'queued', killedBy: ['status.started', 'status.forward-only'] },
    { phase: 'committing', status: 'finished', killedBy: ['status.started'] },
    { phase: 'finished', status: 'started', killedBy: ['status.finished'] },
    { phase: 'finished', status: 'failed', killedBy: ['status.finished'] },
    { phase: 'failed', status: 'finished', killedBy: ['status.failed'] },
    {
      phase: 'failed',
      status: 'started',
      killedBy: ['status.failed'],
      mayFail: ['cancel.leaves', 'status.change-shows'],
    },
  ] as readonly { phase: Phase; status: string; killedBy: readonly string[]; mayFail?: readonly string[] }[],
  ({ phase, status, killedBy, mayFail = [] }) => ({
    id: `${phase}-as-${status}`,
    breaks: `a ${phase} task is shown as ${status}`,
    change: { task: { status: { [phase]: status } } },
    killedBy,
    mayFail,
  }),
);

const atRest: readonly Mutant[] = [
  ...detectedBy('status.ended-stays', {
    'ended-just-now': [
      'a read of a finished task with verbose=true shows the time of its response as its end',
      {
        read: {
          rewriteVerbose: (body, { phase }, { nowMs }) =>
            phase === 'finished'
              ? { ...body, ended: new Date(Math.floor(nowMs / 1000) * 1000).toISOString() }
              : body,
        },
      },
    ],
    'ended-ticks-on': [
      'the `ended` of a task is the time of the read',
      rewriteIn((task, _, { upMs }) =>
        'ended' in task ? { ...task, ended: new Date(upMs).toISOString() } : task,
      ),
    ],
    'finished-ticks-on': [
      'only the `ended` of finished tasks is the time of the read',
      rewriteIn((task, { phase }, { upMs }) =>
        phase === 'finished' ? { ...task, ended: new Date(upMs).toISOString() } : task,
      ),
    ],
    'errors-shown-once': [
      'only the first read of a failed task shows its `errors`',
      rewrite(({ errors, ...task }, { timesRead }) =>
        errors !== undefined && timesRead === 1 ? { ...task, errors } : task,
      ),
    ],
  }),
  ...detectedBy('read.changes-nothing', {
    'status-falls-back': [
      'every second read of a started task shows it as queued',
      rewrite((task, { timesRead }) =>
        task.status === 'started' && timesRead % 2 === 0 ? { ...task, status: 'queued' } : task,
      ),
      { mayFail: ['status.forward-only'] },
    ],
    'running-falls-back': [
      'every second read of a running task shows it as queued, but not in its commit phase',
      rewrite((task, { phase, timesRead }) =>
        phase === 'running' && timesRead % 2 === 0 ? { ...task, status: 'queued' } : task,
      ),
      { mayFail: ['status.forward-only'] },
    ],
    'read-starts-queued': [
      'a read of a queued task starts it',
      { read: { moves: (phase) => (phase === 'queued' ? 'running' : null) } },
    ],
    'read-finishes-committing': [
      'a read of a task in its commit phase finishes it',
      { read: { moves: (phase) => (phase === 'committing' ? 'finished' : null) } },
    ],
    'read-removes-queued': [
      'a read of a queued task removes it',
      { read: { forgets: (phase) => phase === 'queued' } },
      { mayFail: ['read.status.200', 'cancel.queued.accepted', 'cancel.still-readable'] },
    ],
    'read-removes-ended': [
      'a read of an ended task removes it',
      { read: { forgets: (phase) => phase === 'finished' || phase === 'failed' } },
      {
        mayFail: ['read.status.200', 'expiry.default.kept', 'expiry.failed.kept', 'cancel.still-readable'],
      },
    ],
    'read-removes-finished': [
      'a read of a finished task removes it',
      { read: { forgets: (phase) => phase === 'finished' } },
      { mayFail: ['read.status.200', 'expiry.default.kept'] },
    ],
    'verbose-read-removes-running': [
      'a read of a running task with verbose=true removes it',
      { read: { forgets: (phase, verbose) => verbose && phase === 'running' } },
    ],
    'verbose-read-removes-ended': [
      'a read of a finished task with verbose=true removes it',
      { read: { forgets: (phase, verbose) => verbose && phase === 'finished' } },
      { mayFail: ['read.status.200'] },
    ],
  }),
];

const steps = [
  { from: 'queued', to: 'running' },
  { from: 'running', to: 'finished' },
  { from: 'running', to: 'failed' },
  { from: 'committing', to: 'finished' },
] as const satisfies readonly { readonly from: Phase; readonly to: Phase }[];

/** Whether that was the only phase change of a task, and no cancel caused it. */
const hasJust =
  ({ from, to }: (typeof steps)[number]) =>
  ({ marks, cancelledMs }: Pick<Task, 'cancelledMs'> & Pick<TaskView, 'marks'>): boolean =>
    cancelledMs === undefined && marks.map(({ phase }) => phase).join() === `${from},${to}`;
/** A step with the task of a read that has just made it. */
const readSteps = steps.map((step) => ({ ...step, operation: 'read' as const, task: hasJust(step) }));

const changes: readonly Mutant[] = [
  ...detectedBy('status.change-shows', {
    'read-frozen': ['a read never shows a phase change', { read: { lagMs: Number.POSITIVE_INFINITY } }],
    'read-half-a-minute-late': ['a read shows a phase change only after 30 s', { read: { lagMs: 30_000 } }],
  }),
  ...detectedBy('status.change-shows-at-once', {
    'changes-three-seconds-late': [
      'both reads show a phase change only after 3 s',
      { read: { lagMs: 3000 }, list: { lagMs: 3000 } },
    ],
  }),
  ...perShape(readSteps, ({ from, to }) => ({
    id: `${from}-to-${to}-never-read`,
    breaks: `a read never shows the change from ${from} to ${to}`,
    change: { read: { lagMs: Number.POSITIVE_INFINITY } },
    killedBy: 'status.change-shows',
  })),
  ...perShape(readSteps, ({ from, to }) => ({
    id: `${from}-to-${to}-read-late`,
    breaks: `a read shows the change from ${from} to ${to} only after 3 s`,
    change: { read: { lagMs: 3000 } },
    killedBy: 'status.change-shows-at-once',
  })),
  ...perRow(steps, (step) => ({
    id: `${step.from}-to-${step.to}-never-listed`,
    breaks: `the list never shows the change from ${step.from} to ${step.to}`,
    change: {
      list: {
        holds: { [step.to]: true },
        rewriteRow: (row, view) => (hasJust(step)(view) ? { ...row, status: shown[step.from] } : row),
      },
    },
    killedBy: 'status.change-shows',
  })),
  ...detectedBy('status.forward-only', {
    'committing-falls-back': [
      'a task that was queued is shown as queued again in its commit phase',
      rewrite((task, { phase, marks: [first] }) =>
        phase === 'committing' && first.phase === 'queued' ? { ...task, status: 'queued' } : task,
      ),
    ],
    'second-read-is-older': [
      'every second read of a task shows its previous phase',
      rewrite((task, { timesRead, marks }) => {
        const before = marks.at(-2);
        return before && timesRead % 2 === 0 ? { ...task, status: shown[before.phase] } : task;
      }),
    ],
    'failed-starts-again': [
      'the seventh read of a task that ran and failed shows it as started',
      rewrite((task, view) =>
        view.phase === 'failed' && view.cancelledMs === undefined && !neverRan(view) && view.timesRead === 7
          ? { ...task, status: 'started' }
          : task,
      ),
    ],
    'ended-from-the-queue-queues-again': [
      'the fifth read of a task that ended without running shows it as queued',
      rewrite((task, view) =>
        view.phase === 'finished' && view.marks.length > 1 && neverRan(view) && view.timesRead === 5
          ? { ...task, status: 'queued' }
          : task,
      ),
    ],
  }),
];

/** The ids in examples: `1`, and UUIDs. */
const isExampleId = (id: unknown): boolean =>
  /^(\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(`${id}`);
const wordsOnly = (id: string): string => id.replace(/[^A-Za-z0-9._~-]/g, '');
const clean = (change: (id: string) => string): RulesChange => ({ ids: { clean: change } });
const answers = (status: number, when: (id: string) => boolean): RulesChange => ({
  ids: { refuses: (id) => (when(id) ? status : null) },
});
const bothMalformed = ['robustness.malformed-id.read', 'robustness.malformed-id.cancel'];

const ids: readonly Mutant[] = [
  ...detectedBy(bothMalformed, {
    'id-by-prefix': [
      'the beginning of an id names the task',
      { ids: { match: 'prefix' } },
      { mayFail: ['read.asked-id'] }, // a small number may begin an id of digits
    ],
    'id-cleaned': [
      'invalid characters of an id are dropped: `ID%00`, `{ID}` and `ID%2F` name the task ID',
      clean(wordsOnly),
    ],
    'id-up-to-nul': ['an id ends at its first NUL', clean((id) => id.split('\0')[0] ?? '')],
    'slash-after-id': ['an encoded slash after an id is ignored', clean((id) => id.replace(/\/$/, ''))],
    'id-in-braces': ['braces around an id are dropped', clean((id) => id.replace(/^\{(.*)\}$/, '$1'))],
    'digit-after-id': [
      'an extra digit at the end of an id is dropped',
      clean((id) => id.replace(/(-\d{3})\d$/, '$1')),
    ],
    'strange-id-is-500': [
      'an id with invalid characters is answered with 500',
      answers(500, (id) => wordsOnly(id) !== id),
    ],
    'long-id-is-500': [
      'an id of more than 255 characters is answered with 500',
      answers(500, (id) => id.length > 255),
    ],
    'id-up-to-slash-is-list': [
      'an id with a slash in it is answered with 200',
      answers(200, (id) => id.includes('/')),
    ],
  }),
  ...perRow(
    [
      { name: 'slash', words: 'a slash between two letters', is: /[a-z]\/[a-z]$/ },
      { name: 'dots', words: 'dots and slashes', is: /\.\.\// },
      { name: 'quotes', words: 'a single quote', is: /'/ },
      { name: 'percent', words: 'an invalid escape', is: /%/ },
      { name: 'emoji', words: 'a character beyond ASCII', is: /[\u0080-\uffff]/ },
    ],
    ({ name, words, is }) => ({
      id: `${name}-in-id-is-500`,
      breaks: `only an id with ${words} is answered with 500`,
      change: answers(500, (id) => is.test(id)),
      killedBy: bothMalformed,
    }),
  ),
  ...detectedBy('read.statuses', {
    'upper-case-id-is-422': [
      'an id in upper case is answered with 422',
      answers(422, (id) => /^[0-9-]*[A-Z][A-Z0-9-]*$/.test(id)),
    ],
  }),
  ...detectedBy(['read.status.200', 'cancel.running.accepted'], {
    'knows-example-ids-only': [
      'only ids like those of the examples, `1` or a UUID, are ever found',
      answers(404, (id) => !isExampleId(id)),
      {
        mayFail: ['cancel.queued.accepted'], // where the network hides that it is the same fault
      },
    ],
  }),
  ...detectedBy('read.asked-id', {
    'example-for-other-ids': [
      'a task whose id is not like those of the examples is shown with the id `1`',
      rewrite((task) => (isExampleId(task.id) ? task : { ...task, id: '1' })),
    ],
  }),
];

export const statusMutants: readonly Mutant[] = [...wrongStatus, ...atRest, ...changes, ...ids];
