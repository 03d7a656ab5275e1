import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { startReference } from './reference.ts';
import { ask } from './requests-in.ts';

test('100,000 tasks are held, listed and read, within 400 MiB', async () => {
  await using cluster = await startReference({ clock: new FakeClock() });
  const before = process.memoryUsage().heapUsed;
  for (let made = 0; made < 100_000; made++) cluster.tasks.create({ id: `task-${made}`, phase: 'running' });
  const listing = await ask(cluster, 'GET', '/v1/crdb_tasks');
  const read = await ask(cluster, 'GET', '/v1/crdb_tasks/task-99999');
  const rows = Array.isArray(listing.json) ? listing.json.length : 0;
  const grownMiB = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  expect([rows, read.status, grownMiB < 400]).toEqual([100_000, 200, true]);
});
