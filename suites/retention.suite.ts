/**
 * Retention: `X-Result-TTL`, at creation or on a read, sets how long the status of that one task is kept after its end.
 * Source: requests/crdb_tasks#get-crdb_task, #get-request
 */
import {
  type CheckContext,
  clause,
  defaultRetentionS,
  endOf,
  judgeRetention,
  type Passing,
  prerequisite,
  prerequisiteFinding,
  read,
  requires,
  type Task,
} from '../harness/run/suite.ts';
import { byWay, made } from './made.ts';
import { onMocks, waiting } from './needs.ts';
import { ageAt, repeated } from './tasks.ts';
import { endOrRead, keptBeside, readWithTtl } from './ttl.ts';

/** The shortest TTL that is really waited for. */
const shortTtlS = 3;

/** A server that doesn't keep failed tasks breaks `expiry.failed.kept`, whatever their TTL. */
const keptByDefault = ({ phase }: { readonly phase: 'finished' | 'failed' }) =>
  phase === 'failed'
    ? ['expiry.that-task-alone', 'read.status.200', 'expiry.failed.kept']
    : ['expiry.that-task-alone', 'read.status.200'];

clause('expiry.at-creation.kept', {
  dependsOn: keptByDefault,
  cases: [
    { by: 'ageing', phase: 'finished', ttlS: 60, ageS: 52 },
    { by: 'ageing', phase: 'finished', ttlS: 1000, ageS: 992 },
    { by: 'ageing', phase: 'finished', ttlS: 7200, ageS: 7100 },
    { by: 'ageing', phase: 'failed', ttlS: 1000, ageS: 992 },
    ...byWay('queued to each phase to finished', 'queued to each phase to failed').map(
      (row) => ({ by: 'ageing', ...row, ttlS: 1000, ageS: 992 }) as const,
    ),
    { by: 'ageing', phase: 'finished', ttlS: 100_000, ageS: 99_000, ...onMocks },
    { by: 'ageing', phase: 'finished', ttlS: 5_000_000, ageS: 4_900_000, ...onMocks },
    { ...waiting, phase: 'finished', ttlS: 8, ageS: 5 },
    { ...waiting, phase: 'failed', ttlS: 8, ageS: 5, sharpens: true },
  ],
  async check({ by, phase, ttlS, ageS, ...row }, context) {
    const { send, elapse, retention } = context;
    const task = await elapse(await made(context, phase, row, { resultTtlS: ttlS }), ageS, by);
    return [judgeRetention(await send(read(task)), endOf(task), 'kept', retention(ttlS))];
  },
});

/** A short TTL, and two of the ages: one for clocks in days, one for those of few bits. */
const wrapping = [86_430, 2_147_514].map((ageS) => ({ by: 'ageing', ttlS: 60, ageS, ...onMocks }) as const);

clause('expiry.at-creation.gone', {
  dependsOn: ['expiry.that-task-alone', 'expiry.default.gone'],
  positiveControl: 'expiry.at-creation.kept',
  cases: [
    { ttlS: 2, beyondS: 0, by: 'waiting' }, // also where tasks are aged: it shows that ageing and time agree
    { ttlS: 60, beyondS: 1, by: 'ageing' },
    { ttlS: 1000, beyondS: 1, by: 'ageing' },
    ...byWay('queued to each phase to finished').map(
      ({ phase: _, ...row }) => ({ ttlS: 60, beyondS: 1, by: 'ageing', ...row }) as const,
    ),
    ...wrapping,
  ],
  async check({ ttlS, by, ...row }, context) {
    const { send, elapse, gone, retention } = context;
    const ageS = 'ageS' in row ? row.ageS : gone(ttlS, row.beyondS);
    const task = await elapse(await made(context, 'finished', row, { resultTtlS: ttlS }), ageS, by);
    return [judgeRetention(await send(read(task)), endOf(task), 'gone', retention(ttlS))];
  },
});

