import { expect, test } from 'vitest';
import type { Request } from '../model/requests.ts';
import { phases, Unreachable } from '../model/task.ts';
import { answerTo, lost, shownAs, type Told } from '../testing/exchange-samples.ts';
import { noProvisioner } from './none.ts';

function readOnly(told: Told) {
  const sent: Request[] = [];
  const none = noProvisioner({
    send: async (request) => {
      sent.push(request);
      return answerTo(request, 0, told);
    },
  });
  return { none, sent };
}

test.each(phases)('no task is made: %s', async (phase) => {
  const { none, sent } = readOnly({ body: [] });
  await expect(none.provision(phase)).rejects.toThrow(`none: read-only, makes no ${phase} task`);
  expect(sent).toEqual([]);
});

test.each([
  { phase: 'queued', status: 'queued' },
  { phase: 'running', status: 'started' },
  { phase: 'finished', status: 'finished' },
  { phase: 'failed', status: 'failed' },
] as const)('a $phase task is one that the list shows as $status', async ({ phase, status }) => {
  const others = ['queued', 'started', 'finished', 'failed'].map((one) => ({
    id: `other-${one}`,
    status: one,
  }));
  const body = [...others.filter((other) => other.status !== status), shownAs(status)];
  const { none, sent } = readOnly({ body });
  expect(await none.existing(phase)).toEqual({ id: '7', held: false, history: [{ phase }], agedS: 0 });
  expect(sent).toMatchObject([{ method: 'GET', operation: 'list' }]);
});

test('nothing that the list shows is surely committing', async () => {
  const { none } = readOnly({ body: [shownAs('started')] });
  await expect(none.existing('committing')).rejects.toThrow(
    'none: the list shows no committing task to look at',
  );
});

test.each<{ what: string; told: Told }>([
  { what: 'an empty list', told: { body: [] } },
  { what: 'a lost one', told: lost },
  { what: 'no list', told: { body: {} } },
  { what: 'a refusal', told: { status: 401, body: [shownAs('started')] } },
])('$what shows no task to look at', async ({ told }) => {
  await expect(readOnly(told).none.existing('running')).rejects.toThrow(Unreachable);
});

test('nothing is removed, moved or aged', async () => {
  const { none, sent } = readOnly({ body: [] });
  await none.remove({ id: '7', held: false, history: [], agedS: 0 });
  expect([none.moves, none.ages, sent]).toEqual([undefined, undefined, []]);
});

test.each(['', '.', '..', 'x'.repeat(1001), '\ud800'])(
  'a task is not looked at that no path can name: %j',
  async (id) => {
    const row = { id, status: 'started' };
    await expect(readOnly({ body: [row] }).none.existing('running')).rejects.toThrow(Unreachable);
    const { none } = readOnly({ body: [row, { id: '../../etc/passwd', status: 'started' }] });
    expect((await none.existing('running')).id).toBe('../../etc/passwd');
  },
);
