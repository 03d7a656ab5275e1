/**
 * Task control protocol 1: how a test makes, moves and ages tasks. It follows the protocol whatever the rules say about
 * the three operations, so that a mutant is wrong in one thing only.
 */
import { emptyReply, jsonReply, objectIn, type Reply, refusalReply } from './messages.ts';
import type { Rules } from './rules.ts';
import { type Phase, phases, type Task } from './task.ts';
import type { NewTask, Tasks } from './tasks.ts';

export const controlPath = '/_control/v1';

const refuse = (status: 400 | 404 | 405 | 409, description: string, headers: Reply['headers'] = {}): Reply =>
  refusalReply(status, 'error', ['task_control', description], headers);

/** @param path below the target, from `/_control/v1` on, without its query; @param body as it came */
export function control(method: string, path: string, body: string, tasks: Tasks, rules: Rules): Reply {
  const segments = path.slice(controlPath.length).split('/').slice(1);
  const [collection, id, action, ...rest] = segments;
  if (collection === undefined) return allowing('GET', method, announce);
  if (collection !== 'tasks' || rest.length > 0) return refuse(404, 'The protocol has no such path.');
  if (id === undefined) return allowing('POST', method, () => make(body, tasks, rules));
  if (action === undefined) return allowing('DELETE', method, () => remove(id, tasks, rules));
  const change = action === 'phase' ? move : action === 'age' ? age : undefined;
  if (!change) return refuse(404, 'The protocol has no such path.');
  return allowing('POST', method, () => {
    const task = tasks.get(id);
    const known = task && (rules.control.knowsExpired || !tasks.isExpired(task, rules.retention));
    return known ? change(task, body, tasks) : refuse(404, `There is no task ${id}.`);
  });
}

const allowing = (allowed: string, method: string, act: () => Reply): Reply =>
  method === allowed ? act() : refuse(405, `Only ${allowed} is supported here.`, { Allow: allowed });

const announce = (): Reply => jsonReply(200, { protocol: 1, phases, age: true, cancel_failure: true });

function make(text: string, tasks: Tasks, rules: Rules): Reply {
  const wanted = newTaskIn(text);
  if (typeof wanted === 'string') return refuse(400, wanted);
  const before = wanted.id === undefined ? undefined : tasks.get(wanted.id);
  if (before && !tasks.isExpired(before, rules.retention)) return refuse(409, `The id ${before.id} exists.`);
  const { id, guid } = tasks.create(wanted);
  return jsonReply(201, rules.control.namesGuid ? { id, crdb_guid: guid } : { id });
}

function move(task: Task, text: string, tasks: Tasks): Reply {
  const body = fieldsIn(text, ['phase']);
  if (!body || !isPhase(body.phase)) return refuse(400, `A body {"phase"} is expected, one of ${phases}.`);
  return tasks.move(task, body.phase) ? emptyReply(204) : refuse(409, 'A task only moves forward.');
}

function age(task: Task, text: string, tasks: Tasks): Reply {
  const seconds = fieldsIn(text, ['seconds'])?.seconds;
  if (!isSeconds(seconds)) return refuse(400, 'A body {"seconds"} is expected, a number from 0.');
  tasks.age(task, seconds);
  return emptyReply(204);
}

function remove(id: string, tasks: Tasks, { control: { removedStaysListed } }: Rules): Reply {
  tasks.remove(id, removedStaysListed);
  return emptyReply(204);
}

/** The task that a body describes, or what is wrong with the body. */
function newTaskIn(text: string): NewTask | string {
  const body = fieldsIn(text, ['phase', 'id', 'result_ttl', 'cancel_fails']);
  if (!body) return 'A JSON object with phase, id, result_ttl and cancel_fails is expected.';
  const { phase, id, result_ttl: resultTtlS, cancel_fails: cancelFails } = body;
  if (!isPhase(phase)) return `phase must be one of ${phases}.`;
  if (id !== undefined && !(typeof id === 'string' && /^[A-Za-z0-9._~-]{1,64}$/.test(id))) {
    return 'id must match [A-Za-z0-9._~-]{1,64}.';
  }
  if (resultTtlS !== undefined && !(isSeconds(resultTtlS) && Number.isInteger(resultTtlS))) {
    return 'result_ttl must be a whole number from 0.';
  }
  if (cancelFails !== undefined && typeof cancelFails !== 'boolean') return 'cancel_fails must be a boolean.';
  return {
    phase,
    ...(id === undefined ? {} : { id }),
    ...(resultTtlS === undefined ? {} : { resultTtlS }),
    ...(cancelFails === undefined ? {} : { cancelFails }),
  };
}

const isPhase = (value: unknown): value is Phase => phases.some((phase) => phase === value);
const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** The object in a text, or undefined where there is none or it has an unknown key. */
function fieldsIn(text: string, known: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const object = objectIn(text);
  return object && Object.keys(object).every((key) => known.includes(key)) ? object : undefined;
}
