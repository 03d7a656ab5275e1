import { expect, test } from 'vitest';
import { FakeClock } from '../testing/reference-client.ts';
import { rules } from './contract.ts';
import { control } from './control.ts';
import type { Rules } from './rules.ts';
import { phaseOf } from './task.ts';
import { Tasks } from './tasks.ts';

/** A cluster with a running task `runs`, an ended one `done` and an expired one `gone`. */
function cluster(change: Partial<Rules> = {}) {
  const clock = new FakeClock();
  const tasks = new Tasks(clock);
  tasks.create({ id: 'runs', phase: 'running' });
  tasks.create({ id: 'done', phase: 'finished' });
  tasks.age(tasks.create({ id: 'gone', phase: 'finished' }), 500);
  const send = (method: string, path: string, body?: unknown) =>
    control(
      method,
      `/_control/v1${path}`,
      body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      tasks,
      { ...rules, ...change },
    );
  return { tasks, send };
}

test('it says what it can do', () => {
  expect(JSON.parse(cluster().send('GET', '').body)).toEqual({
    protocol: 1,
    phases: ['queued', 'running', 'committing', 'finished', 'failed'],
    age: true,
    cancel_failure: true,
  });
});

test.each([
  { method: 'POST', path: '/tasks', body: { phase: 'running' }, status: 201 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'A.z_0~-' }, status: 201 },
  {
    method: 'POST',
    path: '/tasks',
    body: { phase: 'failed', result_ttl: 0, cancel_fails: true },
    status: 201,
  },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'x'.repeat(64) }, status: 201 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'x'.repeat(65) }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: '' }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'a/b' }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 7 }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'started' }, status: 400 },
  { method: 'POST', path: '/tasks', body: {}, status: 400 },
  { method: 'POST', path: '/tasks', body: [], status: 400 },
  { method: 'POST', path: '/tasks', body: 'no JSON', status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', result_ttl: 1.5 }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', result_ttl: -1 }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', cancel_fails: 'yes' }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', colour: 'red' }, status: 400 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'runs' }, status: 409 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'done' }, status: 409 },
  { method: 'POST', path: '/tasks', body: { phase: 'running', id: 'gone' }, status: 201 },
  { method: 'POST', path: '/tasks/runs/phase', body: { phase: 'committing' }, status: 204 },
  { method: 'POST', path: '/tasks/runs/phase', body: { phase: 'queued' }, status: 409 },
  { method: 'POST', path: '/tasks/runs/phase', body: { phase: 'running' }, status: 409 },
  { method: 'POST', path: '/tasks/done/phase', body: { phase: 'failed' }, status: 409 },
  { method: 'POST', path: '/tasks/runs/phase', body: { phase: 'ended' }, status: 400 },
  { method: 'POST', path: '/tasks/runs/phase', body: {}, status: 400 },
  { method: 'POST', path: '/tasks/missing/phase', body: { phase: 'finished' }, status: 404 },
  { method: 'POST', path: '/tasks/done/age', body: { seconds: 499 }, status: 204 },
  { method: 'POST', path: '/tasks/runs/age', body: { seconds: 0 }, status: 204 },
  { method: 'POST', path: '/tasks/gone/age', body: { seconds: 1 }, status: 204 },
  { method: 'POST', path: '/tasks/done/age', body: { seconds: -1 }, status: 400 },
  { method: 'POST', path: '/tasks/done/age', body: { seconds: '9' }, status: 400 },
  { method: 'POST', path: '/tasks/done/age', body: {}, status: 400 },
  { method: 'POST', path: '/tasks/missing/age', body: { seconds: 1 }, status: 404 },
  { method: 'DELETE', path: '/tasks/runs', body: undefined, status: 204 },
  { method: 'DELETE', path: '/tasks/missing', body: undefined, status: 204 },
  { method: 'GET', path: '/tasks/runs', body: undefined, status: 405 },
  { method: 'GET', path: '/tasks', body: undefined, status: 405 },
  { method: 'POST', path: '', body: {}, status: 405 },
  { method: 'GET', path: '/elsewhere', body: undefined, status: 404 },
  { method: 'POST', path: '/tasks/runs/dance', body: {}, status: 404 },
  { method: 'POST', path: '/tasks/runs/age/more', body: {}, status: 404 },
])('$method $path $body → $status', ({ method, path, body, status }) => {
  expect(cluster().send(method, path, body).status).toBe(status);
});

test('what it makes is what was asked for', () => {
  const { tasks, send } = cluster();
  const made: unknown = JSON.parse(
    send('POST', '/tasks', { phase: 'queued', id: 'new', result_ttl: 60 }).body,
  );
  const task = tasks.get('new');
  expect([made, task?.resultTtlS, task && phaseOf(task)]).toEqual([
    { id: 'new', crdb_guid: task?.guid },
    60,
    'queued',
  ]);
});

test('it deletes, and deletes again', () => {
  const { tasks, send } = cluster();
  const statuses = [send('DELETE', '/tasks/runs'), send('DELETE', '/tasks/runs')].map(({ status }) => status);
  expect([statuses, tasks.get('runs')]).toEqual([[204, 204], undefined]);
});

test('a task whose cancel was accepted is not moved', () => {
  const { tasks, send } = cluster();
  const task = tasks.get('runs');
  if (task) tasks.cancel(task, rules.cancel.effect.graceful);
  expect(send('POST', '/tasks/runs/phase', { phase: 'finished' }).status).toBe(409);
});

test('by its rules it forgets expired tasks, and names no guid', () => {
  const { send } = cluster({ control: { ...rules.control, knowsExpired: false, namesGuid: false } });
  expect([
    send('POST', '/tasks/gone/age', { seconds: 1 }).status,
    JSON.parse(send('POST', '/tasks', { phase: 'queued', id: 'new' }).body),
  ]).toEqual([404, { id: 'new' }]);
});
