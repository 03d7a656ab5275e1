/** Every clause of the task API's contract as a test of this project: `npx vitest run`, `npx vitest -t cancel`. */
import { describeConformance } from 'crdb-tasks-conformance/vitest';
import { afterAll, beforeAll } from 'vitest';
import { mock } from './mock.mjs';

const login = { user: 'me@example', password: 'no-secret' };
let server;
beforeAll(
  () =>
    new Promise((ready) => {
      server = mock(login).listen(0, '127.0.0.1', ready);
    }),
);
afterAll(() => server.close());

describeConformance({
  target: () => `http://127.0.0.1:${server.address().port}`,
  ...login,
  requireComplete: true,
});
