/** A mock of the Active-Active task API, in memory. `node serve.mjs` serves it; a test calls `mock()`. */
import { randomUUID } from 'node:crypto';
import express from 'express';
import { control } from './control.mjs';

const statuses = { queued: 'queued', running: 'started', committing: 'started' }; // the other phases have the name of their status
const isEnded = ({ phase }) => phase === 'finished' || phase === 'failed';
const overForS = ({ agedS, endedMs }) => agedS + (performance.now() - endedMs) / 1000;

export function mock({ user = 'mock@example', password = 'no-secret' } = {}) {
  const all = new Map();
  const tasks = {
    find: (id) => [all.get(id)].find((task) => task && !(isEnded(task) && overForS(task) >= task.ttlS)),
    create({ id, phase, resultTtlS: ttlS = 500, cancelFails }) {
      all.set(id, { id, crdbGuid: randomUUID(), ttlS, cancelFails, agedS: 0 });
      return tasks.move(id, phase);
    },
    move: (id, phase) => Object.assign(all.get(id), { phase, endedMs: performance.now() }),
    age(id, seconds) {
      all.get(id).agedS += seconds;
    },
    remove: (id) => all.delete(id),
  };
  const shown = (task) => ({
    id: task.id,
    crdb_guid: task.crdbGuid,
    status: statuses[task.phase] ?? task.phase,
  });

  const app = express();
  app.use(({ headers: { authorization = '' } }, answer, next) => {
    const [scheme, login = ''] = authorization.split(' ');
    const isKnown = Buffer.from(login, 'base64').toString() === `${user}:${password}`;
    if (isKnown && scheme.toLowerCase() === 'basic') return next();
    return answer.set('WWW-Authenticate', 'Basic realm="mock"').sendStatus(401);
  });
  app.use('/_control/v1', control(tasks));
  app.param('id', (request, answer, next, id) => {
    request.task = tasks.find(id);
    return request.task ? next() : answer.sendStatus(404);
  });
  app.get('/v1/crdb_tasks', (_, answer) => {
    answer.json([...all.keys()].flatMap((id) => tasks.find(id) ?? []).map(shown));
  });
  app.get('/v1/crdb_tasks/:id', ({ task, query, headers: { 'x-result-ttl': ttl = '' } }, answer) => {
    if (/^\d+$/.test(ttl)) task.ttlS = Number(ttl);
    answer.json({ ...shown(task), ...(query.verbose === 'true' ? { operation: 'update' } : {}) });
  });
  app.post('/v1/crdb_tasks/:id/actions/cancel', ({ task, query: { force } }, answer) => {
    if (isEnded(task) || (task.phase === 'committing' && force !== 'true')) return answer.sendStatus(406);
    if (task.cancelFails) return answer.sendStatus(409);
    tasks.move(task.id, 'failed');
    return answer.json({});
  });
  // Express's error handler: a malformed escape in an id, or a body that is no JSON.
  app.use((error, _request, answer, _next) => answer.sendStatus(error.status ?? 500));
  return app;
}
