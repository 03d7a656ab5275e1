/** List: what the running tasks look like. Source: requests/crdb_tasks#get-all-crdb_tasks */
import {
  clause,
  everyPhase,
  judgeAgreement,
  judgeAnswer,
  judgeEmpty,
  judgeListed,
  judgeNoDuplicates,
  judgeStatus,
  list,
  observeListed,
  read,
} from '../harness/run/suite.ts';

clause('list.status.200', {
  cases: [{}],
  async check(_, { send }) {
    return [judgeStatus(await send(list()), [200])];
  },
});

clause('list.statuses', {
  positiveControl: 'list.status.200',
  cases: [{}],
  async check(_, { send }) {
    return [judgeAnswer(await send(list()), 'list.statuses')];
  },
});

clause('list.media-type', {
  cases: [{}],
  async check(_, { send }) {
    return [judgeAnswer(await send(list()), 'list.media-type')];
  },
});

clause('list.schema', {
  // First of all: with the tasks of other checks about, what was there would be more of the same.
  cases: [{ moment: 'first', holding: 'what is there' }, { holding: 'a running task' }],
  async check({ holding }, { send, existing }) {
    const make = { 'what is there': async () => {}, 'a running task': () => existing('running') };
    await make[holding]();
    return [judgeAnswer(await send(list()), 'list.schema')];
  },
});

clause('list.absent-not-null', {
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, existing }) {
    await existing(phase);
    return [judgeAnswer(await send(list()), 'list.absent-not-null')];
  },
});

// An empty answer is only an answer of a server that fills the list at other times.
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

clause('list.no-duplicates', {
  cases: [{ phase: 'running' }, { phase: 'committing' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
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

clause('list.queued', {
  cases: [{ phase: 'queued' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [observeListed(await send(list()), task)];
  },
});

clause('list.ended', {
  cases: [{ phase: 'finished' }, { phase: 'failed' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [observeListed(await send(list()), task)];
  },
});
