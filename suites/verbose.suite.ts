/** Verbose: adds fields to the same task and changes none. Source: requests/crdb_tasks#get-request */
import {
  type CheckContext,
  clause,
  everyPhase,
  judgeAdds,
  judgeEqual,
  judgeFound,
  judgeKeepsFields,
  judgeStatus,
  judgeUnchanged,
  type Phase,
  prerequisite,
  read,
  requires,
} from '../harness/run/suite.ts';

/** A task that does not change, read without and with `verbose=true`. */
async function pair({ send, steady }: CheckContext, phase: Phase) {
  const task = await steady(phase);
  return { task, plain: await send(read(task)), verbose: await send(read(task, { verbose: 'true' })) };
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
  cases: everyPhase,
  async check({ phase }, context) {
    const { plain, verbose, task } = await pair(context, phase);
    return [judgeFound(verbose, task), judgeKeepsFields(plain, verbose, task)];
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
  async check({ phase }, { send, steady }) {
    const task = await steady(phase);
    const plain = await send(read(task));
    const unverbose = await send(read(task, { verbose: 'false' }));
    return [judgeFound(unverbose, task), judgeEqual([plain, unverbose], task)];
  },
});

clause('verbose.malformed', {
  positiveControl: 'read.status.200',
  dependsOn: ['read.changes-nothing'],
  cases: [{ verbose: 'maybe' }, { verbose: '' }, { verbose: '2' }, { verbose: '"; --' }],
  async check({ verbose }, { send, steady }) {
    const task = await steady('running');
    const before = await send(read(task));
    const answer = await send(read(task, { verbose, tolerates: [400] }));
    const after = await send(read(task));
    return [judgeStatus(answer, [200, 400]), judgeUnchanged([before, after], task)];
  },
});
