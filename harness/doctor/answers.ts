/** What the target's first answers say: whether it is an HTTP server, whether it knows us, and what its clock shows. */
import { redirectedTo } from '../http/client.ts';
import { redirected, unreachable } from '../http/connection-errors.ts';
import type { Target } from '../http/target.ts';
import { type Exchange, json } from '../model/exchange.ts';
import { answerText, textOf } from '../provision/databases.ts';
import { asARunSays, type Look, note, ok, problem } from './step.ts';

/**
 * @param answer to the list, asked without credentials
 * @param bootstrap to `GET /v1/bootstrap`, where the first one was answered with 503
 */
export function judgeHttp(answer: Exchange, bootstrap: Exchange | undefined, target: Target): Look {
  const { response, lost } = answer;
  if (!response) return asARunSays(unreachable(lost ?? 'no answer', target));
  const { status } = response;
  const elsewhere = pointedElsewhere(answer, target);
  if (elsewhere) return elsewhere;
  if (status === 503) return noService(answer, bootstrap);
  if (status === 429 || status === 502 || status === 504)
    return problem(
      `it, or something before it, has no answer now: ${answerText(answer)}`,
      'Look at the target and at what stands before it, and try again.',
    );
  const server = response.headers.server;
  return ok(`it answers ${status} without credentials${server === undefined ? '' : `, Server: ${server}`}`);
}

function pointedElsewhere({ response }: Exchange, target: Target): Look | undefined {
  const master = response && redirectedTo(response, target.url);
  return master && { ...asARunSays(redirected(response.status, target, master)), master };
}

function noService(answer: Exchange, bootstrap: Exchange | undefined): Look {
  const body: unknown = bootstrap?.response?.status === 200 ? json(bootstrap)?.value : undefined;
  const status: unknown =
    typeof body === 'object' && body !== null && 'bootstrap_status' in body
      ? body.bootstrap_status
      : undefined;
  const state = textOf(status, 'state');
  return state === undefined || state === 'completed'
    ? problem(
        `it ${answerText(answer)}`,
        'A cluster that changes its leader says so for a moment: try again, then look at the cluster.',
      )
    : problem(
        `it is no cluster yet: its bootstrap is ${state}`,
        'Wait until it is completed, or begin it: POST /v1/bootstrap/create_cluster.',
      );
}

/**
 * @param anonymous the answer without credentials
 * @param answers those with them, in their order: where one is refused, none follows
 */
export function judgeLogin(anonymous: Exchange, answers: readonly Exchange[], target: Target): Look {
  const { login } = target;
  const asksForLogin = anonymous.response?.status === 401;
  if (!login)
    return asksForLogin
      ? problem(
          'it asks for credentials (401), and --no-auth says that there are none',
          'Give --user and --password-env in the place of --no-auth.',
        )
      : ok('none is asked for, and none is given');
  const bad = answers.find(({ response }) => response?.status === 401);
  if (bad)
    return {
      ...problem(
        `it refused ${login.user} (401), who was tried once`,
        'Mend --user or the password. Several bad logins in a row lock an account for half an hour: look before you try again.',
      ),
      isLast: true,
    };
  const gone = answers.find(({ response, lost }) => !response || lost !== undefined);
  if (gone)
    return (
      pointedElsewhere(gone, target) ??
      (gone.response
        ? problem(`with credentials it ${answerText(gone)}`, 'Look at the target, and try again.')
        : asARunSays(unreachable(gone.lost ?? 'no answer', target)))
    );
  const forbidden = answers.find(({ response }) => response?.status === 403);
  if (forbidden)
    return problem(
      `${login.user} may not read tasks: ${answerText(forbidden)}`,
      'Give that user a role that may (view_crdb_task_list, view_crdb_task), or name another user.',
    );
  return asksForLogin
    ? ok(`${login.user} is known`)
    : note(
        `${login.user} is not refused, but nor is anybody: without credentials it answers ${anonymous.response?.status}`,
        'If it is meant to ask for none, say so with --no-auth; else a run will convict it.',
      );
}

/** A clock that differs by less is as good as the same, in milliseconds. */
const tolerableMs = 5000;

/**
 * The target's clock against ours. Its Date has whole seconds, and was written between the sending and the receipt.
 * @param epochMs when the clock of the exchange was at zero, since 1970
 */
export function judgeClock({ response, sentAt, receivedAt }: Exchange, epochMs: number): Look {
  const date = Date.parse(response?.headers.date ?? '');
  if (Number.isNaN(date)) return note('it tells no time (no Date header), so its clock can’t be compared');
  const leastMs = date - (epochMs + receivedAt);
  const mostMs = date + 1000 - (epochMs + sentAt);
  if (leastMs <= tolerableMs && mostMs >= -tolerableMs) return ok('it shows our time, to some seconds');
  const isAhead = leastMs > 0;
  const [least, most] = (isAhead ? [leastMs, mostMs] : [-mostMs, -leastMs]).map((ms) => ms / 1000);
  return note(
    `its clock is ${isAhead ? 'ahead of' : 'behind'} ours by ${least?.toFixed(1)} to ${most?.toFixed(1)} s`,
    'A run measures by its own clock and isn’t harmed; but certificates, logs and `started` and `ended` are read wrong: set it by NTP.',
  );
}
