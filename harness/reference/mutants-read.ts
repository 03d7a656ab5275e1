/** Faults of a single read: its status, its body, `verbose`, and which task an id names. */

import type { RulesChange } from './contract.ts';
import { axis, detectedBy, type Mutant, perShape } from './mutant.ts';
import type { TaskBody } from './rules.ts';
import { type Phase, phases, type TaskView } from './task.ts';

const rewrite = (change: (body: TaskBody, view: TaskView) => unknown): RulesChange => ({
  read: { rewrite: change },
});
const rewriteVerbose = (change: (body: TaskBody, view: TaskView) => TaskBody): RulesChange => ({
  read: { rewriteVerbose: change },
});
const replyIs = (change: (body: string) => string): RulesChange => ({
  transport: {
    finish: (reply, { operation }) =>
      operation === 'read' && reply.status === 200 ? { ...reply, body: change(reply.body) } : reply,
  },
});
const timestamp = (show: (epochMs: number) => unknown): RulesChange => ({ task: { timestamp: show } });
const onlyGuid = '99999999-0000-4000-8000-000000000000';

const answers: readonly Mutant[] = [
  ...detectedBy('read.status.200', {
    'read-unfinished-is-202': [
      'a read of a task that has not ended is answered with 202',
      { read: { status: { queued: 202, running: 202, committing: 202 } } },
    ],
    'read-failed-is-500': [
      'a read of a failed task is answered with 500',
      { read: { status: { failed: 500 } } },
      { mayFail: ['cancel.still-readable'] },
    ],
  }),
  ...detectedBy('read.status.404', {
    'read-unknown-is-410': ['a read of an unknown task is answered with 410', { read: { unknown: 410 } }],
    'read-unknown-is-500': ['a read of an unknown task is answered with 500', { read: { unknown: 500 } }],
  }),
  ...perShape(axis('verbose', ['omitted', 'true']), ({ verbose }) => ({
    id: `unknown-is-410-by-verbose-${verbose}`,
    breaks: `only a read ${verbose === 'true' ? 'with verbose=true' : 'without verbose'} of an unknown task is answered with 410`,
    change: { read: { unknown: 410 } },
    when: { operation: 'read' },
    killedBy: 'read.status.404',
  })),
  ...detectedBy('read.media-type', {
    'read-as-html': [
      'a task is JSON with the content type text/html',
      { transport: { mediaType: { read: 'text/html; charset=utf-8' } } },
    ],
    'read-as-problem': [
      'a task is sent as a problem document',
      { transport: { mediaType: { read: 'application/problem+json' } } },
    ],
  }),
  ...detectedBy('read.schema', {
    'read-wrapped': ['a task is wrapped in {"task": …}', rewrite((task) => ({ task }))],
    'read-is-array': ['a read returns an array of one task', rewrite((task) => [task])],
    'read-json-in-json': [
      'a task is JSON text inside a JSON string',
      rewrite((task) => JSON.stringify(task)),
    ],
    'read-cut': ['the JSON of a task is truncated', replyIs((body) => body.slice(0, -1))],
    'read-empty': ['a read is answered with 200 and no body', replyIs(() => '')],
    'read-errors-is-object': [
      '`errors` of a failed task is an object',
      rewrite((task) => (task.errors ? { ...task, errors: { code: 'task_failed' } } : task)),
    ],
    'timestamps-are-numbers': [
      'timestamps are seconds since 1970',
      timestamp((epochMs) => Math.floor(epochMs / 1000)),
      { mayFail: ['list.schema'] },
    ],
  }),
  ...detectedBy('read.absent-not-null', {
    'read-nulls': [
      'a field without a value is null in a read',
      rewrite((task) => ({ worker_name: null, ...task })),
    ],
  }),
  ...detectedBy('read.timestamps', {
    'timestamps-without-t': [
      'timestamps have a space between date and time, and no zone',
      timestamp((epochMs) => new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')),
    ],
    'timestamps-of-http': [
      'timestamps have the format of HTTP dates',
      timestamp((epochMs) => new Date(epochMs).toUTCString()),
    ],
  }),
  ...detectedBy('read.asked-id', {
    'read-other-id': [
      'a read shows the id in upper case',
      rewrite((task) => ({ ...task, id: `${task.id}`.toUpperCase() })),
    ],
    'read-guid-for-id': [
      'a read shows the database guid as the id',
      rewrite((task) => ({ ...task, id: task.crdb_guid })),
    ],
  }),
  ...detectedBy('read.named-guid', {
    'one-guid-for-all': [
      'all tasks show the guid of the same database',
      {
        read: { rewrite: (task) => ({ ...task, crdb_guid: onlyGuid }) },
        list: { rewriteRow: (row) => ({ ...row, crdb_guid: onlyGuid }) },
      },
    ],
    'id-for-guid': [
      'the id of a task is shown as its database guid',
      rewrite((task) => ({ ...task, crdb_guid: task.id })),
    ],
  }),
];

/** Faults of a read of a task in one phase only; each clause detects its own in every phase. */
const perPhase: Readonly<
  Record<
    string,
    readonly [breaks: string, killedBy: string, change: (phase: Phase) => RulesChange, verbose?: string]
  >
> = {
  'asks-another-id': [
    'shows another id',
    'read.asked-id',
    () => rewrite((body) => ({ ...body, id: 'another' })),
  ],
  'names-another-guid': [
    'shows the guid of another database',
    'read.named-guid',
    () => rewrite((body) => ({ ...body, crdb_guid: 'another' })),
  ],
  'has-a-bad-field': [
    'shows a number as `worker_name`',
    'read.schema',
    () => rewrite((body) => ({ ...body, worker_name: 7 })),
  ],
  'has-a-null': [
    'shows null as `worker_name`',
    'read.absent-not-null',
    () => rewrite((body) => ({ ...body, worker_name: null })),
  ],
  'started-some-day': [
    'shows words as the time of its start',
    'read.timestamps',
    () => rewrite((body) => ({ ...body, started: 'some day' })),
  ],
  'is-sent-as-text': [
    'is sent as text/plain',
    'read.media-type',
    () => ({ transport: { mediaType: { read: 'text/plain' } } }),
  ],
  'is-not-found': [
    'is answered with 404',
    'read.status.200',
    (phase) => ({ read: { status: { [phase]: 404 } } }),
  ],
  'is-418': ['is answered with 418', 'read.status.200', (phase) => ({ read: { status: { [phase]: 418 } } })],
  'verbose-loses-its-operation': [
    'with verbose=true lacks `operation`',
    'verbose.keeps-fields',
    () => rewriteVerbose(({ operation: _, ...rest }) => rest),
  ],
  'shows-more-by-verbose-false': [
    'with verbose=false shows details',
    'verbose.false-is-plain',
    () => ({ read: { verbose: { false: 'verbose' } } }),
    'false',
  ],
};

const inOnePhase = phases.flatMap((phase) =>
  Object.entries(perPhase).flatMap(([fault, [breaks, killedBy, change, verbose]]) =>
    detectedBy(killedBy, {
      [`${phase}-${fault}`]: [
        `only a read of a ${phase} task ${breaks}`,
        change(phase),
        {
          when: { operation: 'read', phase, ...(verbose === undefined ? {} : { verbose }) },
          // A cancelled task is a failed one.
          ...(phase === 'failed' && killedBy === 'read.status.200'
            ? { mayFail: ['cancel.still-readable'] }
            : {}),
        },
      ],
    }),
  ),
);

const verbose: readonly Mutant[] = [
  ...detectedBy('verbose.keeps-fields', {
    'verbose-drops-guid': [
      'a read with verbose=true lacks the database guid',
      rewriteVerbose(({ crdb_guid: _, ...task }) => task),
    ],
    'verbose-contradicts-operation': [
      'a read with verbose=true shows another operation than the plain read',
      rewriteVerbose((task) => ({ ...task, operation: 'UPDATE' })),
    ],
    'verbose-runs-ahead': [
      'a read with verbose=true shows a task in its commit phase as finished',
      rewriteVerbose((task, { phase }) => (phase === 'committing' ? { ...task, status: 'finished' } : task)),
    ],
    'verbose-drops-errors': [
      'a read with verbose=true lacks the errors of a failed task',
      rewriteVerbose(({ errors: _, ...task }) => task),
    ],
    'verbose-is-500': ['a read with verbose=true is answered with 500', { read: { verbose: { true: 500 } } }],
  }),
  ...detectedBy('verbose.adds', {
    'verbose-ignored': ['verbose=true adds nothing in any phase', { read: { verbose: { true: 'plain' } } }],
  }),
  ...detectedBy('verbose.false-is-plain', {
    'verbose-false-is-true': [
      'verbose=false has the effect of verbose=true',
      { read: { verbose: { false: 'verbose' } } },
    ],
    'verbose-false-is-400': ['verbose=false is refused with 400', { read: { verbose: { false: 400 } } }],
  }),
  ...detectedBy('verbose.malformed', {
    'verbose-malformed-sets-ttl': [
      'a read with a malformed verbose is refused with 400, but its X-Result-TTL takes effect',
      {
        read: {
          verbose: { malformed: 'plain' },
          status: { queued: 400, running: 400, committing: 400, finished: 400, failed: 400 },
        },
      },
      { when: { operation: 'read', verbose: 'maybe' } },
    ],
    'verbose-malformed-is-500': [
      'a verbose that is no boolean is answered with 500',
      { read: { verbose: { malformed: 500 } } },
    ],
    'verbose-malformed-is-404': [
      'a verbose that is no boolean is answered with 404',
      { read: { verbose: { malformed: 404 } } },
    ],
  }),
  ...perShape(
    [
      { name: 'a-word', verbose: 'maybe' },
      { name: 'nothing', verbose: '' },
      { name: 'a-number', verbose: '2' },
      { name: 'quotes', verbose: '"; --' },
    ],
    ({ name, verbose: value }) => ({
      id: `verbose-of-${name}-is-500`,
      breaks: `only verbose=${value || '(empty)'} is answered with 500`,
      change: { read: { verbose: { malformed: 500 } } },
      when: { operation: 'read' },
      killedBy: 'verbose.malformed',
    }),
  ),
];
export const readMutants: readonly Mutant[] = [...answers, ...inOnePhase, ...verbose];
