/** List: what the running tasks look like. Source: requests/crdb_tasks#get-all-crdb_tasks */
import {
  type CheckContext,
  clause,
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
  read,
  type Task,
} from '../harness/run/suite.ts';

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
  // First of all checks: later the list holds the tasks of other checks.
  cases: [{ moment: 'first', holding: 'what is there' }, { holding: 'a running task' }],
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

// An empty list proves something only if the server lists tasks at other times.
clause('list.empty', {
  positiveControl: 'list.holds-running',
  cases: [{ moment: 'first' }, { moment: 'last' }],
  async check(_, { send, removed }) {
    return [judgeEmpty(await send(list()), removed)];
  },
});

clause('list.holds-running', {
  cases: [{ phase: 'running' }, { phase: 'committing' }],
  async check({ phase }, { send, provision }) {
    const task = await provision(phase);
    return [judgeListed(await send(list()), task)];
  },
});

clause('list.no-duplicates', holding([{ phase: 'running' }, { phase: 'committing' }], judgeNoDuplicates));

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
