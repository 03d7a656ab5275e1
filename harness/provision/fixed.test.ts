import { describe, expect, test } from 'vitest';
import { Unreachable } from '../model/task.ts';
import { fixedProvisioner } from './fixed.ts';

const ids = { running: ['a', 'b', 'c'], finished: ['f'], failed: [] };

describe('tasks that the user hands over', () => {
  test('each is given out once, in the order of the configuration, the first for reading alone', async () => {
    const fixed = fixedProvisioner(ids);
    expect((await fixed.provision('running')).id).toBe('b');
    expect((await fixed.provision('running')).id).toBe('c');
    await expect(fixed.provision('running')).rejects.toThrow(
      'fixed: no task in phase running is left; configure more',
    );
    expect((await fixed.existing('running')).id).toBe('a');
    expect((await fixed.existing('running')).id).toBe('a');
  });

  test('the resource log hears of each that is given out, and of none that is only read', async () => {
    const held: string[] = [];
    const fixed = fixedProvisioner(ids).askedBy?.({
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
