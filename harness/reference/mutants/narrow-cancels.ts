/** A cancel that is wrong in one phase and for one value of `force` alone. */
import type { RulesChange } from '../change.ts';
import { doneBut, type Manner, refusedWith } from '../rules.ts';
import { type Phase, phaseOf, phases, type Task } from '../task.ts';
import { mutantOf, type Narrow } from './narrow.ts';

const mannerOf = (force: string): Manner => (force === 'true' ? 'forced' : 'graceful');

interface Row {
  readonly phase: Phase;
  readonly force: string;
  readonly clause: string;
}

/** One fault for each row of a table: a cancel of a task in that phase, with that force. */
const rows = (
  table: readonly Row[],
  name: string,
  breaks: string,
  change: (manner: Manner, row: Row) => RulesChange,
): readonly Narrow[] =>
  table.map((row) => ({
    id: `${row.phase}-force-${row.force}-${name}`,
    breaks: `a cancel of a ${row.phase} task with force ${row.force} alone ${breaks}`,
    change: change(mannerOf(row.force), row),
    when: { operation: 'cancel', phase: row.phase, force: row.force },
    killedBy: [row.clause],
  }));

const anyForce = ['omitted', 'false', 'true'] as const;
const graceful = ['omitted', 'false'] as const;
/** The ways in which a cancel is accepted. */
const acceptedWays = [
  { phase: 'queued', force: 'omitted' },
  { phase: 'running', force: 'omitted' },
  { phase: 'running', force: 'true' },
  { phase: 'committing', force: 'true' },
] as const;
const ended = ['finished', 'failed'] as const;
const of = (clause: string, ways: readonly Omit<Row, 'clause'>[] = acceptedWays): readonly Row[] =>
  ways.map((way) => ({ ...way, clause }));

const answers: readonly Narrow[] = [
  ...rows(
    [
      ...graceful.map((force) => ({ phase: 'queued', force, clause: 'cancel.queued.accepted' }) as const),
      ...graceful.map((force) => ({ phase: 'running', force, clause: 'cancel.running.accepted' }) as const),
      { phase: 'queued', force: 'true', clause: 'cancel.forced.accepted' },
      { phase: 'running', force: 'true', clause: 'cancel.forced.accepted' },
      { phase: 'committing', force: 'true', clause: 'cancel.commit-phase.forced' },
    ],
    'is-406',
    'is refused with 406',
    (manner, { phase }) => ({ cancel: { outcome: { [phase]: { [manner]: refusedWith(406) } } } }),
  ),
  ...rows(
    graceful.map((force) => ({ phase: 'committing', force, clause: 'cancel.commit-phase.refused' })),
    'is-409',
    'is refused with 409',
    () => ({ cancel: { outcome: { committing: { graceful: refusedWith(409) } } } }),
  ),
  ...rows(
    ended.flatMap((phase) => anyForce.map((force) => ({ phase, force, clause: 'cancel.ended.refused' }))),
    'is-404',
    'is answered with 404',
    (manner, { phase }) => ({ cancel: { outcome: { [phase]: { [manner]: refusedWith(404) } } } }),
  ),
  ...rows(of('cancel.status.409'), 'never-409', 'is answered with 200 though it fails', (manner) => ({
    cancel: { failing: { [manner]: refusedWith(200) } },
  })),
];

