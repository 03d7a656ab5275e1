/** Faults of the list: its status, its content type, which tasks it holds, and what it shows of them. */
import { type RulesChange, rules } from './contract.ts';
import { detectedBy, type Mutant, perRow } from './mutant.ts';
import type { TaskBody, TransportRules } from './rules.ts';
import { phases } from './task.ts';

const otherGuid = '99999999-0000-4000-8000-000000000000';
const finish = (change: TransportRules['finish']) => ({ transport: { finish: change } });
const isEmptyList: (...given: Parameters<TransportRules['finish']>) => boolean = ({ body }, { operation }) =>
  operation === 'list' && body === '[]';

/** The ids of a list that was answered. */
const idsOf = ({ body }: { readonly body: string }): string => (body.match(/"id":"[^"]*"/g) ?? []).join();

const emptyListIs = (status: number, body: string) =>
  finish((reply, context, before) =>
    isEmptyList(reply, context, before) ? { ...reply, status, body } : reply,
  );

const answers: readonly Mutant[] = [
  ...detectedBy('list.status.200', {
    'list-is-500': ['the list is answered with 500', { list: { status: 500 } }],
    'list-is-206': ['the list is answered with 206', { list: { status: 206 } }],
  }),
  ...detectedBy('list.statuses', {
    'list-is-404-when-empty': [
      'an empty list is answered with 404',
      emptyListIs(404, '[]'),
      { mayFail: ['list.status.200'] },
    ],
    'list-is-204-when-empty': [
      'an empty list is answered with 204',
      emptyListIs(204, ''),
      { mayFail: ['list.status.200'] },
    ],
  }),
  ...detectedBy('list.media-type', {
    'list-as-text': [
      'the list is JSON with the content type text/plain',
      { transport: { mediaType: { list: 'text/plain' } } },
    ],
    'list-without-type': [
      'the list has no content type',
      finish((reply, { operation }) =>
        operation === 'list' && reply.status === 200 ? { ...reply, headers: {} } : reply,
      ),
    ],
  }),
  ...detectedBy('list.schema', {
    'list-is-object-when-empty': [
      'an empty list is {}',
      { list: { answer: (rows) => (rows.length === 0 ? {} : rows) } },
    ],
    'list-null-when-empty': [
      'an empty list is null',
      { list: { answer: (rows) => (rows.length === 0 ? null : rows) } },
    ],
    'list-wrapped': ['the list is wrapped in {"tasks": […]}', { list: { answer: (tasks) => ({ tasks }) } }],
    'list-by-id': [
      'the list is an object with the ids as keys',
      { list: { answer: (tasks) => Object.fromEntries(tasks.map((task) => [`${task.id}`, task])) } },
    ],
    'list-of-ids': [
      'the list holds ids instead of tasks',
      { list: { answer: (tasks) => tasks.map(({ id }) => id) } },
    ],
    'list-rows-without-status': [
      'the tasks of the list have no status',
      { list: { rewriteRow: ({ status: _, ...row }) => row } },
    ],
  }),
  ...detectedBy('list.absent-not-null', {
    'list-nulls': [
      'a field without a value is null in the list',
      { list: { rewriteRow: (row) => ({ ...row, ended: null }) } },
    ],
  }),
];

const rows: readonly Mutant[] = [
  ...detectedBy('list.holds-running', {
    'list-always-empty': ['the list is always []', { list: { answer: () => [] } }],
    'list-without-running': [
      'the list leaves out running tasks until their commit phase',
      { list: { holds: { running: false } } },
    ],
    'list-without-committing': [
      'the list leaves out tasks in their commit phase',
      { list: { holds: { committing: false } } },
    ],
    'list-first-only': ['the list holds only its first task', { list: { answer: (all) => all.slice(0, 1) } }],
  }),
  ...detectedBy('list.empty', {
    'list-keeps-removed': [
      'a removed task stays in the list',
      { control: { removedStaysListed: true } },
      { mayFail: ['list.no-duplicates'] }, // beside a new one that got its id
    ],
    'list-never-empty-again': [
      'when the last task is removed, the list stays as it was',
      finish((reply, context, before) =>
        isEmptyList(reply, context, before) && before?.status === 200 ? before : reply,
      ),
      { mayFail: ['status.change-shows'] }, // the last task is not removed, but ends
    ],
  }),
  ...detectedBy('list.no-duplicates', {
    'list-duplicates': [
      'the last task of the list is listed twice',
      { list: { answer: (all) => [...all, ...all.slice(-1)] } },
    ],
    'list-twice-over': ['every task is listed twice', { list: { answer: (all) => [...all, ...all] } }],
  }),
  ...perRow(['running', 'committing'] as const, (phase) => ({
    id: `${phase}-listed-twice`,
    breaks: `only ${phase} tasks are listed twice`,
    change: { list: { times: { [phase]: 2 } } },
    killedBy: 'list.no-duplicates',
  })),
  ...detectedBy('list.agrees-with-read', {
    'list-other-guid': [
      'the list shows another database guid than the read',
      { list: { rewriteRow: (row) => ({ ...row, crdb_guid: otherGuid }) } },
    ],
  }),
  ...perRow(phases, (phase) => {
    const status = rules.task.status[phase] === 'started' ? 'queued' : 'started';
    return {
      id: `${phase}-listed-as-${status}`,
      breaks: `only ${phase} tasks are listed with the wrong status, ${status}`,
      change: {
        list: {
          holds: { [phase]: true },
          rewriteRow: (row, view) => (view.phase === phase ? { ...row, status } : row),
        },
      },
      killedBy: 'list.agrees-with-read',
    };
  }),
  ...perRow(
    [
      { id: 'list-frozen', lagMs: Number.POSITIVE_INFINITY, shows: 'never' },
      { id: 'list-half-a-minute-late', lagMs: 30_000, shows: 'only after 30 s' },
    ],
    ({ id, lagMs, shows }) => ({
      id,
      breaks: `the list shows a phase change ${shows}`,
      change: { list: { lagMs, holds: { queued: true, finished: true, failed: true } } },
      killedBy: 'status.change-shows',
    }),
  ),
  ...detectedBy('status.change-shows', {
    'list-until-another-task': [
      'the list stays as it was until it holds other tasks; ended tasks stay in it',
      {
        list: { holds: { finished: true, failed: true } },
        ...finish((reply, context, before) =>
          context.operation === 'list' && before?.status === reply.status && idsOf(before) === idsOf(reply)
            ? before
            : reply,
        ),
      },
    ],
  }),
  ...detectedBy('expiry.list', {
    'list-holds-expired': [
      'expired tasks stay in the list',
      {
        list: { holds: { finished: true, failed: true } },
        retention: { forgottenBy: { list: false } },
      },
    ],
  }),
];

const answer = (change: (rows: readonly TaskBody[]) => unknown): RulesChange => ({
  list: { answer: change },
});
const byId = (one: TaskBody, other: TaskBody): number => (`${one.id}` < `${other.id}` ? -1 : 1);

/** Of many tasks, or of some. */
const ofMany: readonly Mutant[] = [
  ...detectedBy('list.holds-running', {
    'list-of-100': ['the list holds its first 100 tasks only', answer((rows) => rows.slice(0, 100))],
    'list-of-newest-100': ['the list holds its last 100 tasks only', answer((rows) => rows.slice(-100))],
    'list-without-old': [
      'a task that was aged by more than 600 s is not listed',
      {
        list: {
          rewriteRow: (row, { agedMs }) => (agedMs > 600_000 ? {} : row),
          answer: (rows) => rows.filter(({ id }) => id !== undefined),
        },
      },
    ],
    'list-without-just-moved': [
      'a task is not listed while it moves from running into its commit phase, and for 5 ms after it',
      {
        list: {
          rewriteRow: (row, { phase, marks }, { nowMs }) =>
            phase === 'committing' && marks.length > 1 && nowMs - (marks.at(-1)?.atMs ?? 0) < 5 ? {} : row,
          answer: (rows) => rows.filter(({ id }) => id !== undefined),
        },
      },
    ],
    'list-not-of-one': ['a single task is not listed', answer((rows) => (rows.length === 1 ? [] : rows))],
    'list-without-last-id': [
      'the last task by id is not listed, where there are several',
      answer((rows) => (rows.length > 1 ? rows.toSorted(byId).slice(0, -1) : rows)),
    ],
    'list-without-first-id': [
      'the first task by id is not listed, where there are several',
      answer((rows) => (rows.length > 1 ? rows.toSorted(byId).slice(1) : rows)),
    ],
  }),
  ...detectedBy('list.no-duplicates', {
    'list-pages-overlap': [
      'of more than 100 tasks, the 100th is listed twice',
      answer((rows) => (rows.length > 100 ? [...rows.slice(0, 100), ...rows.slice(99)] : rows)),
    ],
  }),
];

export const listMutants: readonly Mutant[] = [...answers, ...rows, ...ofMany];
