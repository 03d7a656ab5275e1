/** List: what the running tasks look like. Source: requests/crdb_tasks#get-all-crdb_tasks */
import {
  type CheckContext,
  cancel,
  clause,
  committing,
  type Exchange,
  everyPhase,
  type Finding,
  judgeAgreement,
  judgeEmpty,
  judgeListed,
  judgeNoDuplicates,
  judgeStatus,
  list,
  observeListed,
  type Phase,
  prerequisite,
  read,
  requires,
  type Task,
} from '../harness/run/suite.ts';
import { namedAlike, tasksAlike, tasksOfEveryForm } from './ids.ts';
import { byWay, made, runningAfter } from './made.ts';
import { onMocks } from './needs.ts';

/** Lists once, and judges the answer. */
const listing = (cases: readonly object[], judge: (answer: Exchange, context: CheckContext) => Finding) => ({
  cases,
  check: async (_: object, context: CheckContext) => [judge(await context.send(list()), context)],
});

/** Against one structural clause. */
const conforms =
  (clauseId: string) =>
  (answer: Exchange, { judgeAnswer }: CheckContext): Finding =>
    judgeAnswer(answer, clauseId);

/** Lists while a task in the phase of each row exists, and judges what the list shows of it. */
const holding = (
  cases: readonly { readonly phase: Phase }[],
  judge: (answer: Exchange, task: Task) => Finding,
) => ({
  cases,
  async check({ phase }: { readonly phase: Phase }, { send, existing }: CheckContext) {
    const task = await existing(phase);
    return [judge(await send(list()), task)];
  },
});

clause(
  'list.status.200',
  listing([{}], (answer) => judgeStatus(answer, [200])),
);

clause('list.statuses', {
  positiveControl: 'list.status.200',
  ...listing([{}], conforms('list.statuses')),
});

clause('list.media-type', listing([{}], conforms('list.media-type')));

clause('list.schema', {
  // Later the list holds the tasks of other checks.
  cases: [{ moment: 'empty', holding: 'what is there' }, { holding: 'a running task' }],
  async check({ holding }, { send, existing, judgeAnswer }) {
    const make = { 'what is there': async () => {}, 'a running task': () => existing('running') };
    await make[holding]();
    return [judgeAnswer(await send(list()), 'list.schema')];
  },
});

clause('list.absent-not-null', {
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, existing, judgeAnswer }) {
    await existing(phase);
    return [judgeAnswer(await send(list()), 'list.absent-not-null')];
  },
});

/** What else goes on while the list is read. */
const beside = {
  'its move to the commit phase': async ({ move }: CheckContext, task: Task) => {
    return async () => move(task, 'committing');
  },
  'other cancels': async ({ provision, send }: CheckContext) => {
    const others = await Promise.all([1, 2, 3].map(() => provision('running')));
    return () => Promise.all(others.map((other) => send(cancel(other))));
  },
  'other lists':
    async ({ send }: CheckContext) =>
    async () =>
      Promise.all([1, 2, 3].map(() => send(list()))),
} as const;

/** A task that was moved is listed within the settle time. */
async function listedOnceMoved({ settleList }: CheckContext, task: Task) {
  const listings = await settleList((one) => judgeListed(one, task).verdict === 'pass');
  return listings.slice(-1).map((last) => judgeListed(last, task));
}

/** A task that goes on after a cancel which failed stays in the list. Such a cancel may also end it. */
async function listedAfterFailure({ send, provision, watch }: CheckContext) {
  const task = await provision('running', { cancelFails: true });
  const answer = await send(cancel(task));
  const listing = await send(list());
  const watched = await watch(task);
  return requires([prerequisite(answer, [409], 'cancel.status.409')], () => [
    judgeListed(listing, { ...task, held: false }, watched.slice(-1)),
  ]);
}

clause('list.holds-running', {
  dependsOn: (row) => ('ageS' in row ? ['expiry.unfinished'] : []),
  cases: [
    { phase: 'running' },
    committing,
    { by: 'ageing', phase: 'running', ageS: 1000, ...onMocks },
    // As many tasks as are named, and no more of this run.
    { moment: 'last', phase: 'running', of: 1, ...onMocks },
    { moment: 'last', phase: 'running', of: 2, ...onMocks },
    { moment: 'last', phase: 'running', of: 120, ...onMocks }, // the oracle looks for duplicates in it too
    { phase: 'running', cancelFails: true, ...onMocks, needs: ['many tasks', 'failing cancel'] },
    { phase: 'running', beside: 'other cancels', ...onMocks },
    { phase: 'running', beside: 'other lists', ...onMocks },
    { phase: 'running', beside: 'its move to the commit phase', ...onMocks },
    ...byWay(
      'queued to running',
      'queued to committing',
      'running to committing',
      'queued to running to committing',
    ),
    ...namedAlike('alike but for the last character'),
    { phase: 'running', ids: 'of every form', ...onMocks },
    ...runningAfter('a removed task of its id'),
  ],
  async check({ phase, ...row }, context) {
    const { send, elapse } = context;
    if ('passed' in row) return listedOnceMoved(context, await made(context, phase, row));
    if ('cancelFails' in row) return listedAfterFailure(context);
    const count = 'of' in row ? row.of : 1;
    const all = await ('named' in row
      ? tasksAlike(context, row.named)
      : 'ids' in row
        ? tasksOfEveryForm(context)
        : Promise.all(Array.from({ length: count }, () => made(context, phase, row))));
    const tasks = 'ageS' in row ? await Promise.all(all.map((task) => elapse(task, row.ageS))) : all;
    const acts = 'beside' in row ? tasks.map((task) => beside[row.beside](context, task)) : [];
    const [act = async () => {}] = await Promise.all(acts);
    const listing = Array.from({ length: 'beside' in row ? 4 : 1 }, () => send(list()));
    const [listings] = await Promise.all([Promise.all(listing), act()]);
    const afterwards = 'beside' in row ? [await send(list())] : [];
    const judging = [...listings, ...afterwards].flatMap((listing) =>
      tasks.map(async (task) => judgeListed(listing, task, await context.afterwards(task, listing))),
    );
    return Promise.all(judging);
  },
});

// An empty list proves something only if the server lists tasks at other times: just before, where it comes last.
clause('list.empty', {
  positiveControl: 'list.holds-running',
  cases: [{ moment: 'empty' }, { moment: 'last' }],
  async check(_, { send, removed }) {
    return [judgeEmpty(await send(list()), removed)];
  },
});

clause('list.no-duplicates', {
  cases: [
    { phase: 'running' },
    committing,
    { phase: 'committing', passed: 'running to committing', ...onMocks },
  ],
  async check({ phase, ...row }, context) {
    const { send, existing } = context;
    const task = await ('passed' in row ? made(context, phase, row) : existing(phase));
    return [judgeNoDuplicates(await send(list()), task)];
  },
});

clause('list.agrees-with-read', {
  dependsOn: ['read.asked-id', 'read.named-guid', 'read.changes-nothing'],
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    const before = await send(read(task));
    const listing = await send(list());
    const after = await send(read(task));
    return [judgeAgreement(before, listing, after, task)];
  },
});

clause('list.queued', holding([{ phase: 'queued' }], observeListed));

clause('list.ended', holding([{ phase: 'finished' }, { phase: 'failed' }], observeListed));
