/** Authentication: bad credentials are refused with 401, and the request has no effect. Source: the 401 rows of requests/crdb_tasks */
import {
  type CheckContext,
  type Credentials,
  cancel,
  clause,
  covering,
  credentialsOf,
  defaultRetentionS,
  endOf,
  judgeHeader,
  judgeRetention,
  judgeStatus,
  judgeUnchanged,
  list,
  prerequisite,
  type Request,
  rawCancel,
  rawRead,
  read,
  requires,
  type Task,
} from '../harness/run/suite.ts';
import { onMocks } from './needs.ts';
import {
  areRefused,
  cancelParameters,
  crossed,
  everyParameter,
  isRefused,
  malformedBesides,
  readParameters,
  refusedBeside,
  refusedOnUsedConnection,
  refusedThoughEscaped,
} from './refusals.ts';

/** Each operation on an existing task, and the clauses about it with valid and without credentials. */
const operations = {
  list: {
    ask: async (_: CheckContext): Promise<Request> => list(),
    succeeds: 'list.status.200',
    refused: 'list.status.401',
  },
  read: {
    ask: async ({ existing }: CheckContext) => read(await existing('running')),
    succeeds: 'read.status.200',
    refused: 'read.status.401',
  },
  cancel: {
    ask: async ({ provision }: CheckContext) => cancel(await provision('running')),
    succeeds: 'cancel.running.accepted',
    refused: 'cancel.status.401',
  },
} as const;

const eachOperation = [{ operation: 'list' }, { operation: 'read' }, { operation: 'cancel' }] as const;
/** An operation that needs no credentials accepts wrong ones too: one fault. */
const open = ({ operation }: (typeof eachOperation)[number]) => [operations[operation].refused];
const succeeds = ({ operation }: (typeof eachOperation)[number]) => operations[operation].succeeds;

/** Each operation is refused with such credentials; with the others of the clause too. */
function refusing<const Kind extends Credentials>(
  clauseId: string,
  credentials: Kind,
  needs: readonly 'wrong password'[] = [],
) {
  const changes = credentialsOf(clauseId).filter((kind) => kind !== credentials);
  const simple = eachOperation.map((row) => ({ ...row, needs }) as const);
  const changed = covering({ operation: ['list', 'read', 'cancel'], credentials: changes }).map(
    (row) => ({ ...row, ...onMocks }) as const,
  );
  const { read: reads, cancel: cancels } = crossed([credentials]);
  return {
    dependsOn: open,
    positiveControl: succeeds,
    cases: [...simple, ...changed, ...reads, ...cancels],
    async check(
      row: (typeof simple | typeof changed | typeof reads | typeof cancels)[number],
      context: CheckContext,
    ) {
      if ('phase' in row) return isRefused(row, context);
      const request = await operations[row.operation].ask(context);
      const sent = 'credentials' in row ? row.credentials : credentials;
      return [judgeStatus(await context.sendAs(request, sent), [401])];
    },
  };
}

const withoutLogin = crossed(['none']);

clause('list.status.401', {
  positiveControl: 'list.status.200',
  cases: [
    { credentials: 'none' },
    { moment: 'empty', credentials: 'none', together: 12, ...onMocks },
    { credentials: 'none', beside: 'other requests', ...onMocks },
  ],
  async check({ credentials, ...row }, context) {
    if ('beside' in row) return refusedBeside(context, list());
    const count = 'together' in row ? row.together : 1;
    const answers = await Promise.all(
      Array.from({ length: count }, () => context.sendAs(list(), credentials)),
    );
    return answers.map((answer) => judgeStatus(answer, [401]));
  },
});

/** What else goes on while a read without credentials is sent. */
const meanwhile = {
  'any task': async () => {},
  'a task just read': async ({ send }: CheckContext, task: Task) => {
    await send(read(task)); // a cache may now hold the response
  },
} as const;

clause('read.status.401', {
  positiveControl: 'read.status.200',
  cases: [
    { credentials: 'none', of: 'any task' },
    { credentials: 'none', of: 'a task just read' },
    { credentials: 'none', of: 'a task being read', ...onMocks },
    { credentials: 'none', of: 'a task by an escaped id', ...onMocks },
    ...withoutLogin.read,
    { ...malformedBesides.read, ...onMocks },
    ...everyParameter,
  ],
  async check(row, context) {
    if ('with' in row)
      return areRefused(row.phase, context, (task) => readParameters.map((one) => read(task, one)));
    if ('phase' in row) return isRefused(row, context);
    if (row.of === 'a task by an escaped id') return refusedThoughEscaped(context, rawRead);
    const task = await context.existing('running');
    if (row.of === 'a task being read') return refusedBeside(context, read(task));
    await meanwhile[row.of](context, task);
    return [judgeStatus(await context.sendAs(read(task), row.credentials), [401])];
  },
});

