/** The three operations: a request comes in as plain data, a reply goes out. No network here. */
import { credentialFault, emptyReply, jsonReply, type Login, type Reply, refusalReply } from './messages.ts';
import type {
  Field,
  Manner,
  Operation,
  RequestContext,
  RequestOutcome,
  Rules,
  TaskBody,
  TaskRules,
  TransportRules,
  VerboseKind,
} from './rules.ts';
import { isEnded, type Phase, phaseOf, type Task, type TaskView, viewOf } from './task.ts';
import type { Tasks } from './tasks.ts';

/** What all requests to one cluster share. */
export interface Service {
  readonly tasks: Tasks;
  readonly login: Login;
  readonly nowMs: () => number;
  /** When the clock was at zero, in milliseconds since 1970. */
  readonly epochMs: number;
  /** For random behaviour. */
  readonly seed: number;
}

/** A request of an operation, with what answers it. */
export interface OperationCall {
  readonly operation: Operation;
  /** As it stands in the path; empty for the list. */
  readonly rawId: string;
  readonly authorization: string | undefined;
  readonly context: RequestContext;
  readonly service: Service;
  readonly rules: Rules;
}

/** Answers a request of an operation, by the rules. */
export function answer(call: OperationCall): Reply {
  const { operation, authorization, service, rules } = call;
  const { auth, transport } = rules;
  const fault = credentialFault(authorization, service.login, auth.schemeCase);
  const isAccepted = authorization !== undefined && auth.accepts(authorization, service.login);
  if (fault === null || isAccepted || auth.overlooks[operation].includes(fault)) return perform(call);
  if (auth.lookupFirst && operation !== 'list' && !lookUp(call).task) {
    return refusal(rules[operation].unknown, transport);
  }
  if (auth.actsAnyway[operation].includes(fault)) perform(call);
  const challenge = auth.challenge === null ? {} : { 'WWW-Authenticate': auth.challenge };
  return refusal(auth.status[fault], transport, challenge);
}

/** Performs an operation without a look at the credentials. */
export function perform(call: OperationCall): Reply {
  if (call.operation === 'list') return list(call);
  const { task, status } = lookUp(call);
  if (!task) return refusal(status, call.rules.transport);
  return call.operation === 'read' ? read(task, call) : cancel(task, call);
}

