/** Wrong in one phase, for one operation or in one manner alone: each row of a clause's table has one that needs it. */
import type { Body, View } from '../body.ts';
import { contractBut, type RulesChange } from '../change.ts';
import type { Mutant } from '../mutant.ts';
import { type Doubt, type Manner, operations, refusedWith } from '../rules.ts';
import { type Phase, phases } from '../task.ts';

interface Narrow {
  readonly id: string;
  readonly breaks: string;
  readonly change: RulesChange;
  readonly killedBy: readonly string[];
  readonly mayFail?: readonly string[];
}

/** Wrong in what a read shows of one phase. */
const readFaults: readonly {
  readonly id: string;
  readonly breaks: string;
  readonly rewrite: (body: Body) => Body;
  readonly clause: string;
}[] = [
  {
    id: 'asks-another-id',
    breaks: 'is shown under another id',
    rewrite: (body) => ({ ...body, id: 'another' }),
    clause: 'read.asked-id',
  },
  {
    id: 'names-another-guid',
    breaks: 'is shown with the guid of another database',
    rewrite: (body) => ({ ...body, crdb_guid: 'another' }),
    clause: 'read.named-guid',
  },
  {
    id: 'has-a-bad-field',
    breaks: 'is shown with a worker that is no text',
    rewrite: (body) => ({ ...body, worker_name: 7 }),
    clause: 'read.schema',
  },
  {
    id: 'has-a-null',
    breaks: 'is shown with null for its worker',
    rewrite: (body) => ({ ...body, worker_name: null }),
    clause: 'read.absent-not-null',
  },
];

const onlyIn =
  (phase: Phase, rewrite: (body: Body) => Body) =>
  (body: Body, view: View): Body =>
    view.phase === phase ? rewrite(body) : body;

/** A cancelled task is a failed one: no read of it is answered either. */
const cancelledReads = (phase: Phase): readonly string[] =>
  phase === 'failed' ? ['cancel.still-readable'] : [];

const reads: readonly Narrow[] = phases.flatMap((phase) => [
  ...readFaults.map(({ id, breaks, rewrite, clause }) => ({
    id: `${phase}-${id}`,
    breaks: `a ${phase} task alone ${breaks}`,
    change: { read: { rewrite: onlyIn(phase, rewrite) } },
    killedBy: [clause],
  })),
  {
    id: `${phase}-is-not-found`,
    breaks: `a ${phase} task alone is not found`,
    change: { read: { status: { [phase]: 404 } } },
    killedBy: ['read.status.200'],
    mayFail: cancelledReads(phase),
  },
  {
    id: `${phase}-is-418`,
    breaks: `a read of a ${phase} task alone is answered with 418`,
    change: { read: { status: { [phase]: 418 } } },
    killedBy: ['read.status.200'],
    mayFail: cancelledReads(phase),
  },
  {
    id: `${phase}-verbose-loses-its-operation`,
    breaks: `verbose=true loses the operation of a ${phase} task alone`,
    change: {
      read: {
        rewriteVerbose: onlyIn(phase, ({ operation: _, ...rest }) => rest),
      },
    },
    killedBy: ['verbose.keeps-fields'],
  },
]);

/** A cancel that is refused or accepted in one phase and one manner, against the contract. */
const cancels: readonly Narrow[] = (
  [
    ['queued', 'graceful', 406, 'cancel.queued.accepted'],
    ['running', 'graceful', 406, 'cancel.running.accepted'],
    ['queued', 'forced', 406, 'cancel.forced.accepted'],
    ['running', 'forced', 406, 'cancel.forced.accepted'],
    ['committing', 'forced', 406, 'cancel.commit-phase.forced'],
    ['finished', 'graceful', 404, 'cancel.ended.refused'],
    ['finished', 'forced', 404, 'cancel.ended.refused'],
    ['failed', 'graceful', 404, 'cancel.ended.refused'],
    ['failed', 'forced', 404, 'cancel.ended.refused'],
  ] as const satisfies readonly (readonly [Phase, Manner, number, string])[]
).map(([phase, manner, status, clause]) => ({
  id: `${phase}-${manner}-cancel-is-${status}`,
  breaks: `a ${manner} cancel of a ${phase} task alone is answered with ${status}`,
  change: { cancel: { outcome: { [phase]: { [manner]: refusedWith(status) } } } },
  killedBy: [clause],
}));

const doubts: readonly { readonly doubt: Doubt; readonly words: string; readonly clause: string }[] = [
  { doubt: 'malformed', words: 'a malformed header', clause: 'auth.malformed' },
  { doubt: 'unknown user', words: 'an unknown user', clause: 'auth.unknown-user' },
  { doubt: 'wrong password', words: 'a wrong password', clause: 'auth.wrong-password' },
];

const credentials: readonly Narrow[] = operations.flatMap((operation) =>
  doubts.map(({ doubt, words, clause }) => ({
    id: `${operation}-overlooks-${doubt.replace(' ', '-')}`,
    breaks: `${words} is overlooked by ${operation} alone`,
    change: { auth: { overlooks: { [operation]: [doubt] } } },
    killedBy: [clause],
  })),
);

const neverRan = ({ marks }: View): boolean => !marks.some(({ phase }) => phase === 'running');

const others: readonly Narrow[] = [
  {
    id: 'queued-listed-as-started',
    breaks: 'a queued task is listed, and as started',
    change: {
      list: {
        holds: { queued: true },
        rewriteRow: (row, { phase }) => (phase === 'queued' ? { ...row, status: 'started' } : row),
      },
    },
    killedBy: ['list.agrees-with-read'],
  },
  {
    id: 'digit-after-id',
    breaks: 'one digit too many at the end of an id is dropped',
    change: { ids: { clean: (id) => id.replace(/(-\d{3})\d$/, '$1') } },
    killedBy: ['robustness.malformed-id.read', 'robustness.malformed-id.cancel'],
  },
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
  {
    id: 'cancel-forgets-ended-tasks',
    breaks: 'a cancel removes all tasks that have ended',
    change: {
      cancel: {
        effect: { graceful: { alsoForgets: 'ended tasks' }, forced: { alsoForgets: 'ended tasks' } },
      },
    },
    killedBy: ['cancel.that-task-alone'],
  },
  {
    id: 'queued-started-some-day',
    breaks: 'a queued task shows words for the time of its start',
    change: { read: { rewrite: onlyIn('queued', (body) => ({ ...body, started: 'some day' })) } },
    killedBy: ['read.timestamps'],
  },
];

export const narrowMutants: readonly Mutant[] = [...reads, ...cancels, ...credentials, ...others].map(
  ({ id, breaks, change, killedBy, mayFail = [] }) => ({
    id,
    breaks,
    rules: contractBut(change),
    killedBy,
    mayFail,
  }),
);
