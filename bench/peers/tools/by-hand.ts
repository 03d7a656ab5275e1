/** The careful user's table in the languages of two tools that take YAML. */
import { stringify } from 'yaml';
import { type Step, steps } from '../careful.ts';
import type { Target } from '../peer.ts';

const bounds = ({ code }: Step): readonly [number, number] =>
  typeof code === 'number' ? [code, code] : code;
const password = ({ login }: Step, target: Target): string =>
  login === 'wrong password' ? 'wrong' : target.password;

/** @see https://docs.stepci.com: it can't ask again until something has come about, so those steps are left out */
export const stepCiFile = (target: Target): string =>
  stringify({
    version: '1.1',
    name: 'crdb_tasks',
    config: { continueOnFail: true },
    tests: { careful: { steps: steps.filter(({ withinS }) => withinS === undefined).map(stepCi(target)) } },
  });

const taskSchema = { type: 'object', required: ['id', 'status'] };
const listSchema = { type: 'array', items: taskSchema };

const stepCi = (target: Target) => (step: Step) => {
  const [least, most] = bounds(step);
  const { id, method, path, login, resultTtlS, body, task } = step;
  const schema = task
    ? { schema: taskSchema }
    : path.endsWith('tasks') && least === 200
      ? { schema: listSchema }
      : {};
  return {
    name: id,
    http: {
      url: target.url + path,
      method,
      ...(login === 'none'
        ? {}
        : { auth: { basic: { username: target.user, password: password(step, target) } } }),
      ...(resultTtlS === undefined ? {} : { headers: { 'X-Result-TTL': `${resultTtlS}` } }),
      ...(body ? { json: body } : {}),
      check: {
        status: least === most ? least : [{ gte: least }, { lte: most }],
        ...(task ? { jsonpath: { '$.id': task.id, '$.status': task.status } } : {}),
        ...schema,
      },
    },
  };
};

/** @see https://spec.openapis.org/arazzo/latest.html; codes, types and schemas are judged by the OpenAPI file too */
export const arazzoFile = (target: Target, openapi: string): string =>
  stringify({
    arazzo: '1.0.1',
    info: { title: 'crdb_tasks', version: '1.0.0' },
    sourceDescriptions: [{ name: 'api', type: 'openapi', url: openapi }],
    workflows: [{ workflowId: 'careful', steps: steps.map(arazzo(target)) }],
  });

const arazzo = (target: Target) => (step: Step, index: number) => {
  const [least, most] = bounds(step);
  const { id, login, resultTtlS, body, task, withinS } = step;
  const next = steps[index + 1];
  const secret = Buffer.from(`${target.user}:${password(step, target)}`).toString('base64');
  return {
    stepId: id,
    ...operation(step, target),
    ...(body ? { requestBody: { contentType: 'application/json', payload: body } } : {}),
    parameters: [
      ...(login === 'none' ? [] : [{ in: 'header', name: 'Authorization', value: `Basic ${secret}` }]),
      ...(resultTtlS === undefined ? [] : [{ in: 'header', name: 'X-Result-TTL', value: `${resultTtlS}` }]),
      ...inPath(step),
    ],
    successCriteria: [
      {
        condition:
          least === most ? `$statusCode == ${least}` : `$statusCode == ${least} || $statusCode == ${most}`,
      },
      ...(task ? [{ condition: `$response.body#/id == '${task.id}'` }] : []),
      ...(task ? [{ condition: `$response.body#/status == '${task.status}'` }] : []),
    ],
    onFailure: [
      ...(withinS === undefined
        ? []
        : [{ name: 'again', type: 'retry', retryAfter: 1, retryLimit: withinS }]),
      ...(next ? [{ name: 'on', type: 'goto', stepId: next.id }] : [{ name: 'end', type: 'end' }]),
    ],
  };
};

function operation({ method, path }: Step, target: Target): object {
  if (path.startsWith('/_control'))
    return { 'x-operation': { url: target.url + path, method: method.toLowerCase() } };
  const operationId = method === 'POST' ? 'cancelTask' : path.includes('tasks/') ? 'readTask' : 'listTasks';
  return { operationId: `$sourceDescriptions.api.${operationId}` };
}

function inPath({ path }: Step): readonly object[] {
  const [, taskId] = /^\/v1\/crdb_tasks\/([^/?]+)/.exec(path) ?? [];
  const asked = [...new URLSearchParams(path.split('?')[1])];
  return [
    ...(taskId === undefined ? [] : [{ in: 'path', name: 'task_id', value: taskId }]),
    ...asked.map(([name, value]) => ({ in: 'query', name, value: value === 'true' })),
  ];
}