clause('expiry.on-read.kept', {
  dependsOn: keptByDefault,
  cases: [
    { by: 'ageing', phase: 'finished', verbose: 'false', ttlS: 60, ageS: 52 },
    { by: 'ageing', phase: 'finished', verbose: 'false', ttlS: 1000, ageS: 992 },
    { by: 'ageing', phase: 'finished', verbose: 'true', ttlS: 1000, ageS: 992 },
    { by: 'ageing', phase: 'finished', verbose: 'false', ttlS: 7200, ageS: 7100 },
    { by: 'ageing', phase: 'failed', verbose: 'false', ttlS: 1000, ageS: 992 },
    { by: 'ageing', phase: 'finished', verbose: 'false', ttlS: 100_000, ageS: 99_000, ...onMocks },
    { by: 'ageing', phase: 'finished', verbose: 'false', ttlS: 5_000_000, ageS: 4_900_000, ...onMocks },
    { by: 'ageing', phase: 'finished', verbose: 'omitted', ttlS: 30, ageS: 20, ...onMocks },
    { by: 'ageing', phase: 'finished', verbose: 'false', ttlS: 200, spelt: '0200', ageS: 180, ...onMocks },
    {
      by: 'ageing',
      phase: 'finished',
      verbose: 'omitted',
      ttlS: 1000,
      ageS: 992,
      beside: 2,
      ...onMocks,
    },
    { ...waiting, phase: 'finished', verbose: 'false', ttlS: 8, ageS: 5 },
    { ...waiting, phase: 'finished', verbose: 'true', ttlS: 8, ageS: 5, sharpens: true },
    { ...waiting, phase: 'failed', verbose: 'false', ttlS: 8, ageS: 5, sharpens: true },
  ],
  async check({ by, phase, verbose, ttlS, ageS, ...row }, context) {
    if ('beside' in row) return keptBeside(context, row.beside, ttlS, ageS);
    const { task, setting } = await readWithTtl(context, ttlS, { phase, verbose, ...row });
    const aged = await context.elapse(task, ageS, by);
    const late = await context.send(read(aged));
    // A TTL in an unusual spelling may be refused: the status is kept for longer then.
    const answers = 'spelt' in row ? [200, 400] : [200];
    return requires([prerequisite(setting, answers, 'read.status.200')], () => [
      judgeRetention(late, endOrRead(aged, setting), 'kept', context.retention(ttlS)),
    ]);
  },
});

clause('expiry.on-read.gone', {
  dependsOn: ['expiry.that-task-alone', 'expiry.default.gone'],
  positiveControl: 'expiry.on-read.kept',
  cases: [
    { by: 'ageing', verbose: 'false', ttlS: 60, beyondS: 20 },
    { by: 'ageing', verbose: 'true', ttlS: 60, beyondS: 20 },
    { by: 'ageing', verbose: 'false', ttlS: 1000, beyondS: 20 },
    { by: 'ageing', verbose: 'false', ttlS: 60, beyondS: 20, times: 2, ...onMocks },
    ...[1, 30, 100_000].map(
      (ttlS) => ({ by: 'ageing', verbose: 'omitted', ttlS, beyondS: 20, ...onMocks }) as const,
    ),
    ...wrapping.map((row) => ({ ...row, verbose: 'false' }) as const),
    { ...waiting, verbose: 'false', ttlS: 3, beyondS: 2 },
    { ...waiting, verbose: 'true', ttlS: 3, beyondS: 2, sharpens: true },
  ],
  async check({ by, ttlS, ...row }, context) {
    const { task, setting } = await readWithTtl(context, ttlS, row);
    const aged = await context.elapse(task, 'ageS' in row ? row.ageS : context.gone(ttlS, row.beyondS), by);
    const late = await context.send(read(aged));
    return requires([prerequisite(setting, [200], 'read.status.200')], () => [
      judgeRetention(late, endOrRead(aged, setting), 'gone', context.retention(ttlS)),
    ]);
  },
});

// Before most others: a TTL that affects other tasks would make every later check unreliable.
clause('expiry.that-task-alone', {
  dependsOn: ({ set }) => (set === 'for an earlier task of its id' ? ['read.status.200'] : []),
  cases: [
    { moment: 'first', by: 'ageing', ttlS: 60, set: 'at creation', due: 'kept' },
    { moment: 'first', by: 'ageing', ttlS: 60, set: 'on read', due: 'kept' },
    { moment: 'first', by: 'ageing', ttlS: 7200, set: 'at creation', due: 'gone' },
    { moment: 'first', by: 'ageing', ttlS: 7200, set: 'on read', due: 'gone' },
    { ...waiting, ttlS: 1, set: 'at creation', due: 'kept' },
    { ...waiting, ttlS: 1, set: 'on read', due: 'kept' },
    { ...waiting, ttlS: 7200, set: 'on read', due: 'gone', sharpens: true },
    { by: 'ageing', ttlS: 60, set: 'for an earlier task of its id', due: 'kept', ...onMocks },
  ],
  async check({ by, ttlS, set, due }, context) {
    const setTtl = {
      'on read': async () => (await readWithTtl(context, ttlS)).task,
      'at creation': () => context.provision('finished', { resultTtlS: ttlS }),
      'for an earlier task of its id': async () => {
        const earlier = await context.provision('finished', { resultTtlS: ttlS });
        await context.send(read(earlier, { ttl: `${ttlS}` }));
        return context.again(await context.elapse(earlier, 30), 'finished');
      },
    };
    if (by === 'waiting') return waitedOut(context, { ttlS, due, setTtl: setTtl[set] });
    const limits = context.retention(defaultRetentionS);
    const judged = async (task: Task) => {
      const aged = await context.elapse(task, ageAt(context, due));
      return judgeRetention(await context.send(read(aged)), endOf(aged), due, limits);
    };
    const judgedNew = async () => judged(await context.provision('finished'));
    const [undisturbed, neighbour] = await Promise.all([judgedNew(), context.provision('finished')]);
    const other = await setTtl[set]();
    const isOfItsId = set === 'for an earlier task of its id';
    const found = await Promise.all([judged(neighbour), isOfItsId ? judged(other) : judgedNew()]);
    return requires([prerequisiteFinding(undisturbed, `expiry.default.${due}`)], () => found);
  },
});

