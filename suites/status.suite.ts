/** Status: what a single read shows in each phase. Source: requests/crdb_tasks#get-crdb_task, objects/crdb_task */
import {
  type CheckContext,
  clause,
  committing,
  type Exchange,
  everyPhase,
  type Finding,
  judgeAskedId,
  judgeEqual,
  judgeFound,
  judgeLeftAlone,
  judgeNamedGuid,
  judgeSettles,
  judgeShows,
  judgeStatus,
  judgeTimestamps,
  observeFields,
  observeStatus,
  type Phase,
  prerequisite,
  prerequisiteFinding,
  read,
  requires,
  type Status,
  showsStatus,
  type Task,
} from '../harness/run/suite.ts';
import { idEndings, namedAlike, tasksAlike } from './ids.ts';
import { made, type Past, runningAfter } from './made.ts';
import { onMocks } from './needs.ts';
import { withoutCause } from './refused.ts';
import { endedStatuses, inTurn, repeated } from './tasks.ts';

type Judges = (answer: Exchange, task: Task, context: CheckContext) => Finding;

/** Reads an existing task in the phase of each row once, and judges the answer. */
const reading = (cases: readonly { readonly phase: Phase }[], judge: Judges) => ({
  cases,
  async check({ phase }: { readonly phase: Phase }, context: CheckContext) {
    const task = await context.existing(phase);
    return [judge(await context.send(read(task)), task, context)];
  },
});

/** Against one structural clause. */
const conforms =
  (clauseId: string): Judges =>
  (answer, _, { judgeAnswer }) =>
    judgeAnswer(answer, clauseId);

const shows =
  (status: Status): Judges =>
  (answer, task) =>
    judgeShows(answer, task, [status]);

/** Ids of every form that the control protocol allows. */
const chosenIds = [
  ...idEndings.map((idEnds: string) => ({ phase: 'running', idEnds, ...onMocks }) as const),
  { phase: 'running', idForm: 'uuid', ...onMocks },
  { phase: 'running', idForm: 'digits', ...onMocks },
] as const;

/** A task whose id has a past: its creation shows within the settle time. */
async function foundAfter(context: CheckContext, phase: Phase, after: Past) {
  const task = await made(context, phase, { after });
  const reads = await context.settle(task, ({ response }) => response?.status === 200);
  return reads.slice(-1).map((last) => judgeFound(last, task));
}

clause('read.status.200', {
  cases: [
    ...everyPhase,
    ...chosenIds,
    ...runningAfter('a read that found nothing', 'a removed task of its id', 'an expired task of its id'),
  ],
  async check(row, context) {
    const { after } = { after: undefined, ...row };
    if (after) return foundAfter(context, row.phase, after);
    const { idEnds, idForm } = { idEnds: '', idForm: undefined, ...row };
    const isChosen = idEnds !== '' || idForm !== undefined;
    const id = (): string => context.newId(idForm ? { form: idForm } : { ends: idEnds });
    const task = await (isChosen ? context.provision(row.phase, { id: id() }) : context.existing(row.phase));
    return [judgeFound(await context.send(read(task)), task)];
  },
});

clause('read.status.404', {
  positiveControl: 'read.status.200',
  cases: [{ verbose: 'omitted' }, { verbose: 'true' }, { verbose: 'omitted', times: 3, ...onMocks }],
  async check({ verbose, ...row }, { send, unknownTask }) {
    const task = unknownTask();
    const asking = { omitted: read(task), true: read(task, { verbose: 'true' }) };
    const answers = await repeated('times' in row ? row.times : 1, () => send(asking[verbose]));
    return answers.map((answer) => judgeStatus(answer, [404]));
  },
});

clause('read.statuses', {
  positiveControl: 'read.status.200',
  ...reading([{ phase: 'running' }], conforms('read.statuses')),
});

clause('read.media-type', reading(everyPhase, conforms('read.media-type')));