/** The task that the path names, or the status that answers for a missing one. */
function lookUp({ operation, rawId, context: { query }, service: { tasks }, rules }: OperationCall): {
  readonly task?: Task;
  readonly status: number;
} {
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

function list({ context, service: { tasks, nowMs, epochMs }, rules }: OperationCall): Reply {
  const { holds, times, lagMs, order, rewriteRow, answer: bodyOfRows, status } = rules.list;
  const rows = [];
  for (const task of tasks.listed()) {
    const view = viewOf(task, nowMs() - lagMs);
    const gone = rules.retention.forgottenBy.list && tasks.isExpired(task, rules.retention);
    if (!holds[view.phase] || gone) continue;
    const row = rewriteRow(bodyOf(view, rules.task, epochMs, false), view, context);
    for (let copy = 0; copy < times[view.phase]; copy++) rows.push(row);
  }
  if (order === 'newest first') rows.reverse();
  return jsonReply(status, bodyOfRows(rows, context), rules.transport.mediaType.list);
}

function read(task: Task, { context, service, rules }: OperationCall): Reply {
  const { tasks, nowMs, epochMs } = service;
  const { query, resultTtl } = context;
  const wanted = rules.read.verbose[verboseKind(query.get('verbose'))];
  const { parse, assumes, malformed, applies, holds } = rules.retention.readTtl;
  const ttlS = resultTtl === undefined ? assumes : parse(resultTtl);
  if (resultTtl !== undefined && ttlS === null && malformed !== 'ignored') {
    return refusal(malformed, rules.transport);
  }
  if (typeof wanted === 'number') return refusal(wanted, rules.transport);
  const applied = applies(phaseOf(task), wanted === 'verbose') ? ttlS : null;
  tasks.noteRead(task, applied, holds === 'until a plain read');
  const view = viewOf(task, nowMs() - rules.read.lagMs);
  const next = rules.read.moves(phaseOf(task));
  if (next) tasks.move(task, next);
  if (rules.read.forgets(phaseOf(task), wanted === 'verbose')) tasks.remove(task.id);
  const status = rules.read.status[view.phase];
  if (status !== 200) return refusal(status, rules.transport);
  const body = bodyOf(view, rules.task, epochMs, wanted === 'verbose');
  const detailed = wanted === 'verbose' ? rules.read.rewriteVerbose(body, view, context) : body;
  return jsonReply(200, rules.read.rewrite(detailed, view, context), rules.transport.mediaType.read);
}

function verboseKind(value: string | null): VerboseKind {
  if (value === null) return 'absent';
  const said = value.toLowerCase();
  return said === 'true' || said === 'false' ? said : 'malformed';
}

function cancel(task: Task, { context, service: { tasks }, rules }: OperationCall): Reply {
  const manner = rules.cancel.isForced(context.query.get('force')) ? 'forced' : 'graceful';
  const { status, acts, effect } = outcomeOf(task, manner, rules);
  if (acts) tasks.cancel(task, { ...rules.cancel.effect[manner], ...effect });
  if (status !== 200) return refusal(status, rules.transport);
  const said = rules.cancel.says(task.id);
  return said === undefined ? emptyReply(200) : jsonReply(200, said, rules.transport.mediaType.cancel);
}

function outcomeOf(
  task: Task,
  manner: Manner,
  { cancel: { outcome, failing, again } }: Rules,
): RequestOutcome {
  const byPhase = outcome[phaseOf(task)][manner];
  if (task.cancelFails && byPhase.status === 200) return failing[manner];
  return task.cancelledMs === undefined ? byPhase : (again ?? byPhase);
}

/**
 * A task as the API shows it, made from facts only, so that reads of a task at rest agree.
 * @param epochMs when the cluster's clock was at zero, in milliseconds since 1970
 */
function bodyOf(view: TaskView, rules: TaskRules, epochMs: number, verbose: boolean): TaskBody {
  const named = rules.fields[view.phase];
  const fields = verbose ? [...named, ...verboseFields] : named;
  const body: Record<string, unknown> = { id: view.id, status: rules.status[view.phase] };
  for (const field of fields) {
    const value = fieldValue[field](view, (atMs) => rules.timestamp(epochMs + atMs));
    if (value !== undefined) body[field] = value;
    else if (rules.absent === 'null') body[field] = null;
  }
  return body;
}

const verboseFields: readonly Field[] = ['progress', 'worker_name'];

type Stamp = (atMs: number) => unknown;

const step: Readonly<Record<Phase, string>> = {
  queued: 'waiting for a worker',
  running: 'applying the change',
  committing: 'committing the change',
  finished: 'done',
  failed: 'stopped',
};

const fieldValue: Readonly<Record<Field, (view: TaskView, stamp: Stamp) => unknown>> = {
  crdb_guid: ({ guid }) => guid,
  operation: () => 'update_crdb',
  started: ({ marks }, stamp) => stampOf(marks.find(({ phase }) => phase !== 'queued')?.atMs, stamp),
  ended: ({ marks, cancelledMs }, stamp) =>
    stampOf(marks.find(({ phase }) => isEnded(phase))?.atMs ?? cancelledMs, stamp),
  errors: ({ phase, cancelledMs }) =>
    phase === 'failed' || cancelledMs !== undefined ? [error(cancelledMs !== undefined)] : undefined,
  progress: ({ phase }) => ({
    clusters: [
      { name: 'cluster1.local', progress: step[phase] },
      { name: 'cluster2.local', progress: step[phase] },
    ],
    worker: step[phase],
  }),
  worker_name: ({ phase }) => (phase === 'queued' ? undefined : 'crdb_worker:1'),
};

const stampOf = (atMs: number | undefined, stamp: Stamp): unknown =>
  atMs === undefined ? undefined : stamp(atMs);

const error = (cancelled: boolean) => ({
  cluster_name: 'cluster1.local',
  description: cancelled ? 'The task was cancelled.' : 'The change could not be applied.',
  error_code: cancelled ? 'task_cancelled' : 'task_failed',
});

const refusals: Readonly<Record<number, readonly [code: string, text: string]>> = {
  400: ['bad_request', 'The request is malformed.'],
  401: ['unauthorized', 'Valid credentials are needed.'],
  404: ['task_not_found', 'There is no such task.'],
  405: ['method_not_allowed', 'The path does not know this method.'],
  406: ['task_not_cancellable', 'The task can no longer be cancelled.'],
  409: ['cancel_failed', 'The task could not be cancelled.'],
};

export const refusal = (status: number, { refusalBody }: TransportRules, headers?: Reply['headers']): Reply =>
  refusalReply(status, refusalBody, refusals[status] ?? ['refused', 'The request was refused.'], headers);

/** The id that a raw segment of a path spells; one with broken escapes stands for itself, and names no task. */
export function decoded(rawId: string): string {
  try {
    return decodeURIComponent(rawId);
  } catch {
    return rawId;
  }
}