/** A short TTL of another task shortens no retention, and a long one prolongs none. */
async function waitedOut(
  context: CheckContext,
  { ttlS, due, setTtl }: { ttlS: number; due: 'kept' | 'gone'; setTtl: () => Promise<unknown> },
) {
  const ownS = due === 'kept' ? defaultRetentionS : shortTtlS;
  const task = await context.provision('finished', due === 'kept' ? {} : { resultTtlS: ownS });
  await setTtl();
  if (due === 'kept') await context.wait(context.gone(ttlS, 1) * 1000, 'the TTL of another task');
  else await context.elapse(task, context.gone(ownS, 1), 'waiting');
  return [judgeRetention(await context.send(read(task)), endOf(task), due, context.retention(ownS))];
}

/** The clause that requires 200 for a read with this `verbose`. */
const found = { true: 'verbose.keeps-fields', false: 'verbose.false-is-plain' } as const;

/** With `ttlS`, an earlier read sets the retention that the plain read must keep. */
const plainReads: readonly {
  readonly by: Passing;
  readonly needs?: readonly ['no ageing'] | readonly ['many tasks'];
  readonly verbose: 'true' | 'false';
  readonly ttlS?: number;
  readonly set?: 'at creation' | 'on read';
  readonly readAtS: number;
  readonly due: 'kept' | 'gone';
  readonly sharpens?: true;
  /** One after the other, or at the same time. */
  readonly times?: number;
  readonly together?: number;
  /** So many plain reads are sent at the same time as the read that sets the TTL. */
  readonly beside?: number;
}[] = [
  { by: 'ageing', verbose: 'false', readAtS: 490, due: 'gone', together: 4, ...onMocks },
  {
    by: 'ageing',
    verbose: 'false',
    ttlS: 1000,
    set: 'at creation',
    readAtS: 300,
    due: 'kept',
    times: 3,
    ...onMocks,
  },
  {
    by: 'ageing',
    verbose: 'false',
    ttlS: 1000,
    set: 'on read',
    readAtS: 300,
    due: 'kept',
    beside: 1,
    ...onMocks,
  },
  { by: 'ageing', verbose: 'false', readAtS: 490, due: 'gone' },
  { by: 'ageing', verbose: 'true', readAtS: 490, due: 'gone' },
  { by: 'ageing', verbose: 'false', readAtS: 250, due: 'kept' },
  { by: 'ageing', verbose: 'false', ttlS: 60, set: 'on read', readAtS: 30, due: 'gone' },
  { by: 'ageing', verbose: 'false', ttlS: 1000, set: 'on read', readAtS: 300, due: 'kept' },
  // A server that counts from the read would keep the status for six seconds more.
  { ...waiting, verbose: 'false', ttlS: 10, set: 'at creation', readAtS: 6, due: 'gone' },
  { ...waiting, verbose: 'true', ttlS: 10, set: 'at creation', readAtS: 6, due: 'gone' },
  { ...waiting, verbose: 'false', ttlS: 10, set: 'on read', readAtS: 6, due: 'gone', sharpens: true },
];

clause('expiry.plain-read-keeps', {
  dependsOn: ({ set }) => [
    'expiry.that-task-alone',
    'expiry.default.kept',
    ...(set === 'on read' ? ['expiry.on-read.kept', 'expiry.on-read.gone'] : []),
    ...(set === 'at creation' ? ['expiry.at-creation.kept'] : []),
  ],
  positiveControl: ({ by, set }) =>
    by === 'ageing'
      ? 'expiry.default.gone'
      : set === 'on read'
        ? 'expiry.on-read.gone'
        : 'expiry.at-creation.gone',
  cases: plainReads,
  async check({ by, verbose, ttlS, set: where, readAtS, due, times = 1, together = 0, beside = 0 }, context) {
    const { send, provision, elapse, retention } = context;
    const set =
      where === 'on read' && ttlS !== undefined ? await readWithTtl(context, ttlS, { beside }) : undefined;
    const made = set?.task ?? (await provision('finished', where && ttlS ? { resultTtlS: ttlS } : {}));
    const young = await elapse(made, readAtS, by);
    const [plain] = await Promise.all([
      send(read(young, { verbose })),
      ...Array.from({ length: together }, () => send(read(young, { verbose }))),
    ]);
    await repeated(times - 1, () => send(read(young, { verbose })));
    const old = await elapse(young, ageAt(context, due, ttlS, by), by);
    const late = await send(read(old));
    const endedAt = (task: Task) => (set ? endOrRead(task, set.setting) : endOf(task));
    const limits = retention(ttlS ?? defaultRetentionS);
    const kept = judgeRetention(plain, endedAt(young), 'kept', limits);
    // On a slow machine or network it may have expired before this read.
    const isUnsure = kept.verdict === 'inconclusive' && plain.response?.status === 404;
    return requires([isUnsure ? kept : prerequisite(plain, [200], found[verbose])], () => [
      judgeRetention(late, endedAt(old), due, limits),
    ]);
  },
});