clause('read.schema', {
  cases: [...everyPhase, { phase: 'running', idForm: 'digits', ...onMocks }],
  async check({ phase, ...row }, context) {
    const { send, existing, provision, newId, judgeAnswer } = context;
    const task = await ('idForm' in row
      ? provision(phase, { id: newId({ form: row.idForm }) })
      : existing(phase));
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

clause('read.absent-not-null', reading(everyPhase, conforms('read.absent-not-null')));

/** Ids that a server could take for the position of a task. A task of somebody else may have one as its id. */
const positions = ['0', '1', '2', '3', '10', 'first', 'last', 'latest', 'newest', 'current', 'all'];

clause('read.asked-id', {
  cases: [
    ...everyPhase,
    { phase: 'running', also: 'positions as ids, such as 0 or first', ...onMocks },
    ...namedAlike(
      'alike but for the last character',
      'alike but for the middle',
      'alike but for capitals at the end',
    ),
  ],
  async check({ phase, ...row }, context) {
    const { send, existing } = context;
    const { named } = { named: undefined, ...row };
    if (named)
      return inTurn(await tasksAlike(context, named), async (task) =>
        judgeAskedId(await send(read(task)), task),
      );
    const task = await existing(phase);
    const others = 'also' in row ? positions.map((id) => ({ id })) : [];
    const found = await Promise.all(
      others.map(async (other) => ({ other, answer: await send(read(other)) })),
    );
    return [
      judgeAskedId(await send(read(task)), task),
      ...found
        .filter(({ answer }) => answer.response?.status === 200)
        .map(({ other, answer }) => judgeAskedId(answer, { ...task, ...other })),
    ];
  },
});

clause('read.named-guid', {
  cases: [...everyPhase, ...runningAfter('a removed task of its id')],
  async check({ phase, ...row }, context) {
    const { send, existing } = context;
    const { after } = { after: undefined, ...row };
    const task = await (after ? made(context, phase, { after }) : existing(phase));
    const reads = [await send(read(task)), await send(read(task, { verbose: 'true' }))];
    return [judgeNamedGuid(reads, task)];
  },
});

clause('status.queued', reading([{ phase: 'queued' }], shows('queued')));

clause('status.started', reading([{ phase: 'running' }, committing], shows('started')));

/** Also of a task that ended in its commit phase, or some time ago. */
const endsAs = (status: 'finished' | 'failed') => ({
  cases: [
    { phase: status },
    { phase: status, passed: `committing to ${status}`, ...onMocks },
    { phase: status, by: 'ageing', ageS: 251, ...onMocks },
    { phase: status, by: 'ageing', ageS: 480, ...onMocks },
  ] as const,
  async check(
    row: {
      readonly phase: Phase;
      readonly passed?: `committing to ${typeof status}`;
      readonly ageS?: number;
    },
    context: CheckContext,
  ) {
    if (row.passed) {
      const task = await made(context, row.phase, { passed: row.passed });
      const reads = await context.settle(task, showsStatus(...endedStatuses));
      const ended = prerequisiteFinding(judgeSettles(reads, task, endedStatuses), 'status.change-shows');
      return requires([ended], () => [judgeSettles(reads, task, [status])]);
    }
    const young = await context.existing(status);
    const task = row.ageS === undefined ? young : await context.elapse(young, row.ageS);
    const answer = await context.send(read(task));
    const kept = status === 'failed' ? 'expiry.failed.kept' : 'expiry.default.kept';
    return requires(row.ageS === undefined ? [] : [prerequisite(answer, [200], kept)], () => [
      judgeShows(answer, task, [status]),
    ]);
  },
});

clause('status.finished', endsAs('finished'));

clause('status.failed', endsAs('failed'));

clause('status.ended-stays', {
  letsTimePass: true,
  cases: [
    { phase: 'finished' },
    { phase: 'failed' },
    { phase: 'finished', together: 6, ...onMocks },
    { phase: 'failed', together: 6, ...onMocks },
    { phase: 'finished', verbose: 'true', ...onMocks },
  ],
  async check({ phase, ...row }, { watch, existing, send }) {
    if ('verbose' in row) {
      const task = await existing(phase);
      const first = await send(read(task, { verbose: row.verbose }));
      await watch(task); // for more than a second, of which timestamps are made
      const last = await send(read(task, { verbose: row.verbose }));
      const unread = prerequisite(last, [200], 'read.changes-nothing'); // the first one may have removed it
      return requires([unread && withoutCause(unread)], () => [judgeEqual([first, last], task)]);
    }
    if ('together' in row) {
      const task = await existing(phase);
      const reads = Array.from({ length: row.together }, () => send(read(task)));
      return [judgeEqual([await send(read(task)), ...(await Promise.all(reads))], task)];
    }
    const task = await existing(phase);
    return [judgeEqual(await watch(task), task)];
  },
});

clause('read.changes-nothing', {
  letsTimePass: true,
  dependsOn: ({ phase }) => [
    ...(phase === 'finished' || phase === 'failed' ? ['expiry.default.kept', 'expiry.that-task-alone'] : []),
    ...(phase === 'failed' ? ['expiry.failed.kept'] : []),
  ],
  cases: everyPhase,
  async check({ phase }, { send, watch, existing }) {
    const task = await existing(phase);
    const first = await send(read(task));
    await send(read(task, { verbose: 'true' }));
    return [judgeLeftAlone([first, ...(await watch(task))], task)];
  },
});

clause('read.timestamps', {
  cases: everyPhase,
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    const plain = await send(read(task));
    const verbose = await send(read(task, { verbose: 'true' }));
    return [
      judgeTimestamps(plain, task),
      ...requires([prerequisite(verbose, [200], 'verbose.keeps-fields')], () => [
        judgeTimestamps(verbose, task),
      ]),
    ];
  },
});

clause('read.id-case', {
  cases: [{ phase: 'running' }],
  async check({ phase }, { send, existing }) {
    const task = await existing(phase);
    return [observeStatus(await send(read({ id: task.id.toUpperCase() })))];
  },
});

clause('read.fields-by-status', reading(everyPhase, observeFields));
