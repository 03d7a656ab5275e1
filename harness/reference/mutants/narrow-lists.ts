/** A list, a change of phase or a look-up that is wrong in one phase, for one step or for one id alone. */
import type { View } from '../body.ts';
import { rules } from '../contract.ts';
import { type Phase, phases, type Task } from '../task.ts';
import { mutantOf, type Narrow } from './narrow.ts';

const neverRan = ({ marks }: View): boolean => !marks.some(({ phase }) => phase === 'running');
const shown = rules.task.status;

const listed: readonly Narrow[] = [
  {
    id: 'list-without-running',
    breaks: 'tasks that run are left out of the list until their commit phase',
    change: { list: { holds: { running: false } } },
    killedBy: ['list.holds-running'],
  },
  ...(['running', 'committing'] as const).map((phase) => ({
    id: `${phase}-listed-twice`,
    breaks: `a ${phase} task alone is listed twice`,
    change: { list: { times: { [phase]: 2 } } },
    killedBy: ['list.no-duplicates'],
  })),
  ...phases.map((phase): Narrow => {
    const status = shown[phase] === 'started' ? 'queued' : 'started';
    return {
      id: `${phase}-listed-as-${status}`,
      breaks: `a ${phase} task alone is listed as ${status}`,
      change: {
        list: {
          holds: { [phase]: true },
          rewriteRow: (row, view) => (view.phase === phase ? { ...row, status } : row),
        },
      },
      killedBy: ['list.agrees-with-read'],
    };
  }),
];

const steps = [
  { from: 'queued', to: 'running' },
  { from: 'running', to: 'finished' },
  { from: 'running', to: 'failed' },
  { from: 'committing', to: 'finished' },
] as const satisfies readonly { readonly from: Phase; readonly to: Phase }[];

/** Whether a task's only step was that one, and no cancel's doing. */
const hasJust =
  ({ from, to }: (typeof steps)[number]) =>
  ({ marks, cancelledMs }: Pick<Task, 'marks' | 'cancelledMs'> | View): boolean =>
    cancelledMs === undefined && marks.map(({ phase }) => phase).join() === `${from},${to}`;

const changes: readonly Narrow[] = steps.flatMap((step): readonly Narrow[] => {
  const { from, to } = step;
  return [
    {
      id: `${from}-to-${to}-never-read`,
      breaks: `that a ${from} task is ${to} now never shows in a read`,
      change: { read: { lagMs: Number.POSITIVE_INFINITY } },
      when: { operation: 'read', of: hasJust(step) },
      killedBy: ['status.change-shows'],
    },
    {
      id: `${from}-to-${to}-never-listed`,
      breaks: `a ${from} task that is ${to} now is listed as it was, for ever`,
      change: {
        list: {
          holds: { [to]: true },
          rewriteRow: (row, view) => (hasJust(step)(view) ? { ...row, status: shown[from] } : row),
        },
      },
      killedBy: ['status.change-shows'],
    },
    {
      id: `${from}-to-${to}-read-late`,
      breaks: `that a ${from} task is ${to} now shows in a read after 3 s`,
      change: { read: { lagMs: 3000 } },
      when: { operation: 'read', of: hasJust(step) },
      killedBy: ['status.change-shows-at-once'],
    },
  ];
});

const backwards: readonly Narrow[] = [
  {
    id: 'failed-starts-again',
    breaks: 'a task that failed after it had run is shown as started at its seventh read',
    change: {
      read: {
        rewrite: (body, view) =>
          view.phase === 'failed' && view.cancelledMs === undefined && !neverRan(view) && view.timesRead === 7
            ? { ...body, status: 'started' }
            : body,
      },
    },
    killedBy: ['status.forward-only'],
  },
  {
    id: 'ended-from-the-queue-queues-again',
    breaks: 'a task that ended without having run is shown as queued at its fifth read',
    change: {
      read: {
        rewrite: (body, view) =>
          view.phase === 'finished' && view.marks.length > 1 && neverRan(view) && view.timesRead === 5
            ? { ...body, status: 'queued' }
            : body,
      },
    },
    killedBy: ['status.forward-only'],
  },
];

const bothMalformed = ['robustness.malformed-id.read', 'robustness.malformed-id.cancel'];

/** Ids that bring a server down which is careful with all others. */
const fatal: readonly { readonly id: string; readonly words: string; readonly is: RegExp }[] = [
  { id: 'slash', words: 'a slash between two letters', is: /[a-z]\/[a-z]$/ },
  { id: 'dots', words: 'dots and slashes', is: /\.\.\// },
  { id: 'quotes', words: 'a single quote', is: /'/ },
  { id: 'percent', words: 'an escape that is none', is: /%/ },
  { id: 'emoji', words: 'a character beyond ASCII', is: /[\u0080-\uffff]/ },
];

const ids: readonly Narrow[] = [
  ...fatal.map(({ id, words, is }) => ({
    id: `${id}-in-id-is-500`,
    breaks: `an id with ${words} alone is answered with 500`,
    change: { ids: { refuses: (decoded: string) => (is.test(decoded) ? 500 : null) } },
    killedBy: bothMalformed,
  })),
  {
    id: 'id-in-braces',
    breaks: 'braces around an id are dropped',
    change: { ids: { clean: (id) => id.replace(/^\{(.*)\}$/, '$1') } },
    killedBy: bothMalformed,
  },
  {
    id: 'digit-after-id',
    breaks: 'one digit too many at the end of an id is dropped',
    change: { ids: { clean: (id) => id.replace(/(-\d{3})\d$/, '$1') } },
    killedBy: bothMalformed,
  },
];

export const narrowListMutants = [...listed, ...changes, ...backwards, ...ids].map(mutantOf);
