import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ask, FakeClock } from '../testing/reference-client.ts';
import { curlLines, databaseLines, existingTasks } from './demo.ts';
import { startReference } from './reference.ts';

test('some of the existing tasks move by themselves, the others stay', async () => {
  const clock = new FakeClock();
  await using cluster = await startReference({ clock });
  for (const wanted of existingTasks) cluster.tasks.create(wanted);
  const statuses = async () => {
    const seen = [];
    for (const { id } of existingTasks) seen.push((await ask(cluster, 'GET', `/v1/crdb_tasks/${id}`)).json);
    return seen.map((task) => (task instanceof Object && 'status' in task ? task.status : task));
  };
  const first = await statuses();
  clock.pass(60_000);
  expect([first, await statuses()]).toEqual([
    ['queued', 'started', 'started', 'finished', 'failed', 'started', 'queued', 'started'],
    ['queued', 'started', 'started', 'finished', 'failed', 'started', 'finished', 'failed'],
  ]);
});

const run = promisify(execFile);
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

test.skipIf(!hasCurl)('each line can be pasted into a shell, and is answered as it should be', async () => {
  await using cluster = await startReference({ clock: new FakeClock() });
  const codes = [];
  for (const line of curlLines(cluster)) {
    const { stdout } = await run('sh', ['-c', `${line} -o /dev/null -w '%{http_code}'`]);
    codes.push(Number(stdout));
  }
  expect(codes).toEqual([201, 200, 200, 200, 201, 406, 200, 201, 409, 204, 200, 204]);
});

test.skipIf(!hasCurl)('so can those for a cluster whose tasks come by /v1/crdbs', async () => {
  await using cluster = await startReference({ clock: new FakeClock(), crdbs: {} });
  const said = [];
  for (const line of databaseLines(cluster)) said.push((await run('sh', ['-c', line])).stdout);
  expect(said).toEqual([
    '{"id":"task-1","status":"queued"}',
    expect.stringContaining('"status":"queued"'),
    '{"crdbs":[]}',
    expect.stringContaining('"state":"completed"'),
  ]);
});
