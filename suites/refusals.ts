/** Requests with bad credentials: crossed with all that they can be combined with, and beside good ones. */
import {
  type CheckContext,
  type Credentials,
  cancel,
  covering,
  judgeStatus,
  prerequisite,
  type Request,
  rawRead,
  read,
  requires,
  type Task,
} from '../harness/run/suite.ts';
import { movingOn, onMocks } from './needs.ts';
import { withoutCause } from './refused.ts';
import { everyState, inTurn, type State, taskIn } from './tasks.ts';

/** Requests with bad credentials, crossed: every pair of parameters with every kind of credentials. */
export const crossed = <const Kind extends Credentials>(credentials: readonly Kind[]) => ({
  read: covering(
    { credentials, phase: everyState, verbose: ['omitted', 'true', 'false'], ttl: ['omitted', '60'] },
    'credentials',
  ).map((row) => ({ operation: 'read', ...row, ...onMocks }) as const),
  cancel: covering(
    { credentials, phase: everyState, force: ['omitted', 'false', 'true'] },
    'credentials',
  ).map((row) => ({ operation: 'cancel', ...row, ...onMocks }) as const),
});
/** The login is checked before the parameters. */
export const malformedBesides = {
  read: { operation: 'read', credentials: 'none', phase: 'running', verbose: 'maybe', ttl: 'soon' },
  cancel: { operation: 'cancel', credentials: 'none', phase: 'running', force: 'maybe' },
} as const;

interface RefusedRow {
  readonly operation: 'read' | 'cancel';
  readonly credentials: Credentials;
  readonly phase: State;
  readonly verbose?: string;
  readonly ttl?: string;
  readonly force?: string;
}

/** Sends such a request about a task of its own, and judges that it is refused. */
export async function isRefused(row: RefusedRow, context: CheckContext) {
  const { task, unproven } = await taskIn(context, row.phase);
  const { ttl = 'omitted', verbose = 'omitted', force = 'omitted' } = row;
  const request =
    row.operation === 'cancel'
      ? cancel(task, { force })
      : read(task, {
          ...(verbose === 'omitted' ? {} : { verbose }),
          ...(ttl === 'omitted' ? {} : { ttl }),
        });
  const refusal = await context.sendAs(request, row.credentials);
  return requires(unproven, () => [judgeStatus(refusal, [401])]);
}

/** Where tasks cost something: each parameter on one task, in states that the other rows leave out. */
export const everyParameter = (['committing', 'finished', 'failed', 'cancelled'] as const).map(
  (phase) => ({ phase, with: 'every parameter', ...movingOn }) as const,
);

export const readParameters: readonly Parameters<typeof read>[1][] = [
  { verbose: 'true' },
  { verbose: 'false' },
  { ttl: '60' },
  { ttl: '60', verbose: 'true' },
  { ttl: 'soon', verbose: 'maybe' },
];
/** Without force=true: in the commit phase it could break a database if it were accepted. */
const gracefulParameters: readonly Parameters<typeof cancel>[1][] = [{}, { force: 'false' }];
const anyParameters = [...gracefulParameters, { force: 'true' }, { force: 'maybe' }];
export const cancelParameters = {
  committing: gracefulParameters,
  finished: anyParameters,
  failed: anyParameters,
  cancelled: anyParameters,
} as const;

/** Sends some requests about one task without credentials, and judges that each is refused. */
export async function areRefused(
  phase: (typeof everyParameter)[number]['phase'],
  context: CheckContext,
  requests: (task: Task) => readonly Request[],
) {
  const { task, unproven } = await taskIn(context, phase);
  const refusals = await inTurn(requests(task), (request) => context.sendAs(request, 'none'));
  return requires(unproven, () => refusals.map((refusal) => judgeStatus(refusal, [401])));
}

/** A cancel without the login is refused also on a connection that a request with the login has used. */
export async function refusedOnUsedConnection({ send, sendAs, provision }: CheckContext) {
  const task = await provision('running');
  await send(read(task));
  return [judgeStatus(await sendAs(cancel(task, { onUsedConnection: true }), 'none'), [401])];
}

/** Without the login, a task is refused also by an id that is spelt with an escape, where such an id names it. */
export async function refusedThoughEscaped({ send, sendAs, ownId }: CheckContext, ask: typeof rawRead) {
  const escaped = (await ownId()).replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`);
  const found = prerequisite(await send(rawRead(escaped)), [200], 'read.status.200');
  const refusal = await sendAs(ask(escaped), 'none');
  return requires([found && withoutCause(found)], () => [judgeStatus(refusal, [401])]);
}

/** The same request with and without the login, many times at once: without it, it is refused. */
export async function refusedBeside({ send, sendAs }: CheckContext, request: Request) {
  const together = await Promise.all(
    Array.from({ length: 4 }, () => [send(request), sendAs(request, 'none')] as const).flat(),
  );
  return together.filter((_, index) => index % 2 === 1).map((answer) => judgeStatus(answer, [401]));
}
