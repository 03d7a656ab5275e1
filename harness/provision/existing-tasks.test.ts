import { describe, expect, test } from 'vitest';
import { Unreachable } from '../model/errors.ts';
import type { Request } from '../model/requests.ts';
import { phases } from '../model/task.ts';
import { answerTo, lost, shownAs, type Told } from '../testing/exchange-samples.ts';
import { fixedProvisioner, noProvisioner } from './existing-tasks.ts';

const ids = { running: ['a', 'b', 'c'], finished: ['f'], failed: [] };

describe('tasks that the user hands over', () => {
  test('each is given out once, in the order of the configuration, the first for reading alone', async () => {
    const fixed = fixedProvisioner(ids);
    expect((await fixed.provision('running')).id).toBe('b');
    expect((await fixed.provision('running')).id).toBe('c');
    await expect(fixed.provision('running')).rejects.toThrow(
      'fixed: all tasks in phase running are used; configure more',
    );
    expect((await fixed.existing('running')).id).toBe('a');
    expect((await fixed.existing('running')).id).toBe('a');
  });

  test('the resource log hears of each that is given out, and of none that is only read', async () => {
    const held: string[] = [];
    const fixed = fixedProvisioner(ids).forRequester?.({
      send: () => Promise.reject(new Error('nothing is sent')),
      newId: () => 'none is made',
      wait: async () => {},
      hold: (id) => held.push(id),
    });
    await fixed?.existing('running');
    await fixed?.provision('running');
    expect(held).toEqual(['b']);
  });

  test('the one for reading is never given out to be changed', async () => {
    const fixed = fixedProvisioner(ids);
    await expect(fixed.provision('finished')).rejects.toThrow(Unreachable);
    expect((await fixed.existing('finished')).id).toBe('f');
  });

  test('one that is named twice is still one', async () => {
    const fixed = fixedProvisioner({ running: ['a', 'a', 'b', 'b'] });
    expect((await fixed.provision('running')).id).toBe('b');
    await expect(fixed.provision('running')).rejects.toThrow(Unreachable);
  });

  test('move by themselves, and nobody knows since when they are in their phase', async () => {
    expect(await fixedProvisioner(ids).existing('running')).toEqual({
      id: 'a',
      held: false,
      history: [{ phase: 'running' }],
      agedS: 0,
    });
  });

  test.each(['queued', 'failed'] as const)('a phase without any is out of reach: %s', async (phase) => {
    const fixed = fixedProvisioner(ids);
    await expect(fixed.existing(phase)).rejects.toThrow(Unreachable);
    await expect(fixed.provision(phase)).rejects.toThrow(Unreachable);
    expect([...fixed.reaches]).toEqual(['running', 'finished']);
    expect(fixed.capabilities).toEqual(['running', 'finished']);
  });

  test.each([{ resultTtlS: 60 }, { cancelFails: true }])('a wish is out of reach: %o', async (wish) => {
    const fixed = fixedProvisioner(ids);
    await expect(fixed.provision('running', wish)).rejects.toThrow(Unreachable);
    expect((await fixed.provision('running')).id).toBe('b');
  });

  test('can be neither moved nor aged, and stay when the run is over', async () => {
    const fixed = fixedProvisioner(ids);
    expect([fixed.moves, fixed.ages]).toEqual([undefined, undefined]);
    await fixed.remove(await fixed.existing('running'));
    expect((await fixed.existing('running')).id).toBe('a');
  });
});

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
  await expect(none.provision(phase)).rejects.toThrow(
    `none: the run is read-only and makes no ${phase} task`,
  );
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
  await expect(none.existing('committing')).rejects.toThrow('none: the list shows no committing task');
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
