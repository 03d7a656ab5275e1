/** What the target's responses show: HTTP, login, clock, operations, and release. */
import { betterEdition, isOlder } from '../../spec/edition.ts';
import { field, textOf } from '../../spec/record.ts';
import { redirectedTo } from '../http/client.ts';
import { redirected, unreachable } from '../http/connection-errors.ts';
import type { Target } from '../http/target.ts';
import type { Exchange } from '../model/exchange.ts';
import { cancel, list, type Request, read } from '../model/requests.ts';
import { answerText, okBody, releasesIn } from '../provision/databases.ts';
import { refused } from '../provision/preflight.ts';
import { asInARun, type Look, note, ok, problem } from './step.ts';

/**
 * @param answer to the list without credentials
 * @param bootstrap the response of `GET /v1/bootstrap`, where `answer` is 503
 */
export function judgeHttp(answer: Exchange, bootstrap: Exchange | undefined, target: Target): Look {
  const { response, lost } = answer;
  if (!response) return asInARun(unreachable(lost ?? 'no response', target));
  const { status } = response;
  const elsewhere = pointedElsewhere(answer, target);
  if (elsewhere) return elsewhere;
  if (status === 503) return noService(answer, bootstrap);
  if (status === 429 || status === 502 || status === 504)
    return problem(
      `the target, or a proxy before it, ${answerText(answer)}`,
      'Check the target and the proxies before it, and try again.',
    );
  const server = response.headers.server;
  return ok(
    `it answers ${status} to a list without credentials${server === undefined ? '' : `, Server: ${server}`}`,
  );
}

function pointedElsewhere({ response }: Exchange, target: Target): Look | undefined {
  const master = response && redirectedTo(response, target.url);
  return master && { ...asInARun(redirected(response.status, target, master)), master };
}

function noService(answer: Exchange, bootstrap: Exchange | undefined): Look {
  const state = textOf(field(okBody(bootstrap), 'bootstrap_status'), 'state');
  return state === undefined || state === 'completed'
    ? problem(
        `it ${answerText(answer)}`,
        'A cluster answers 503 while it changes its leader: try again, then check the cluster.',
      )
    : problem(
        `the node is not a cluster yet: its bootstrap state is ${state}`,
        'Wait until it is completed, or start it: POST /v1/bootstrap/create_cluster.',
      );
}

/**
 * @param anonymous the response without credentials
 * @param answers the responses with credentials, in their order; a refused one is the last
 */
export function judgeLogin(anonymous: Exchange, answers: readonly Exchange[], target: Target): Look {
  const { login } = target;
  const asksForLogin = anonymous.response?.status === 401;
  if (!login)
    return asksForLogin
      ? asInARun(refused(target))
      : ok('the target requires no credentials, and none are sent');
  const bad = answers.find(({ response }) => response?.status === 401);
  if (bad) return { ...asInARun(refused(target)), isLast: true };
  const gone = answers.find(({ response, lost }) => !response || lost !== undefined);
  if (gone)
    return (
      pointedElsewhere(gone, target) ??
      (gone.response
        ? problem(`with credentials it ${answerText(gone)}`, 'Check the target, and try again.')
        : asInARun(unreachable(gone.lost ?? 'no response', target)))
    );
  const forbidden = answers.find(({ response }) => response?.status === 403);
  if (forbidden)
    return problem(
      `${login.user} may not read tasks: ${answerText(forbidden)}`,
      'Give the user a role with view_crdb_task_list and view_crdb_task, or use another user.',
    );
  return asksForLogin
    ? ok(`${login.user} is accepted`)
    : note(
        `the login of ${login.user} proves nothing: without credentials the target answers ${anonymous.response?.status} too`,
        'If it is meant to require none, use --no-auth; otherwise a run will report that as a failure.',
      );
}

/** A smaller difference of clocks is not reported. */
const tolerableMs = 5000;

/**
 * Compares the target's clock with ours. Its Date header has whole seconds, written between sending and receipt.
 * @param epochMs the Unix time at which the exchange's clock was zero
 */
