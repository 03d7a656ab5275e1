/** A broken server costs a bounded time. In simulated time, which no busy machine prolongs. */
import { expect, test } from 'vitest';
import { takingS } from '../reference/crdbs-options.ts';
import { mutants } from '../reference/mutants.ts';
import { gather } from '../run/report.ts';
import { simulate, withoutNetwork } from './simulation.ts';

const mostS = 25;

test.each(['cancels-all', 'cancels-failed-before', 'cancel-forgets-ended-tasks'])(
  '%s: checks that go one by one wait for a bounded time, and say which clause made them go so',
  async (mutant) => {
    const rules = mutants.find(({ id }) => id === mutant)?.rules;
    const { exchanges, checks } = gather(
      await simulate((clock) => withoutNetwork({ clock, ...(rules ? { rules } : {}) })),
    );
    expect(Math.max(...exchanges.map(({ receivedAt }) => receivedAt))).toBeLessThan(mostS * 1000);
    expect(checks).toContainEqual(
      expect.objectContaining({ clause: 'cancel.that-task-alone', verdict: 'fail' }),
    );
    const leftOut = checks.filter(({ reason }) => reason?.startsWith('left out'));
    expect(leftOut.length).toBeGreaterThan(0);
    for (const { verdict, because } of leftOut)
      expect({ verdict, because }).toEqual({ verdict: 'inconclusive', because: 'cancel.that-task-alone' });
  },
);

test.each(['default-245-and-slow', 'failed-245-and-slow'])(
  '%s, which takes 7 s for some answers: checks that take long are left out, because of the broken clause',
  async (mutant) => {
    const rules = mutants.find(({ id }) => id === mutant)?.rules;
    const { exchanges, checks } = gather(
      await simulate((clock) => withoutNetwork({ clock, ...(rules ? { rules } : {}) })),
    );
    expect(Math.max(...exchanges.map(({ receivedAt }) => receivedAt))).toBeLessThan(60_000);
    for (const { verdict, because } of checks.filter(({ reason }) => reason.startsWith('left out')))
      expect({ verdict, because }).toEqual({ verdict: 'inconclusive', because: expect.any(String) });
  },
);

test('read-failed-is-500 on a cluster, where many checks wait for what never shows: the run ends after 5 minutes', async () => {
  const rules = mutants.find(({ id }) => id === 'read-failed-is-500')?.rules;
  const { exchanges, checks } = gather(
    await simulate(
      (clock) => withoutNetwork({ clock, crdbs: { takesMs: takingS(1) }, ...(rules ? { rules } : {}) }),
      { crdbs: {} },
    ),
  );
  expect(Math.max(...exchanges.map(({ receivedAt }) => receivedAt))).toBeLessThan(360_000);
  const leftOut = checks.filter(({ reason }) => reason.startsWith('left out'));
  expect(leftOut.length).toBeGreaterThan(0);
  for (const { verdict, because, reason } of leftOut) {
    expect({ verdict, because }).toEqual({ verdict: 'inconclusive', because: 'read.status.200' });
    expect(reason).toContain('the run has taken 5 min');
  }
});
