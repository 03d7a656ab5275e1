/** The monitor as a function, as a vendor's test suite uses it. */
import { expect, onTestFinished, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { mutants } from '../reference/mutants.ts';
import { startReference } from '../reference/reference.ts';
import { type MonitorConformanceOptions, monitorConformance } from './monitor.ts';

const login = { user: 'me', password: 'correct-horse-battery' };
const headers = { authorization: `Basic ${btoa(`${login.user}:${login.password}`)}` };

async function started(options: MonitorConformanceOptions) {
  const monitor = await monitorConformance(options);
  onTestFinished(() => monitor.close());
  return monitor;
}

async function exercise(url: string, id: string): Promise<void> {
  await fetch(`${url}/_control/v1/tasks`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ id, phase: 'committing' }),
  });
  await fetch(`${url}/v1/crdb_tasks/${id}/actions/cancel`, { method: 'POST', headers });
  await fetch(`${url}/v1/crdb_tasks/${id}`, { headers });
}

test('returns the report of what the tests did', async () => {
  await using target = await startReference({ clock: realClock(), ...login });
  const monitor = await started({ target: target.url, soleClient: true, control: true });
  await exercise(monitor.url, 't-1');
  const { verdict, clauses } = await monitor.verdict();
  expect(verdict).toBe('incomplete');
  expect(clauses.find(({ id }) => id === 'cancel.commit-phase.refused')?.verdict).toBe('pass');
  expect(monitor.violations).toEqual([]);
});

test('throws where the traffic breaks the contract', async () => {
  const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
  if (!rules) throw new Error('there is no such mutant');
  await using target = await startReference({ clock: realClock(), ...login, rules });
  const monitor = await started({ target: target.url, soleClient: true, control: true });
  await exercise(monitor.url, 't-1');
  await expect(monitor.verdict()).rejects.toThrow(/breaks the contract.*cancel\.commit-phase\.refused/s);
  expect(monitor.violations).toEqual([expect.stringContaining('cancel.commit-phase.refused: ')]);
});

test('its end waits for what is being judged, and may come twice', async () => {
  const rules = mutants.find(({ id }) => id === 'cancels-in-commit')?.rules;
  if (!rules) throw new Error('there is no such mutant');
  await using target = await startReference({ clock: realClock(), ...login, rules });
  const monitor = await started({ target: target.url, soleClient: true, control: true });
  await exercise(monitor.url, 't-1');
  await monitor.close();
  expect(monitor.violations).toEqual([expect.stringContaining('cancel.commit-phase.refused: ')]);
  await monitor.close();
});

test('a mock that was reset may use an id again', async () => {
  const monitor = await started({ target: 'http://127.0.0.1:1', soleClient: true });
  monitor.forget();
  monitor.forget();
  expect((await monitor.verdict()).run.traffic?.unused).toEqual({
    'the target was reset: what was known of tasks is forgotten there': 2,
  });
});