export function judgeClock({ response, sentAt, receivedAt }: Exchange, epochMs: number): Look {
  const date = Date.parse(response?.headers.date ?? '');
  if (Number.isNaN(date)) return note('it sends no Date header, so its clock can’t be compared');
  const leastMs = date - (epochMs + receivedAt);
  const mostMs = date + 1000 - (epochMs + sentAt);
  if (leastMs <= tolerableMs && mostMs >= -tolerableMs)
    return ok('its clock agrees with ours within a few seconds');
  const isAhead = leastMs > 0;
  const [least, most] = (isAhead ? [leastMs, mostMs] : [-mostMs, -leastMs]).map((ms) => ms / 1000);
  return note(
    `its clock is ${isAhead ? 'ahead of' : 'behind'} ours by ${least?.toFixed(1)} to ${most?.toFixed(1)} s`,
    'Runs are not affected, but certificates, logs and the times in tasks are: synchronize it by NTP.',
  );
}

/** OPTIONS on the path of each operation, for a task id that does not exist; it changes nothing. */
export const optionsOf = (
  id: string,
): readonly { readonly name: string; readonly method: string; readonly asks: Request }[] =>
  [
    { name: 'list', request: list() },
    { name: 'read', request: read({ id }) },
    { name: 'cancel', request: cancel({ id }) },
  ].map(({ name, request: { path, method } }) => ({
    name,
    method,
    asks: { operation: 'other', method: 'OPTIONS', path },
  }));

export interface OptionsAnswer {
  readonly name: string;
  readonly method: string;
  readonly answer: Exchange;
}

/**
 * Which operations the target has: a hint, never proof, because OPTIONS is not documented.
 * @param listed the response to the list
 */
export function judgeOperations(answers: readonly OptionsAnswer[], listed: Exchange): Look {
  if (!Array.isArray(okBody(listed)))
    return note(
      `it does not look like the task API: GET ${listed.request.path} ${listed.response?.status === 200 ? 'returns no JSON array' : answerText(listed)}`,
      'Check the host, the port and the path prefix in --target. If they are right, a run shows what is broken.',
    );
  const missing = answers.filter(({ answer }) => answer.response?.status === 404);
  const without = answers.filter(({ method, answer: { response } }) => {
    const allowed = response?.headers.allow;
    return (
      allowed !== undefined &&
      response?.status !== 404 &&
      !allowed
        .toUpperCase()
        .split(/[\s,]+/)
        .includes(method)
    );
  });
  const silent = answers.filter(({ answer }) => answer.response?.headers.allow === undefined);
  if (missing.length > 0 || without.length > 0)
    return note(
      [
        ...missing.map(({ name }) => `${name} may be missing: OPTIONS on its path answers 404`),
        ...without.map(
          ({ name, method, answer }) =>
            `${name} may be missing: its path allows ${answer.response?.headers.allow}, not ${method}`,
        ),
      ].join('; '),
      'This is a hint, not a proof. A run reports each missing operation as one finding.',
    );
  if (silent.length > 0)
    return note(
      `OPTIONS shows nothing about ${silent.map(({ name }) => name).join(', ')}: ${silent.map(({ answer }) => answerText(answer)).join(', ')}`,
    );
  return ok('OPTIONS shows list, read and cancel');
}

/** The first release that accepts `X-Result-TTL` at creation (release note RS171560). */
const fixedIn = '7.22.2-20';

/** Whether a release may fail to create a task with `X-Result-TTL`. */
export const mayFailWithTtl = (release: string): boolean => isOlder(release, fixedIn);

/**
 * @param cluster the response of `GET /v1/cluster`
 * @param edition the edition of the docs that a run judges by
 */
export function judgeVersion(nodes: Exchange, cluster: Exchange, edition: string): Look {
  const releases = releasesIn(nodes);
  const name = textOf(okBody(cluster), 'name');
  const called = name === undefined ? '' : `, cluster ${name}`;
  if (releases.length === 0)
    return note(`the target shows no release${called}: GET /v1/nodes ${answerText(nodes)} (usual for mocks)`);
  if (releases.length > 1)
    return note(
      `its nodes run ${releases.join(' and ')}${called}`,
      'An upgrade is in progress: the nodes may answer differently.',
    );
  const [release = ''] = releases;
  const notes = [
    ...(release.startsWith(`${edition}.`) ? [] : [`a run judges it by the docs of ${edition}`]),
    ...(mayFailWithTtl(release) ? ['tasks made with X-Result-TTL may fail (RS171560)'] : []),
  ];
  const says = `it runs Redis Software ${release}${called}`;
  if (notes.length === 0) return ok(says);
  const better = betterEdition(release, edition);
  return note(
    `${says}; ${notes.join('; ')}`,
    better && `Use --contract ${better}, which fits this release better.`,
  );
}
