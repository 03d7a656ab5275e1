/**
 * Lifecycle: a task moves on, forward only, and both reads show it; its retention begins at its end.
 * Source: requests/crdb_tasks, objects/crdb_task
 */
import {
  type CheckContext,
  clause,
  endOf,
  judgeEndShows,
  judgeForward,
  judgeListShows,
  judgeOutlived,
  judgeRetention,
  judgeSettles,
  judgeShows,
  judgeStatus,
  list,
  type Phase,
  prerequisite,
  prerequisiteFinding,
  read,
  requires,
  type Status,
  shownStatus,
  type Task,
} from '../harness/run/suite.ts';
import { byWay, movedThrough, phasesOf } from './made.ts';
import { onMocks } from './needs.ts';

const lives = {
  finished: ['queued', 'running', 'committing', 'finished'],
  failed: ['queued', 'running', 'failed'],
  'finished at once': ['queued', 'finished'],
} as const satisfies Record<string, readonly Phase[]>;

clause('status.forward-only', {
  letsTimePass: true,
  dependsOn: ['verbose.keeps-fields', 'expiry.default.kept'], // its last reads are of an ended task
  cases: [
    { by: 'moving', ends: 'finished' },
    { by: 'moving', ends: 'failed' },
    { by: 'moving', ends: 'finished at once' },
    { by: 'following', ends: 'finished' },
  ],
  async check({ by, ends }, context) {
    if (by === 'following') {
      const { task, reads } = await followed(context);
      return [judgeForward([...reads, ...(await context.watch(task))], task)];
    }
    const [first, ...others] = lives[ends];
    const task = await context.provision(first);
    const phases = await others.reduce(
      async (before, phase) => [...(await before), await readTwice(context, await context.move(task, phase))],
      readTwice(context, task).then((first) => [first]),
    );
    const reads = [...phases.flatMap((phase) => phase.reads), ...(await context.watch(task))];
    return requires(
      phases.map(({ answered }) => answered),
      () => [judgeForward(reads, task)],
    );
  },
});

/** A task that moves by itself, read without and with `verbose` in turn until both show its end. */
async function followed({ provision, follow }: CheckContext) {
  const task = await provision('queued');
  return { task, reads: await follow(task, {}, [{}, { verbose: 'true' }]) };
}

/** Without and with `verbose`: neither response may show a later status than the next one. */
async function readTwice({ send }: CheckContext, task: Task) {
  const plain = await send(read(task));
  const verbose = await send(read(task, { verbose: 'true' }));
  return { reads: [plain, verbose], answered: prerequisite(verbose, [200], 'verbose.keeps-fields') };
}

const moves = [
  { from: 'queued', to: 'running', status: 'started' },
  { from: 'running', to: 'finished', status: 'finished' },
  { from: 'running', to: 'failed', status: 'failed' },
  { from: 'committing', to: 'finished', status: 'finished' },
] as const satisfies readonly { from: Phase; to: Phase; status: Status }[];
const wholeLife = { from: 'queued', to: 'finished', status: 'finished' } as const;

/** Ways that are no such move, and what is shown at their end. */
const otherWays = [
  ...byWay('queued to committing').map((row) => ({ ...row, status: 'started' }) as const),
  ...byWay('queued to finished').map((row) => ({ ...row, status: 'finished' }) as const),
  ...byWay('queued to failed', 'queued to each phase to failed').map(
    (row) => ({ ...row, status: 'failed' }) as const,
  ),
].map((row) => ({ ...row, by: 'moving' }) as const);

/** The clauses about tasks that don't change: a fault of theirs would show here too. */
const shownAtRest = (status: Status) => ['read.changes-nothing', 'status.forward-only', `status.${status}`];
const listedAtRest = ['list.holds-running', 'list.agrees-with-read'];

/** The end of a task that moves by itself shows in both kinds of reads, and in the list. */
async function followedChange(where: 'read' | 'list', context: CheckContext) {
  const { task, reads } = await followed(context);
  const end = judgeEndShows(reads, task);
  const last = reads.at(-1);
  const status = last && shownStatus(last);
  if (where === 'read' || end.verdict !== 'pass' || !status) return [end];
  const ended = {
    ...task,
    history: [...task.history, { phase: status === 'failed' ? 'failed' : 'finished' }] as const,
  };
  const listings = await context.settleList((one) => judgeListShows(one, ended, status).verdict === 'pass');
  return listings.slice(-1).map((one) => judgeListShows(one, ended, status));
}

