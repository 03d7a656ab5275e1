/**
 * Servers that keep the contract, each in its own way: no clause fails on them. Here those that differ in several choices;
 * those that differ in one, and on the wire, are in faithful.long.test.ts.
 */
import { describe, expect, test } from 'vitest';
import type { Carrier } from '../harness/http/client.ts';
import { fixedProvisioner, noProvisioner } from '../harness/provision/existing-tasks.ts';
import type { DirectReference } from '../harness/reference/reference.ts';
import type { Clock } from '../harness/reference/tasks.ts';
import { singleVariants, variants } from '../harness/reference/variants.ts';
import { gather } from '../harness/run/report.ts';
import { type SimulatedServer, simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { clausesThat, judged } from '../harness/testing/suites/verdicts.ts';

const single: ReadonlySet<string> = new Set(singleVariants.map(({ id }) => id));

test.each(variants.filter(({ id, onTheWire }) => !onTheWire && !single.has(id)))(
  '$id: $says',
  async ({ rules }) => {
    const events = await simulate((clock) => withoutNetwork({ clock, rules }));
    expect(clausesThat(events, 'fail')).toEqual([]);
    expect(judged(events).verdict).toBe('conformant');
  },
);

describe('a server whose tasks move by themselves', () => {
  const count = 40;
  /** Makes tasks that start, end and expire during a run, each at a time of its own. */
  function makeTasks({ tasks }: DirectReference): void {
    for (let index = 0; index < count; index++) {
      const [afterMs, laterMs] = [index * 130, index * 130 + 700];
      const end = { phase: index % 2 === 0 ? 'finished' : 'failed', afterMs: laterMs } as const;
      tasks.create({ id: `q${index}`, phase: 'queued', schedule: [{ phase: 'running', afterMs }, end] });
      tasks.create({
        id: `r${index}`,
        phase: 'running',
        schedule: [{ phase: 'committing', afterMs }, end],
      });
      tasks.create({ id: `f${index}`, phase: 'finished', resultTtlS: 1 + (index % 4) });
    }
  }
  const busy = (clock: Clock) => withoutNetwork({ clock }, makeTasks);
  const ids = (letter: string) =>
    Array.from({ length: count }, (_, index) => `${letter}${count - 1 - index}`);

  test('fails no clause in a run that only reads', async () => {
    const events = await simulate(busy, { provisioner: noProvisioner });
    expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
    expect(clausesThat(events, 'pass')).toEqual(expect.arrayContaining(['list.status.200', 'list.schema']));
  });

  test('fails no clause in a run on tasks that the user names', async () => {
    const tasks = {
      queued: ids('q'),
      running: ids('r'),
      finished: ids('f'),
      failed: ['gone-1', 'gone-2', 'gone-3'],
    };
    const events = await simulate(busy, { provisioner: () => fixedProvisioner(tasks) });
    expect(events.filter(({ type }) => type === 'cut-short')).toEqual([]);
    expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
    expect(clausesThat(events, 'pass')).toEqual(expect.arrayContaining(['list.status.200', 'status.queued']));
  });
});

const noCarrier: Carrier = () => {
  throw new Error('there is no carrier');
};

const idIn = (path: string): string => path.split('/')[3] ?? '';

/** A faithful server: of a task that was not read before, the response to the first cancel is lost; each later one takes a second. */
function losingFirstCancels(clock: Clock): SimulatedServer {
  const server = withoutNetwork({ clock, epochMs: 0 });
  const known = new Set<string>();
  return {
    ...server,
    carry: (call) => {
      const answer = async () => {
        const isFirst = !known.has(idIn(call.path));
        known.add(idIn(call.path));
        if (!isFirst) await clock.sleep(1000);
        const answered = await server.carry?.(call).answer;
        if (isFirst || !answered) throw new Error('read ECONNRESET');
        return answered;
      };
      const isCancel = call.path.includes('/actions/cancel');
      if (!isCancel) known.add(idIn(call.path));
      return isCancel ? { answer: answer(), abandon: () => {} } : (server.carry ?? noCarrier)(call);
    },
  };
}

test('a cancel whose response was lost may be the one of several that was accepted', async () => {
  const events = await simulate(losingFirstCancels, { selection: ['cancel.leaves'] });
  expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
  const twice = gather(events).checks.find(({ name }) => name.includes('times=2'));
  expect(twice).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('ECONNRESET') });
});

/** A faithful server: a read of an aged task that has a query takes 15 s until the server looks at it. */
function lookingLateAtAgedTasks(clock: Clock): SimulatedServer {
  const server = withoutNetwork({ clock });
  const aged = new Set<string>();
  return {
    ...server,
    carry: (call) => {
      const [, control, , , id = '', act] = call.path.split('/');
      if (control === '_control' && act === 'age') aged.add(id);
      const [read = '', query] = idIn(call.path).split('?');
      const carry = server.carry ?? noCarrier;
      if (query === undefined || !aged.has(read)) return carry(call);
      return { answer: clock.sleep(15_000).then(() => carry(call).answer), abandon: () => {} };
    },
  };
}

test('a read near the expiry that reaches the server after it accuses nothing', async () => {
  const events = await simulate((clock) => lookingLateAtAgedTasks(clock), { settings: { timeoutS: 30 } });
  expect(clausesThat(events, 'fail')).toEqual([]);
  expect(clausesThat(events, 'pass')).toContain('expiry.default.kept');
});
