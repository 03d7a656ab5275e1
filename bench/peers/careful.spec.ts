/** The careful user's requests in vitest, with an OpenAPI matcher. No test of ours: bench/peers/vitest.ts runs it. */
import { fileURLToPath } from 'node:url';
import request from 'supertest';
import { expect, test, vi } from 'vitest';
import vitestOpenApi from 'vitest-openapi';
import { type Step, steps } from './careful.ts';

vitestOpenApi(fileURLToPath(new URL('../../spec/openapi.yaml', import.meta.url)));
const { PEER_URL = '', PEER_USER = '', PEER_PASSWORD = '' } = process.env;

async function ask({ method, path, login = 'right', resultTtlS, body }: Step) {
  let asked = method === 'GET' ? request(PEER_URL).get(path) : request(PEER_URL).post(path);
  if (login !== 'none') asked = asked.auth(PEER_USER, login === 'right' ? PEER_PASSWORD : 'wrong');
  if (resultTtlS !== undefined) asked = asked.set('X-Result-TTL', `${resultTtlS}`);
  if (method === 'POST') asked = asked.set('Content-Type', 'application/json');
  return body ? await asked.send(body) : await asked;
}

test.each(steps)('$id', { timeout: 15_000 }, async (step) => {
  const [least, most] = typeof step.code === 'number' ? [step.code, step.code] : step.code;
  const check = async () => {
    const answer = await ask(step);
    expect(answer.status).toBeGreaterThanOrEqual(least);
    expect(answer.status).toBeLessThanOrEqual(most);
    if (!step.path.startsWith('/_control')) expect(answer).toSatisfyApiSpec();
    if (step.task) expect(answer.body).toMatchObject(step.task);
  };
  if (step.withinS === undefined) await check();
  else await vi.waitFor(check, { timeout: step.withinS * 1000, interval: 500 });
});
