/** A read that is wrong in one phase, or for one value of `verbose`, alone. */
import type { Body, View } from '../body.ts';
import type { RulesChange } from '../change.ts';
import type { Shape } from '../shape.ts';
import { type Phase, phases } from '../task.ts';
import { mutantOf, type Narrow } from './narrow.ts';

const onlyIn =
  (phase: Phase, rewrite: (body: Body) => Body) =>
  (body: Body, view: View): Body =>
    view.phase === phase ? rewrite(body) : body;

/** A cancelled task is a failed one: no read of it is answered either. */
const cancelledReads = (phase: Phase): readonly string[] =>
  phase === 'failed' ? ['cancel.still-readable'] : [];

const rewritten =
  (rewrite: (body: Body) => Body) =>
  (phase: Phase): RulesChange => ({ read: { rewrite: onlyIn(phase, rewrite) } });

/** What can be wrong with a read of a task in one phase. */
const faults: readonly {
  readonly id: string;
  readonly breaks: string;
  readonly change: (phase: Phase) => RulesChange;
  readonly when?: Shape;
  readonly clause: string;
  readonly mayFail?: (phase: Phase) => readonly string[];
}[] = [
  {
    id: 'asks-another-id',
    breaks: 'is shown under another id',
    change: rewritten((body) => ({ ...body, id: 'another' })),
    clause: 'read.asked-id',
  },
  {
    id: 'names-another-guid',
    breaks: 'is shown with the guid of another database',
    change: rewritten((body) => ({ ...body, crdb_guid: 'another' })),
    clause: 'read.named-guid',
  },
  {
    id: 'has-a-bad-field',
    breaks: 'is shown with a worker that is no text',
    change: rewritten((body) => ({ ...body, worker_name: 7 })),
    clause: 'read.schema',
  },
  {
    id: 'has-a-null',
    breaks: 'is shown with null for its worker',
    change: rewritten((body) => ({ ...body, worker_name: null })),
    clause: 'read.absent-not-null',
  },
  {
    id: 'started-some-day',
    breaks: 'shows words for the time of its start',
    change: rewritten((body) => ({ ...body, started: 'some day' })),
    clause: 'read.timestamps',
  },
  {
    id: 'is-sent-as-text',
    breaks: 'is sent as text/plain',
    change: () => ({ transport: { mediaType: { read: 'text/plain' } } }),
    when: { operation: 'read' },
    clause: 'read.media-type',
  },
  {
    id: 'is-not-found',
    breaks: 'is not found',
    change: (phase) => ({ read: { status: { [phase]: 404 } } }),
    clause: 'read.status.200',
    mayFail: cancelledReads,
  },
  {
    id: 'is-418',
    breaks: 'is answered with 418',
    change: (phase) => ({ read: { status: { [phase]: 418 } } }),
    clause: 'read.status.200',
    mayFail: cancelledReads,
  },
  {
    id: 'verbose-loses-its-operation',
    breaks: 'loses its operation by verbose=true',
    change: (phase) => ({ read: { rewriteVerbose: onlyIn(phase, ({ operation: _, ...rest }) => rest) } }),
    clause: 'verbose.keeps-fields',
  },
  {
    id: 'shows-more-by-verbose-false',
    breaks: 'is shown in detail by verbose=false',
    change: () => ({ read: { verbose: { false: 'verbose' } } }),
    when: { operation: 'read', verbose: 'false' },
    clause: 'verbose.false-is-plain',
  },
];

const byPhase: readonly Narrow[] = phases.flatMap((phase) =>
  faults.map(({ id, breaks, change, when, clause, mayFail }) => ({
    id: `${phase}-${id}`,
    breaks: `a ${phase} task alone ${breaks}`,
    change: change(phase),
    ...(when ? { when: { ...when, phase } } : {}),
    killedBy: [clause],
    mayFail: mayFail?.(phase) ?? [],
  })),
);

/** Values of `verbose` that are none, each by a name for it. */
const malformed = [
  { name: 'a-word', value: 'maybe' },
  { name: 'nothing', value: '' },
  { name: 'a-number', value: '2' },
  { name: 'quotes', value: '"; --' },
] as const;

const byVerbose: readonly Narrow[] = malformed.map(({ name, value }) => ({
  id: `verbose-of-${name}-is-500`,
  breaks: `verbose=${value} alone is answered with 500`,
  change: { read: { verbose: { malformed: 500 } } },
  when: { operation: 'read', verbose: value },
  killedBy: ['verbose.malformed'],
}));

const unknown: readonly Narrow[] = (['omitted', 'true'] as const).map((verbose) => ({
  id: `unknown-is-410-by-verbose-${verbose}`,
  breaks: `a read of an unknown task with verbose ${verbose} alone is answered with 410`,
  change: { read: { unknown: 410 } },
  when: { operation: 'read', verbose },
  killedBy: ['read.status.404'],
}));

const atRest: readonly Narrow[] = [
  {
    id: 'finished-ticks-on',
    breaks: 'the `ended` of a finished task alone is the time of the read',
    change: {
      read: {
        rewrite: (body, { phase }, { upMs }) =>
          phase === 'finished' ? { ...body, ended: new Date(upMs).toISOString() } : body,
      },
    },
    killedBy: ['status.ended-stays'],
  },
  {
    id: 'running-falls-back',
    breaks: 'every second read of a running task alone shows it queued',
    change: {
      read: {
        rewrite: (body, { phase, timesRead }) =>
          phase === 'running' && timesRead % 2 === 0 ? { ...body, status: 'queued' } : body,
      },
    },
    killedBy: ['read.changes-nothing'],
    mayFail: ['status.forward-only'],
  },
];

export const narrowReadMutants = [...byPhase, ...byVerbose, ...unknown, ...atRest].map(mutantOf);