const effects: readonly Narrow[] = [
  ...rows(
    of('cancel.leaves').filter(({ phase, force }) => phase !== 'running' || force === 'true'),
    'does-nothing',
    'is accepted and does nothing',
    (manner) => ({ cancel: { effect: { [manner]: { endsAs: 'nothing' } } } }),
  ),
  {
    id: 'running-asked-twice-leaves',
    breaks: 'a cancel of a running task is accepted, and has its effect only when it is sent a second time',
    change: {
      cancel: { outcome: { running: { graceful: doneBut(200, { endsAs: 'running', afterMs: 0 }) } } },
    },
    when: {
      operation: 'cancel',
      force: 'omitted',
      phase: 'running',
      of: ({ cancelledMs }) => cancelledMs === undefined,
    },
    killedBy: ['cancel.leaves'],
  },
  ...rows(of('cancel.stays-out'), 'comes-back', 'lets the task run again a second later', (manner) => ({
    cancel: { effect: { [manner]: { afterwards: { phase: 'running', afterMs: 1000 } } } },
  })).map((row) => ({ ...row, mayFail: ['cancel.leaves'] })), // where the network hides that it was out
  ...rows(
    of('cancel.not-finished').filter(({ phase }) => phase !== 'committing'),
    'finishes',
    'ends it as finished',
    (manner) => ({ cancel: { effect: { [manner]: { endsAs: 'finished' } } } }),
  ),
  ...rows(of('cancel.still-readable'), 'forgets', 'makes the API forget it', (manner) => ({
    cancel: { effect: { [manner]: { forgets: true } } },
  })),
  ...rows(
    of('cancel.ended.untouched', [
      { phase: 'finished', force: 'omitted' },
      { phase: 'finished', force: 'true' },
      { phase: 'failed', force: 'omitted' },
      { phase: 'failed', force: 'true' },
    ]),
    'is-refused-but-changes-it',
    'is refused with 406, and shows it as another from then on',
    (manner, { phase }) => ({
      cancel: {
        outcome: {
          [phase]: { [manner]: doneBut(406, { endsAs: phase === 'finished' ? 'failed' : 'queued' }) },
        },
      },
    }),
  ),
  ...rows(
    of('cancel.commit-phase.untouched', [{ phase: 'committing', force: 'false' }]),
    'is-refused-but-done',
    'is refused with 406, and cancels',
    () => ({ cancel: { outcome: { committing: { graceful: doneBut(406) } } } }),
  ),
  {
    id: 'refused-cancel-shows-queued',
    breaks:
      'a cancel without force is refused with 406 in the commit phase, and until its end the task is shown as queued',
    change: {
      cancel: { outcome: { committing: { graceful: doneBut(406, { endsAs: 'committing', afterMs: 0 }) } } },
    },
    when: { operation: 'cancel', phase: 'committing', force: 'omitted' },
    always: {
      read: {
        rewrite: (body, { phase, cancelledMs }) =>
          phase === 'committing' && cancelledMs !== undefined ? { ...body, status: 'queued' } : body,
      },
    },
    killedBy: ['cancel.commit-phase.untouched'],
  },
];

/** Whether an id is the one right before another: `a-007` before `a-008`. */
const isRightBefore = (other: Task, task: Task): boolean => {
  const [, stem, number] = /^(.*-)(\d+)$/.exec(task.id) ?? [];
  return (
    stem !== undefined &&
    other.id === `${stem}${String(Number(number) - 1).padStart(`${number}`.length, '0')}`
  );
};

const others: readonly Narrow[] = phases.map((phase) => {
  const touched = (other: Task, task: Task) => phaseOf(other) === phase && isRightBefore(other, task);
  const effect =
    phase === 'finished' || phase === 'failed' ? { alsoForgets: touched } : { alsoEnds: touched };
  return {
    id: `cancels-${phase}-before`,
    breaks: `a cancel takes the task whose id comes right before too, where that is ${phase}`,
    change: { cancel: { effect: { graceful: effect, forced: effect } } },
    killedBy: ['cancel.that-task-alone'],
  };
});

const byGet: readonly Narrow[] = (['queued', 'running'] as const).map((phase) => ({
  id: `${phase}-get-refused-but-done`,
  breaks: `GET on the cancel path of a ${phase} task alone is refused with 405, and cancels`,
  change: { paths: { wrongMethod: doneBut(405) } },
  when: { operation: 'cancel', phase },
  killedBy: ['cancel.by-get.no-effect'],
}));

const absent: readonly Narrow[] = anyForce.flatMap((force) => [
  {
    id: `cancel-unknown-is-406-force-${force}`,
    breaks: `a cancel of an unknown task with force ${force} alone is refused with 406`,
    change: { cancel: { unknown: 406 } },
    when: { operation: 'cancel', force },
    killedBy: ['cancel.status.404'],
  },
  {
    id: `cancel-expired-is-406-force-${force}`,
    breaks: `a cancel of an expired task with force ${force} alone is refused with 406`,
    change: { cancel: { expired: 406 } },
    when: { operation: 'cancel', force },
    killedBy: ['expiry.cancel'],
  },
]);

const forgetful: Narrow = {
  id: 'cancel-forgets-ended-tasks',
  breaks: 'a cancel removes all tasks that have ended',
  change: {
    cancel: {
      effect: { graceful: { alsoForgets: 'ended tasks' }, forced: { alsoForgets: 'ended tasks' } },
    },
  },
  killedBy: ['cancel.that-task-alone'],
};

export const narrowCancelMutants = [...answers, ...effects, ...others, ...byGet, ...absent, forgetful].map(
  mutantOf,
);
