/** The three operations: a request comes in as plain data, an answer goes out. No network here. */
import { type Login, refusedFor } from './auth.ts';
import { bodyOf, viewOf } from './body.ts';
import { emptyReply, jsonReply, type Reply, refusal } from './reply.ts';
import type { Moment } from './request-context.ts';
import { decoded } from './routes.ts';
import type { Manner, Operation, Outcome, Rules, VerboseKind } from './rules.ts';
import { phaseOf, type Task } from './task.ts';
import type { Tasks } from './tasks.ts';

/** What an operation needs of a request. */
export interface Asked {
  readonly operation: Operation;
  /** As it stands in the path; empty for the list. */
  readonly rawId: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** The value of `X-Result-TTL`. */
  readonly resultTtl: string | undefined;
}

export interface Service {
  readonly tasks: Tasks;
  readonly login: Login;
  readonly nowMs: () => number;
  /** When the clock was at zero, in milliseconds since 1970. */
  readonly epochMs: number;
  /** For what the cluster does by chance; 1 where it is left out. */
  readonly seed?: number;
}

/** Answers a request of an operation, by the rules. */
export function answer(asked: Asked, service: Service, rules: Rules, moment: Moment): Reply {
  const { auth, transport } = rules;
  const doubt = refusedFor(asked.operation, asked.authorization, service.login, auth);
  if (doubt === null) return perform(asked, service, rules, moment);
  if (auth.lookupFirst && asked.operation !== 'list' && !lookUp(asked, service, rules).task) {
    return refusal(rules[asked.operation].unknown, transport);
  }
  if (auth.actsAnyway[asked.operation].includes(doubt)) perform(asked, service, rules, moment);
  const challenge = auth.challenge === null ? {} : { 'WWW-Authenticate': auth.challenge };
  return refusal(auth.status[doubt], transport, challenge);
}

/** Performs an operation for whoever asks. */
export function perform(asked: Asked, service: Service, rules: Rules, moment: Moment): Reply {
  if (asked.operation === 'list') return list(service, rules, moment);
  const { task, status } = lookUp(asked, service, rules);
  if (!task) return refusal(status, rules.transport);
  return asked.operation === 'read'
    ? read(task, asked, service, rules, moment)
    : cancel(task, asked, service, rules);
}

/** The task that the path names, or the status that says that there is none. */
function lookUp(
  { operation, rawId, query }: Asked,
  { tasks }: Service,
  rules: Rules,
): { readonly task?: Task; readonly status: number } {
  const { unknown } = operation === 'cancel' ? rules.cancel : rules.read;
  const id = decoded(rawId);
  const refused = rules.ids.refuses(id);
  if (refused !== null) return { status: refused };
  const task = tasks.named(id, rules.ids);
  if (!task) return { status: unknown };
  const verbose = operation === 'read' && verboseKind(query.get('verbose')) === 'true';
  const forgets = rules.retention.forgottenBy[operation] && (rules.retention.forgottenByVerbose || !verbose);
  if (forgets && tasks.isExpired(task, rules.retention)) {
    return { status: operation === 'cancel' ? rules.cancel.expired : rules.read.expired(phaseOf(task)) };
  }
  return { task, status: 200 };
}

function list({ tasks, nowMs, epochMs }: Service, rules: Rules, moment: Moment): Reply {
  const { holds, times, lagMs, order, rewriteRow, answer: answered, status } = rules.list;
  const rows = [];
  for (const task of tasks.listed()) {
    const view = viewOf(task, nowMs() - lagMs);
    const gone = rules.retention.forgottenBy.list && tasks.isExpired(task, rules.retention);
    if (!holds[view.phase] || gone) continue;
    const row = rewriteRow(bodyOf(view, rules.task, epochMs, false), view, moment);
    for (let copy = 0; copy < times[view.phase]; copy++) rows.push(row);
  }
  if (order === 'newest first') rows.reverse();
  return jsonReply(status, answered(rows, moment), rules.transport.mediaType.list);
}

function read(task: Task, asked: Asked, service: Service, rules: Rules, moment: Moment): Reply {
  const { tasks, nowMs, epochMs } = service;
  const wanted = rules.read.verbose[verboseKind(asked.query.get('verbose'))];
  const { parse, assumes, malformed, heeds, holds } = rules.retention.readTtl;
  const ttlS = asked.resultTtl === undefined ? assumes : parse(asked.resultTtl);
  if (asked.resultTtl !== undefined && ttlS === null && malformed !== 'ignored') {
    return refusal(malformed, rules.transport);
  }
  if (typeof wanted === 'number') return refusal(wanted, rules.transport);
  const heeded = heeds(phaseOf(task), wanted === 'verbose') ? ttlS : null;
  tasks.noteRead(task, heeded, holds === 'until a plain read');
  const view = viewOf(task, nowMs() - rules.read.lagMs);
  const next = rules.read.moves(phaseOf(task));
  if (next) tasks.move(task, next);
  const status = rules.read.status[view.phase];
  if (status !== 200) return refusal(status, rules.transport);
  const body = bodyOf(view, rules.task, epochMs, wanted === 'verbose');
  const detailed = wanted === 'verbose' ? rules.read.rewriteVerbose(body, view, moment) : body;
  return jsonReply(200, rules.read.rewrite(detailed, view, moment), rules.transport.mediaType.read);
}

function verboseKind(value: string | null): VerboseKind {
  if (value === null) return 'absent';
  const said = value.toLowerCase();
  return said === 'true' || said === 'false' ? said : 'malformed';
}

function cancel(task: Task, { query }: Asked, { tasks }: Service, rules: Rules): Reply {
  const manner = rules.cancel.isForced(query.get('force')) ? 'forced' : 'graceful';
  const { status, acts, effect } = outcomeOf(task, manner, rules);
  if (acts) tasks.cancel(task, { ...rules.cancel.effect[manner], ...effect });
  if (status !== 200) return refusal(status, rules.transport);
  const said = rules.cancel.says(task.id);
  return said === undefined ? emptyReply(200) : jsonReply(200, said, rules.transport.mediaType.cancel);
}

function outcomeOf(task: Task, manner: Manner, { cancel: { outcome, failing, again } }: Rules): Outcome {
  const byPhase = outcome[phaseOf(task)][manner];
  if (task.cancelFails && byPhase.status === 200) return failing[manner];
  return task.cancelledMs === undefined ? byPhase : (again ?? byPhase);
}
