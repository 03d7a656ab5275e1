/**
 * Retention: `X-Result-TTL`, at creation or on a read, sets how long the status of that one task is kept after its end.
 * Source: requests/crdb_tasks#get-crdb_task, #get-request
 */
import {
  type CheckContext,
  clause,
  defaultRetentionS,
  either,
  endOf,
  judgeRetention,
  judgeShows,
  judgeStatus,
  judgeUnchanged,
  prerequisite,
  prerequisiteFinding,
  read,
  requires,
  type Task,
  when,
} from '../harness/run/suite.ts';

/** An age in seconds at which a status is certainly kept, or certainly gone. */
const ageAt = ({ gone }: CheckContext, due: 'kept' | 'gone', ttlS = defaultRetentionS): number =>
  due === 'kept' ? ttlS - 6 : gone(ttlS, 50);

/** A server that doesn't keep failed tasks breaks `expiry.failed.kept`, whatever their TTL. */
const keptByDefault = ({ phase }: { readonly phase: 'finished' | 'failed' }) =>
  phase === 'failed'
    ? ['expiry.that-task-alone', 'read.status.200', 'expiry.failed.kept']
    : ['expiry.that-task-alone', 'read.status.200'];

clause('expiry.at-creation.kept', {
  dependsOn: keptByDefault,
  cases: [
    { phase: 'finished', ttlS: 60, ageS: 52 },
    { phase: 'finished', ttlS: 1000, ageS: 992 },
    { phase: 'finished', ttlS: 7200, ageS: 7100 },
    { phase: 'failed', ttlS: 1000, ageS: 992 },
  ],
  async check({ phase, ttlS, ageS }, { send, provision, elapse, retention }) {
    const task = await elapse(await provision(phase, { resultTtlS: ttlS }), ageS);
    return [judgeRetention(await send(read(task)), endOf(task), 'kept', retention(ttlS))];
  },
});

// One row waits for two seconds instead of ageing: this shows that ageing and time agree.
clause('expiry.at-creation.gone', {
  dependsOn: ['expiry.that-task-alone', 'expiry.default.gone'],
  positiveControl: 'expiry.at-creation.kept',
  cases: [
    { ttlS: 2, beyondS: 0, by: 'waiting' },
    { ttlS: 60, beyondS: 1, by: 'ageing' },
    { ttlS: 1000, beyondS: 1, by: 'ageing' },
  ],
  async check({ ttlS, beyondS, by }, { send, provision, elapse, gone, retention }) {
    const task = await elapse(await provision('finished', { resultTtlS: ttlS }), gone(ttlS, beyondS), by);
    return [judgeRetention(await send(read(task)), endOf(task), 'gone', retention(ttlS))];
  },
});

/** An ended task, read with a TTL right after its end: the TTL may count from the end or from that read. */
async function readWithTtl(
  { send, provision }: CheckContext,
  ttlS: number,
  phase: 'finished' | 'failed' = 'finished',
  verbose: 'true' | 'false' = 'false',
) {
  const task = await provision(phase);
  const setting = await send(read(task, { ttl: `${ttlS}`, verbose }));
  return { task, setting };
}

/** The bracket that holds the end of the task and the read that carried the TTL, moved by the task's age. */
const endOrRead = (task: Task, setting: Parameters<typeof when>[0]) => {
  const ageMs = -task.agedS * 1000;
  const carried = when(setting);
  return either(endOf(task), { earliestMs: carried.earliestMs + ageMs, latestMs: carried.latestMs + ageMs });
};

clause('expiry.on-read.kept', {
  dependsOn: keptByDefault,
  cases: [
    { phase: 'finished', verbose: 'false', ttlS: 60, ageS: 52 },
    { phase: 'finished', verbose: 'false', ttlS: 1000, ageS: 992 },
    { phase: 'finished', verbose: 'true', ttlS: 1000, ageS: 992 },
    { phase: 'finished', verbose: 'false', ttlS: 7200, ageS: 7100 },
    { phase: 'failed', verbose: 'false', ttlS: 1000, ageS: 992 },
  ],
  async check({ phase, verbose, ttlS, ageS }, context) {
    const { task, setting } = await readWithTtl(context, ttlS, phase, verbose);
    const aged = await context.elapse(task, ageS);
    const late = await context.send(read(aged));
    return requires([prerequisite(setting, [200], 'read.status.200')], () => [
      judgeRetention(late, endOrRead(aged, setting), 'kept', context.retention(ttlS)),
    ]);
  },
});

clause('expiry.on-read.gone', {
  dependsOn: ['expiry.that-task-alone', 'expiry.default.gone'],
  positiveControl: 'expiry.on-read.kept',
  cases: [
    { verbose: 'false', ttlS: 60, beyondS: 20 },
    { verbose: 'true', ttlS: 60, beyondS: 20 },
    { verbose: 'false', ttlS: 1000, beyondS: 20 },
  ],
  async check({ verbose, ttlS, beyondS }, context) {
    const { task, setting } = await readWithTtl(context, ttlS, 'finished', verbose);
    const aged = await context.elapse(task, context.gone(ttlS, beyondS));
    const late = await context.send(read(aged));
    return requires([prerequisite(setting, [200], 'read.status.200')], () => [
      judgeRetention(late, endOrRead(aged, setting), 'gone', context.retention(ttlS)),
    ]);
  },
});

