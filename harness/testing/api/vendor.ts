/** A vendor's test file, which vitest runs in a process of its own for vitest.test.ts. */
import { afterAll, beforeAll } from 'vitest';
import { describeConformance } from '../../api/vitest.ts';
import { realClock } from '../../http/clock.ts';
import { mutants } from '../../reference/mutants.ts';
import { type Reference, startReference } from '../../reference/reference.ts';
import { provisionerOf } from './own-provisioner.ts';

const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
let good: Reference;
let bad: Reference;
beforeAll(async () => {
  const options = { clock: realClock(), epochMs: Date.now() };
  good = await startReference(options);
  bad = await startReference({ ...options, ...(rules ? { rules } : {}) });
});
afterAll(async () => {
  await good.close();
  await bad.close();
});

const login = { user: 'admin@cluster.local', password: 'reference-password' };
const clause = ['cancel.commit-phase.refused', 'read.status.404'];

describeConformance({
  ...login,
  name: 'good',
  target: () => good.url,
  clause,
  out: process.env.OUT ?? '',
  provision: {
    create: (task) => provisionerOf(good).create(task),
    move: (id, phase) => provisionerOf(good).move(id, phase),
    remove: (id) => provisionerOf(good).remove?.(id),
  },
});
describeConformance({ ...login, name: 'bad', target: () => bad.url, clause });
describeConformance({
  ...login,
  name: 'lax',
  target: () => good.url,
  clause: [...clause, 'list.status.200'],
  provision: 'none',
});
describeConformance({
  ...login,
  name: 'complete',
  target: () => good.url,
  clause: [...clause, 'list.status.200'],
  provision: 'none',
  requireComplete: true,
});
describeConformance({ ...login, name: 'absent', target: 'http://127.0.0.1:9', clause });
describeConformance({ ...login, name: 'hurried', target: () => good.url, maxDurationS: 0.001 });
