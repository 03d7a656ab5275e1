/** Verbose: adds fields to the same task and changes none. Source: requests/crdb_tasks#get-request */
import {
  type CheckContext,
  clause,
  defaultRetentionS,
  endOf,
  everyPhase,
  judgeAdds,
  judgeEqual,
  judgeFound,
  judgeKeepsFields,
  judgeRetention,
  judgeStatus,
  judgeUnchanged,
  type Phase,
  prerequisite,
  prerequisiteFinding,
  read,
  requires,
  showsStatus,
} from '../harness/run/suite.ts';
import { byWay, type Made, made } from './made.ts';
import { onMocks } from './needs.ts';
import { withoutCause } from './refused.ts';

/** A task, read without and with `verbose=true`. */
async function pair({ compare, existing }: CheckContext, phase: Phase) {
  const task = await existing(phase);
  const { plain, answer } = await compare(task, read(task, { verbose: 'true' }));
  return { task, plain, verbose: answer, unsteady: undefined };
}

/** The same of a task that was moved there. Where its plain reads don't agree, that proves nothing about `verbose`. */
async function pairOfMoved(context: CheckContext, phase: 'committing' | 'finished', row: Made) {
  const task = await made(context, phase, row);
  const status = phase === 'finished' ? 'finished' : 'started';
  const settled = await context.settle(task, showsStatus(status));
  const { plain, answer } = await context.compare(task, read(task, { verbose: 'true' }));
  const unsteady = prerequisiteFinding(
    judgeEqual([...settled.slice(-1), plain], task),
    'status.change-shows',
  );
  return { task, plain, verbose: answer, unsteady: unsteady && withoutCause(unsteady) };
}

/** The clauses whose faults would show in every comparison of two reads. */
const comparable = ({ phase }: { readonly phase: Phase }) =>
  phase === 'finished' || phase === 'failed'
    ? [
        'expiry.that-task-alone',
        'expiry.default.kept',
        'read.status.200',
        'read.changes-nothing',
        'status.ended-stays',
      ]
    : ['read.status.200', 'read.changes-nothing'];

clause('verbose.keeps-fields', {
  dependsOn: comparable,
  cases: [...everyPhase, ...byWay('queued to committing', 'queued to finished')],
  async check(row, context) {
    const { plain, verbose, task, unsteady } = await ('passed' in row
      ? pairOfMoved(context, row.phase, row)
      : pair(context, row.phase));
    return requires([unsteady], () => [judgeFound(verbose, task), judgeKeepsFields(plain, verbose, task)]);
  },
});

clause('verbose.adds', {
  dependsOn: ['read.changes-nothing'],
  cases: [{}],
  async check(_, context) {
    const pairs = await Promise.all(everyPhase.map(({ phase }) => pair(context, phase)));
    return requires(
      pairs.map(({ verbose }) => prerequisite(verbose, [200], 'verbose.keeps-fields')),
      () => [judgeAdds(pairs)],
    );
  },
});

clause('verbose.false-is-plain', {
  dependsOn: comparable,
  cases: everyPhase,
  async check({ phase }, { compare, existing }) {
    const task = await existing(phase);
    const { plain, answer } = await compare(task, read(task, { verbose: 'false' }));
    return [judgeFound(answer, task), judgeEqual([plain, answer], task)];
  },
});

/** A read that is refused sets no retention; where its `verbose` is ignored, its TTL counts. */
async function keptThoughAsked({ send, provision, elapse, retention }: CheckContext, asked: Asked) {
  const task = await provision('finished');
  const answer = await send(read(task, { ...asked, tolerates: [400] }));
  const aged = await elapse(task, 400);
  const late = await send(read(aged));
  const kept = judgeRetention(late, endOf(aged), 'kept', retention(defaultRetentionS));
  return [judgeStatus(answer, [200, 400]), ...(answer.response?.status === 400 ? [kept] : [])];
}
type Asked = { readonly verbose: string; readonly ttl: string };

clause('verbose.malformed', {
  positiveControl: 'read.status.200',
  dependsOn: (row) => [
    'read.changes-nothing',
    ...('ttl' in row ? ['expiry.that-task-alone', 'expiry.default.kept'] : []),
  ],
  cases: [
    { verbose: 'maybe' },
    { verbose: '' },
    { verbose: '2' },
    { verbose: '"; --' },
    { by: 'ageing', verbose: 'maybe', ttl: '60', ...onMocks },
  ],
  async check({ verbose, ...row }, context) {
    if ('ttl' in row) return keptThoughAsked(context, { verbose, ttl: row.ttl });
    const { send, compare, existing } = context;
    const task = await existing('running');
    const { plain, answer } = await compare(task, read(task, { verbose, tolerates: [400] }));
    const after = await send(read(task));
    return [judgeStatus(answer, [200, 400]), judgeUnchanged([plain, after], task)];
  },
});
