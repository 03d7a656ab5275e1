/** Status: what a single read shows in each phase. Source: requests/crdb_tasks#get-crdb_task, objects/crdb_task */
import {
  clause,
  everyPhase,
  judgeAnswer,
  judgeAskedId,
  judgeEqual,
  judgeFound,
  judgeNamedGuid,
  judgeShows,
  judgeStatus,
  judgeTimestamps,
  judgeUnchanged,
  observeFields,
  observeStatus,
  prerequisite,
  read,
  requires,
} from '../harness/run/suite.ts';

clause('read.status.200', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeFound(await send(read(task)), task)];
  },
});

clause('read.status.404', {
  positiveControl: 'read.status.200',
  cases: [{ verbose: 'omitted' }, { verbose: 'true' }],
  async check({ verbose }, { send, unknownTask }) {
    const asking = { omitted: read(unknownTask()), true: read(unknownTask(), { verbose: 'true' }) };
    return [judgeStatus(await send(asking[verbose]), [404])];
  },
});

clause('read.statuses', {
  positiveControl: 'read.status.200',
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, existing }) {
    return [judgeAnswer(await send(read(await existing(phase))), 'read.statuses')];
  },
});

clause('read.media-type', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    return [judgeAnswer(await send(read(await existing(phase))), 'read.media-type')];
  },
});

clause('read.schema', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    const plain = await send(read(task));
    const verbose = await send(read(task, { verbose: 'true' }));
    return [
      judgeAnswer(plain, 'read.schema'),
      ...requires([prerequisite(verbose, [200], 'verbose.keeps-fields')], () => [
        judgeAnswer(verbose, 'read.schema'),
      ]),
    ];
  },
});

clause('read.absent-not-null', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    return [judgeAnswer(await send(read(await existing(phase))), 'read.absent-not-null')];
  },
});

clause('read.asked-id', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeAskedId(await send(read(task)), task)];
  },
});

clause('read.named-guid', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeNamedGuid(await send(read(task)), task)];
  },
});

clause('status.queued', {
  cases: [{ phase: 'queued' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeShows(await send(read(task)), task, ['queued'])];
  },
});

clause('status.started', {
  cases: [{ phase: 'running' }, { phase: 'committing' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeShows(await send(read(task)), task, ['started'])];
  },
});

clause('status.finished', {
  cases: [{ phase: 'finished' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeShows(await send(read(task)), task, ['finished'])];
  },
});

clause('status.failed', {
  cases: [{ phase: 'failed' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeShows(await send(read(task)), task, ['failed'])];
  },
});

clause('status.ended-stays', {
  cases: [{ phase: 'finished' }, { phase: 'failed' }],
  async check({ phase }, { watch, existing }) {
    const task = await existing(phase);
    return [judgeEqual(await watch(task), task)];
  },
});

clause('read.changes-nothing', {
  cases: [{ phase: 'queued' }, { phase: 'running' }, { phase: 'committing' }], // of ended ones: status.ended-stays
  async check({ phase }, { send, watch, existing }) {
    const task = await existing(phase);
    const first = await send(read(task));
    await send(read(task, { verbose: 'true' }));
    return [judgeUnchanged([first, ...(await watch(task))], task)];
  },
});

clause('read.timestamps', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [judgeTimestamps(await send(read(task)), task)];
  },
});

clause('read.id-case', {
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [observeStatus(await send(read({ id: task.id.toUpperCase() })))];
  },
});

clause('read.fields-by-status', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [observeFields(await send(read(task)), task)];
  },
});