clause('cancel.status.401', {
  positiveControl: 'cancel.running.accepted',
  cases: [
    { phase: 'queued', force: 'omitted' },
    { phase: 'running', force: 'omitted' },
    { phase: 'running', force: 'true' },
    ...withoutLogin.cancel,
    { ...malformedBesides.cancel, ...onMocks },
    { phase: 'running', connection: 'used before', ...onMocks },
    { phase: 'running', id: 'escaped', ...onMocks },
    ...everyParameter,
  ],
  async check(row, context) {
    if ('connection' in row) return refusedOnUsedConnection(context);
    if ('id' in row) return refusedThoughEscaped(context, rawCancel);
    if ('with' in row)
      return areRefused(row.phase, context, (task) =>
        cancelParameters[row.phase].map((one) => cancel(task, one)),
      );
    if ('operation' in row) return isRefused(row, context);
    const task = await context.provision(row.phase);
    return [judgeStatus(await context.sendAs(cancel(task, { force: row.force }), 'none'), [401])];
  },
});

clause('auth.malformed', refusing('auth.malformed', 'malformed'));

clause('auth.unknown-user', refusing('auth.unknown-user', 'unknown user'));

clause('auth.wrong-password', refusing('auth.wrong-password', 'wrong password', ['wrong password']));

clause('auth.no-effect', {
  letsTimePass: true,
  dependsOn: ['read.changes-nothing'],
  positiveControl: 'cancel.leaves',
  cases: [
    { phase: 'queued', credentials: 'none', force: 'omitted' },
    { phase: 'running', credentials: 'none', force: 'omitted' },
    { phase: 'running', credentials: 'none', force: 'true' },
    { phase: 'running', credentials: 'malformed', force: 'omitted' },
    { phase: 'running', credentials: 'unknown user', force: 'omitted' },
    {
      phase: 'running',
      credentials: 'wrong password',
      force: 'omitted',
      needs: ['wrong password'],
      sharpens: true,
    },
  ],
  async check({ phase, credentials, force }, { send, sendAs, provision, watch }) {
    const task = await provision(phase);
    const before = await send(read(task));
    const refusal = await sendAs(cancel(task, { force }), credentials);
    const watched = await watch(task);
    return requires([prerequisite(refusal, [401], refusedBy[credentials])], () => [
      judgeUnchanged([before, ...watched], task),
    ]);
  },
});

clause('auth.read-no-effect', {
  positiveControl: 'expiry.on-read.gone',
  dependsOn: ['expiry.default.kept', 'expiry.at-creation.kept'],
  cases: [
    { by: 'ageing', credentials: 'none' },
    { by: 'ageing', credentials: 'unknown user' },
    { by: 'ageing', credentials: 'none', verbose: 'true', ...onMocks } as const,
    { by: 'waiting', needs: ['no ageing'], credentials: 'none' },
    { by: 'waiting', needs: ['no ageing'], credentials: 'unknown user' },
  ],
  async check({ by, credentials, ...row }, { send, sendAs, provision, elapse, retention }) {
    const { keptS, setS, ageS } = readWithBadCredentials[by];
    const task = await provision('finished', by === 'ageing' ? {} : { resultTtlS: keptS });
    const asked = { ttl: `${setS}`, ...('verbose' in row ? { verbose: row.verbose } : {}) };
    const refusal = await sendAs(read(task, asked), credentials);
    const aged = await elapse(task, ageS, by);
    const late = await send(read(aged));
    const refused = { ...refusedBy, none: 'read.status.401' } as const;
    return requires([prerequisite(refusal, [401], refused[credentials])], () => [
      judgeRetention(late, endOf(aged), 'kept', retention(keptS)),
    ]);
  },
});

/** How long the task is kept, the TTL of the refused read, and the age at which the task must still be found. */
const readWithBadCredentials = {
  ageing: { keptS: defaultRetentionS, setS: 60, ageS: 400 },
  waiting: { keptS: 10, setS: 1, ageS: 7 },
} as const;

/** The clause that says that such credentials are refused. */
const refusedBy = {
  none: 'cancel.status.401',
  malformed: 'auth.malformed',
  'unknown user': 'auth.unknown-user',
  'wrong password': 'auth.wrong-password',
} as const;

clause('auth.www-authenticate', {
  positiveControl: succeeds,
  cases: eachOperation,
  async check({ operation }, context) {
    const { ask, refused } = operations[operation];
    const refusal = await context.sendAs(await ask(context), 'none');
    return requires([prerequisite(refusal, [401], refused)], () => [
      judgeHeader(refusal, 'WWW-Authenticate'),
    ]);
  },
});

clause('auth.before-lookup', {
  positiveControl: ({ operation }) => operations[operation].refused,
  cases: [{ operation: 'read' }, { operation: 'cancel' }],
  async check({ operation }, { sendAs, unknownTask }) {
    const asking = { read: read(unknownTask()), cancel: cancel(unknownTask()) };
    return [judgeStatus(await sendAs(asking[operation], 'none'), [401])];
  },
});

clause('auth.scheme-case', {
  positiveControl: 'list.status.200',
  dependsOn: ['list.status.401'], // a server that refuses no credentials proves nothing here
  cases: [{ operation: 'list' }],
  async check(_, { sendAs }) {
    return [judgeStatus(await sendAs(list(), 'lower-case scheme'), [200])];
  },
});