clause('status.change-shows', {
  dependsOn: ({ status, in: where }) => [...shownAtRest(status), ...(where === 'list' ? listedAtRest : [])],
  cases: [
    ...moves.map((row) => ({ ...row, by: 'moving', in: 'read' }) as const),
    ...moves.map((row) => ({ ...row, by: 'moving', in: 'list' }) as const),
    ...otherWays.map((row) => ({ ...row, in: 'read' }) as const),
    ...otherWays
      .filter(({ passed }) => passed === 'queued to committing' || passed === 'queued to finished')
      .map((row) => ({ ...row, in: 'list' }) as const),
    // When no other task is made, as in most of a server's life.
    { ...moves[1], by: 'moving', in: 'list', moment: 'last', ...onMocks },
    ...moves
      .slice(0, 2)
      .map((row) => ({ ...row, by: 'moving', in: 'read', beside: 'verbose reads', ...onMocks }) as const),
    { ...wholeLife, by: 'following', in: 'read' },
    { ...wholeLife, by: 'following', in: 'list' },
  ],
  async check({ by, status, in: where, ...row }, context) {
    const { provision, send, settle, settleList } = context;
    if (by === 'following') return followedChange(where, context);
    const [first, ...others] = 'passed' in row ? phasesOf(row.passed) : [row.from, row.to];
    const task = await provision(first);
    const [, before] = await Promise.all([send(read(task)), send(list())]); // a cache would now hold the old status
    const unlisted = prerequisiteFinding(judgeListShows(before, task, 'started'), 'list.holds-running');
    if ('moment' in row && unlisted) return [unlisted];
    const verbose = { verbose: 'true', urgent: true } as const; // a move overtakes other requests
    const beside = Array.from({ length: 'beside' in row ? 2 : 0 }, () => send(read(task, verbose)));
    const moved = await movedThrough(context, task, others);
    await Promise.all(beside);
    const judging = {
      read: async () =>
        judgeSettles(
          await settle(moved, (one) => judgeShows(one, moved, [status]).verdict === 'pass'),
          moved,
          [status],
        ),
      list: async () => {
        const listings = await settleList((one) => judgeListShows(one, moved, status).verdict === 'pass');
        return listings.slice(-1).map((last) => judgeListShows(last, moved, status));
      },
    };
    return [await judging[where]()].flat();
  },
});

clause('status.change-shows-at-once', {
  dependsOn: ({ status }) => [...shownAtRest(status), ...listedAtRest],
  positiveControl: 'status.change-shows',
  cases: moves.map((row) => ({ ...row, needs: ['move'] }) as const),
  async check({ from, to, status }, { provision, send, move }) {
    const task = await provision(from);
    await Promise.all([send(read(task)), send(list())]);
    const moved = await move(task, to);
    return [
      judgeShows(await send(read(moved)), moved, [status]),
      judgeListShows(await send(list()), moved, status),
    ];
  },
});

/** A task that moves by itself surely outlives such a TTL behind other operations. */
const shortTtlS = 3;

/** Follows such a task with a TTL to its end. */
async function outlives(
  { provision, follow, gone, retention }: CheckContext,
  set: 'at creation' | 'on read',
) {
  const ttl = set === 'at creation' ? { resultTtlS: shortTtlS } : {};
  const task = await provision('queued', { ...ttl, unfinishedForS: gone(shortTtlS, 2) });
  const reads = await follow(task, set === 'on read' ? { ttl: `${shortTtlS}` } : {});
  return [judgeOutlived(reads, task, retention(shortTtlS))];
}

// Waits instead of ageing: an aged task can't be moved to its end.
clause('expiry.from-completion', {
  letsTimePass: true,
  dependsOn: (row) => [
    'expiry.that-task-alone',
    'read.status.200',
    ...('set' in row ? ['expiry.on-read.kept', 'read.changes-nothing'] : ['expiry.at-creation.kept']),
  ],
  cases: [
    { by: 'moving', ttlS: 3, runsForS: 3.2 },
    { by: 'moving', ttlS: 3, runsForS: 3.2, from: 'committing', ...onMocks },
    { by: 'moving', ttlS: 3, runsForS: 3.2, set: 'on read', ...onMocks },
    { by: 'following', ttlS: shortTtlS, runsForS: shortTtlS },
  ],
  async check({ by, ttlS, runsForS, ...row }, context) {
    if (by === 'following') return outlives(context, 'at creation');
    const { send, provision, wait, move, retention } = context;
    const wish = 'set' in row ? {} : { resultTtlS: ttlS };
    const running = await provision('from' in row ? row.from : 'running', wish);
    await wait(runsForS * 1000, 'a task that runs for longer than its TTL');
    const finished = await move(running, 'finished');
    if ('set' in row) await send(read(finished, { ttl: `${ttlS}` })); // it counts from the end, or from this read
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
  positiveControl: ({ by }) => (by === 'ageing' ? 'expiry.default.gone' : 'expiry.at-creation.gone'),
  cases: [
    { by: 'ageing', phase: 'queued', status: 'queued', set: 'at creation' },
    { by: 'ageing', phase: 'running', status: 'started', set: 'at creation' },
    { by: 'ageing', phase: 'committing', status: 'started', set: 'at creation' },
    { by: 'ageing', phase: 'queued', status: 'queued', set: 'on read' },
    { by: 'ageing', phase: 'running', status: 'started', set: 'on read' },
    { by: 'ageing', phase: 'committing', status: 'started', set: 'on read' },
    { by: 'following', phase: 'queued', status: 'queued', set: 'at creation' },
    { by: 'following', phase: 'queued', status: 'queued', set: 'on read', sharpens: true },
  ],
  async check({ by, phase, status, set }, context) {
    if (by === 'following') return outlives(context, set);
    const { send, provision, elapse } = context;
    const task = await provision(phase, set === 'at creation' ? { resultTtlS: 60 } : {});
    await send(read(task, set === 'on read' ? { ttl: '60' } : {}));
    const old = await elapse(task, 100_000);
    const exchange = await send(read(old));
    return [judgeStatus(exchange, [200]), judgeShows(exchange, old, [status])];
  },
});
