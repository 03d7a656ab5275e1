/**
 * The task control protocol 1 as a router for Express: a test harness makes, moves and ages tasks with it. Mount it
 * behind your own check of credentials: app.use('/_control/v1', control(tasks)).
 *
 * You write `tasks`: find(id) returns a task with its `phase`, or undefined; create({ id, phase, resultTtlS,
 * cancelFails }) may return { crdbGuid }; move(id, phase), age(id, seconds) and remove(id) change a task. The same object
 * is a provisioner for runConformance and describeConformance.
 */
import express from 'express';

const phases = ['queued', 'running', 'committing', 'finished', 'failed'];
const isEnded = (phase) => phase === 'finished' || phase === 'failed';
const isForward = (from, to) => !isEnded(from) && phases.indexOf(to) > phases.indexOf(from);
const isSeconds = (value) => Number.isFinite(value) && value >= 0;

/** Whether a body has these fields and no others. A missing field is undefined. */
const holds = (body, fields) =>
  typeof body === 'object' &&
  body !== null &&
  Object.keys(body).every((key) => key in fields) &&
  Object.entries(fields).every(([key, fits]) => fits(body[key]));

const newTask = {
  id: (id) => /^[A-Za-z0-9._~-]{1,64}$/.test(id ?? ''),
  phase: (phase) => phases.includes(phase),
  result_ttl: (ttl) => ttl === undefined || (Number.isInteger(ttl) && ttl >= 0),
  cancel_fails: (fails) => fails === undefined || typeof fails === 'boolean',
};

export function control(tasks) {
  const router = express.Router();
  router.use(express.json());
  router.get('/', (_, answer) =>
    answer.json({ protocol: 1, phases, age: tasks.age !== undefined, cancel_failure: true }),
  );
  router.post('/tasks', async ({ body }, answer) => {
    if (!holds(body, newTask)) return answer.sendStatus(400);
    const { id, phase, result_ttl: resultTtlS, cancel_fails: cancelFails } = body;
    if (tasks.find(id)) return answer.sendStatus(409);
    const made = await tasks.create({ id, phase, resultTtlS, cancelFails });
    return answer.status(201).json({ id, crdb_guid: made?.crdbGuid });
  });
  router.post('/tasks/:id/phase', async ({ params: { id }, body }, answer) => {
    if (!holds(body, { phase: newTask.phase })) return answer.sendStatus(400);
    const task = tasks.find(id);
    if (!task) return answer.sendStatus(404);
    if (!isForward(task.phase, body.phase)) return answer.sendStatus(409);
    await tasks.move(id, body.phase);
    return answer.sendStatus(204);
  });
  router.post('/tasks/:id/age', async ({ params: { id }, body }, answer) => {
    if (!holds(body, { seconds: isSeconds })) return answer.sendStatus(400);
    if (!tasks.find(id)) return answer.sendStatus(404);
    await tasks.age(id, body.seconds);
    return answer.sendStatus(204);
  });
  router.delete('/tasks/:id', async ({ params: { id } }, answer) => {
    await tasks.remove(id);
    return answer.sendStatus(204);
  });
  return router;
}