// First of all checks: a TTL that affects other tasks would make every later check unreliable.
clause('expiry.that-task-alone', {
  cases: [
    { moment: 'first', ttlS: 60, set: 'at creation', due: 'kept' },
    { moment: 'first', ttlS: 60, set: 'on read', due: 'kept' },
    { moment: 'first', ttlS: 7200, set: 'at creation', due: 'gone' },
    { moment: 'first', ttlS: 7200, set: 'on read', due: 'gone' },
  ],
  async check({ ttlS, set, due }, context) {
    const limits = context.retention(defaultRetentionS);
    const ageS = ageAt(context, due);
    const judged = async (task: Task) => {
      const aged = await context.elapse(task, ageS);
      return judgeRetention(await context.send(read(aged)), endOf(aged), due, limits);
    };
    const undisturbed = await judged(await context.provision('finished'));
    const neighbour = await context.provision('finished');
    const setTtl = {
      'on read': () => readWithTtl(context, ttlS),
      'at creation': () => context.provision('finished', { resultTtlS: ttlS }),
    };
    await setTtl[set]();
    const found = [await judged(neighbour), await judged(await context.provision('finished'))];
    return requires([prerequisiteFinding(undisturbed, `expiry.default.${due}`)], () => found);
  },
});

/** The clause that requires 200 for a read with this `verbose`. */
const found = { true: 'verbose.keeps-fields', false: 'verbose.false-is-plain' } as const;

/** With `ttlS`, an earlier read sets the retention that the plain read must keep. */
const plainReads: readonly {
  readonly verbose: 'true' | 'false';
  readonly ttlS?: number;
  readonly readAtS: number;
  readonly due: 'kept' | 'gone';
}[] = [
  { verbose: 'false', readAtS: 490, due: 'gone' },
  { verbose: 'true', readAtS: 490, due: 'gone' },
  { verbose: 'false', readAtS: 250, due: 'kept' },
  { verbose: 'false', ttlS: 60, readAtS: 30, due: 'gone' },
  { verbose: 'false', ttlS: 1000, readAtS: 300, due: 'kept' },
];

clause('expiry.plain-read-keeps', {
  dependsOn: ({ ttlS }) => [
    'expiry.that-task-alone',
    'expiry.default.kept',
    ...(ttlS === undefined ? [] : ['expiry.on-read.kept', 'expiry.on-read.gone']),
  ],
  positiveControl: 'expiry.default.gone',
  cases: plainReads,
  async check({ verbose, ttlS, readAtS, due }, context) {
    const { send, provision, elapse, retention } = context;
    const set = ttlS === undefined ? undefined : await readWithTtl(context, ttlS);
    const young = await elapse(set?.task ?? (await provision('finished')), readAtS);
    const plain = await send(read(young, { verbose }));
    const old = await elapse(young, ageAt(context, due, ttlS));
    const late = await send(read(old));
    const from = set ? endOrRead(old, set.setting) : endOf(old);
    return requires([prerequisite(plain, [200], found[verbose])], () => [
      judgeRetention(late, from, due, retention(ttlS ?? defaultRetentionS)),
    ]);
  },
});

// Waits instead of ageing: an aged task can't be moved to its end.
clause('expiry.from-completion', {
  dependsOn: ['expiry.that-task-alone', 'read.status.200', 'expiry.at-creation.kept'],
  cases: [{ ttlS: 3, runsForS: 3.2 }],
  async check({ ttlS, runsForS }, { send, provision, wait, move, retention }) {
    const running = await provision('running', { resultTtlS: ttlS });
    await wait(runsForS * 1000, 'a task that runs for longer than its TTL');
    const finished = await move(running, 'finished');
    return [judgeRetention(await send(read(finished)), endOf(finished), 'kept', retention(ttlS))];
  },
});

clause('expiry.unfinished', {
  dependsOn: ({ status }) => [
    'expiry.that-task-alone',
    'read.status.200',
    'read.changes-nothing',
    'status.forward-only',
    `status.${status}`,
  ],
  positiveControl: 'expiry.default.gone',
  cases: [
    { phase: 'queued', status: 'queued', set: 'at creation' },
    { phase: 'running', status: 'started', set: 'at creation' },
    { phase: 'committing', status: 'started', set: 'at creation' },
    { phase: 'queued', status: 'queued', set: 'on read' },
    { phase: 'running', status: 'started', set: 'on read' },
    { phase: 'committing', status: 'started', set: 'on read' },
  ],
  async check({ phase, status, set }, { send, provision, elapse }) {
    const task = await provision(phase, set === 'at creation' ? { resultTtlS: 60 } : {});
    await send(read(task, set === 'on read' ? { ttl: '60' } : {}));
    const old = await elapse(task, 100_000);
    const exchange = await send(read(old));
    return [judgeStatus(exchange, [200]), judgeShows(exchange, old, [status])];
  },
});

clause('expiry.malformed-ttl', {
  dependsOn: [
    'expiry.that-task-alone',
    'expiry.default.kept',
    'expiry.default.gone',
    'expiry.plain-read-keeps',
    'status.change-shows', // a cache would show the same
  ],
  positiveControl: 'read.status.200',
  cases: [
    { ttl: '-1', due: 'kept' },
    { ttl: '-1', due: 'gone' },
    { ttl: 'soon', due: 'kept' },
    { ttl: 'soon', due: 'gone' },
    { ttl: '1.5', due: 'kept' },
    { ttl: '60s', due: 'kept' },
  ],
  async check({ ttl, due }, context) {
    const { send, provision, elapse, retention } = context;
    const task = await provision('finished');
    const before = await send(read(task));
    const answer = await send(read(task, { ttl, tolerates: [400] }));
    const after = await send(read(task));
    const aged = await elapse(task, ageAt(context, due));
    const late = await send(read(aged));
    return [
      judgeStatus(answer, [200, 400]),
      judgeStatus(after, [200]),
      judgeUnchanged([before, after], task),
      judgeRetention(late, endOf(aged), due, retention(defaultRetentionS)),
    ];
  },
});
