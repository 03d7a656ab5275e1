import { describe, expect, test } from 'vitest';
import { bracket } from '../judge/bracket.ts';
import { endOf } from '../judge/ending.ts';
import { shownStatus, showsStatus } from '../judge/shown.ts';
import { sampleLedger } from '../ledger/ledger-samples.ts';
import { defaultSettings, type Settings } from '../options/settings.ts';
import type { Provisioner, Task } from '../provision/provisioner.ts';
import { cancelOf, lost, shownAs, taskIn } from '../samples/exchange-samples.ts';
import { provisionerOf, worldOf } from '../samples/stage-samples.ts';
import { cancel, read } from '../worlds/requests.ts';
import { Scene } from './scene.ts';
import { CutShort, type Stage } from './stage.ts';

interface Told {
  readonly world?: ReturnType<typeof worldOf>;
  readonly provisioner?: Provisioner;
  readonly settings?: Partial<Settings>;
  readonly authenticates?: boolean;
  readonly tag?: string;
  readonly sentFor?: string;
}

function sceneOf({
  world = worldOf(),
  provisioner = provisionerOf(),
  settings = {},
  authenticates = true,
  tag = 'tag',
  sentFor = 'sample (once)',
}: Told = {}) {
  const over = new AbortController();
  const told: Task[] = [];
  const waits: number[] = [];
  const stage: Stage = {
    world,
    provisioner,
    settings: { ...defaultSettings, ...settings },
    authenticates,
    tag,
    slowestEffectMs: 0,
    ledger: sampleLedger(tag),
    readsOnly: false,
    cutShort: over.signal,
    removed: new Set(),
    tellTask: (task) => told.push(task),
  };
  const scene = new Scene(stage, sentFor, (waitMs) => waits.push(waitMs));
  return { scene, stage, world, told, waits, cutShort: () => over.abort() };
}

/** A world in which task 7 shows `before`, and from an instant on `after`. */
const changing = (atMs: number, before = 'started', after = 'failed') =>
  worldOf(({ operation }, nowMs) =>
    operation === 'read' ? { body: shownAs(nowMs >= atMs ? after : before) } : { body: [] },
  );

const { ages: _ages, ...ageless } = provisionerOf({ name: 'fixed' });
const { moves: _moves, ...moveless } = provisionerOf({ name: 'fixed' });

describe('what is sent, and made, for a check', () => {
  const asking = () => {
    const ids: string[] = [];
    const provisioner: Provisioner = {
      ...provisionerOf(),
      askedBy: ({ newId }) => {
        ids.push(...Array.from({ length: 200 }, newId));
        return provisioner;
      },
    };
    return { provisioner, ids };
  };

  test('says so', async () => {
    const { scene, world } = sceneOf();
    await scene.send(read(taskIn('running')));
    expect(world.sent).toMatchObject([{ sentFor: 'sample (once)' }]);
  });

  test('has ids that are well-formed, never the same, and none of which begins another', () => {
    const [one, other] = [asking(), asking()];
    sceneOf({ provisioner: one.provisioner });
    sceneOf({ provisioner: other.provisioner, sentFor: 'sample (twice)' });
    const ids = [...one.ids, ...other.ids];
    expect(new Set(ids).size).toBe(400);
    expect(ids.filter((id) => !/^[A-Za-z0-9._~-]{1,64}$/.test(id))).toEqual([]);
    expect(ids.filter((id) => ids.some((longer) => longer !== id && longer.startsWith(id)))).toEqual([]);
  });

  test('has the same ids where the same run is judged again, and others in another run', () => {
    const [one, again, other] = [asking(), asking(), asking()];
    sceneOf({ provisioner: one.provisioner });
    sceneOf({ provisioner: again.provisioner });
    sceneOf({ provisioner: other.provisioner, tag: 'other' });
    expect(again.ids).toEqual(one.ids);
    expect(other.ids.filter((id) => one.ids.includes(id))).toEqual([]);
  });
});

describe('watching', () => {
  test.each([
    { slowestEffectMs: 0, leastMs: 2000, why: 'at least 2 s' },
    { slowestEffectMs: 1000, leastMs: 2000, why: 'a quick target is watched no less' },
    { slowestEffectMs: 4000, leastMs: 6000, why: 'half as long again as the slowest effect' },
  ])('lasts $leastMs ms: $why', async ({ slowestEffectMs, leastMs }) => {
    const { scene, stage, world } = sceneOf();
    stage.slowestEffectMs = slowestEffectMs;
    const reads = await scene.watch(taskIn('running'));
    const [first] = reads;
    const lastedMs = (reads.at(-1)?.sentAt ?? 0) - (first?.sentAt ?? 0);
    expect(lastedMs).toBeGreaterThanOrEqual(leastMs);
    expect(lastedMs).toBeLessThan(leastMs + 10);
    expect(reads).toHaveLength(4);
    expect(world.sent).toHaveLength(4);
  });

  test('lasts longer where a slower effect is seen meanwhile', async () => {
    const { scene, stage, world } = sceneOf();
    const watching = scene.watch(taskIn('running'));
    await world.wait(1000);
    stage.slowestEffectMs = 10_000;
    expect((await watching).at(-1)?.sentAt).toBeGreaterThanOrEqual(15_000);
  });
});

describe('settling', () => {
  test('stops at once when it shows', async () => {
    const { scene, world } = sceneOf({ world: changing(0) });
    expect(await scene.settle(taskIn('running'), showsStatus('failed'))).toHaveLength(1);
    expect(world.now().latestMs).toBe(0);
  });

  test('reads until it shows, and no longer', async () => {
    const { scene } = sceneOf({ world: changing(3000) });
    const reads = await scene.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.filter((exchange) => shownStatus(exchange) === 'failed')).toHaveLength(1);
    expect(reads.at(-1)?.sentAt).toBeLessThanOrEqual(3501);
  });

  test('gives up after the settle time, with a last read beyond it', async () => {
    const { scene } = sceneOf({ world: changing(60_000), settings: { settleS: 3 } });
    const reads = await scene.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.at(-1)?.sentAt).toBeGreaterThan(3000);
    expect(reads.at(-1)?.sentAt).toBeLessThan(3010);
  });

  test('a list settles too', async () => {
    const { scene, world } = sceneOf();
    await scene.settleList(() => true);
    expect(world.sent.map(({ operation }) => operation)).toEqual(['list']);
  });
});

describe('the effect of a cancel', () => {
  test('is awaited after an accepted one, and the slowest is remembered', async () => {
    const { scene, stage } = sceneOf({ world: changing(3000) });
    const reads = await scene.effect(cancelOf(200, { sentAt: 0, receivedAt: 0 }), taskIn('running'));
    expect(stage.slowestEffectMs).toBe(reads.at(-1)?.receivedAt);
    expect(stage.slowestEffectMs).toBeGreaterThanOrEqual(3000);
    stage.slowestEffectMs = 9000;
    await scene.effect(cancelOf(200, { sentAt: 3000, receivedAt: 3000 }), taskIn('running'));
    expect(stage.slowestEffectMs).toBe(9000);
  });

  test.each([
    { why: 'it was refused', answer: cancelOf(406) },
    { why: 'its answer was lost', answer: cancelOf(200, lost) },
  ])('is not awaited where $why', async ({ answer }) => {
    const { scene, world } = sceneOf();
    expect(await scene.effect(answer, taskIn('running'))).toEqual([]);
    expect(world.sent).toEqual([]);
  });

  test('that never shows is no measure', async () => {
    const { scene, stage } = sceneOf({ world: changing(60_000) });
    await scene.effect(cancelOf(200), taskIn('running'));
    expect(stage.slowestEffectMs).toBe(0);
  });
});

describe('elapsing', () => {
  test('ages by what is missing alone: what has passed counts', async () => {
    const provisioner = provisionerOf();
    const { scene, world } = sceneOf({ provisioner });
    const task = await scene.provision('finished');
    await world.wait(10_500);
    await scene.send(read(task)); // a scene knows the time by its answers
    const aged = await scene.elapse(task, 60);
    const again = await scene.elapse(aged, 70);
    await scene.elapse(again, 65);
    expect(provisioner.done).toEqual(['make 1 finished', 'age 1 by 50', 'age 1 by 10']);
  });

  test('of a task that has not ended, only what it was aged by counts', async () => {
    const provisioner = provisionerOf();
    const { scene, world } = sceneOf({ provisioner });
    const task = await scene.provision('running');
    await world.wait(10_000);
    await scene.elapse(await scene.elapse(task, 60), 90);
    expect(provisioner.done).toEqual(['make 1 running', 'age 1 by 60', 'age 1 by 30']);
  });

  test.each<{ profile: Settings['profile']; ageS: number; waitsS: number | undefined; why: string }>([
    { profile: 'quick', ageS: 60, waitsS: undefined, why: 'quick waits for no retention' },
    { profile: 'full', ageS: 502, waitsS: 502, why: 'full waits out the default retention' },
    { profile: 'full', ageS: 511, waitsS: undefined, why: 'and nothing longer' },
    { profile: 'nightly', ageS: 502, waitsS: 502, why: 'nightly waits as full does' },
  ])('$ageS s where the target can not age: $why', async ({ profile, ageS, waitsS }) => {
    const { scene, world } = sceneOf({ provisioner: ageless, settings: { profile } });
    const elapsing = scene.elapse(taskIn('finished'), ageS);
    if (waitsS === undefined) await expect(elapsing).rejects.toThrow("fixed: can't age a task (age)");
    else await elapsing;
    expect(Math.floor(world.now().latestMs / 1000)).toBe(waitsS === undefined ? 0 : waitsS);
  });

  test('really waits in any profile where the check asks for it', async () => {
    const { scene, world } = sceneOf();
    await scene.elapse(taskIn('finished'), 3, 'waiting');
    expect(world.now().latestMs).toBeGreaterThan(3910);
  });

  test('a task whose end is not known can not be waited for', async () => {
    const { scene } = sceneOf();
    const unknown = taskIn('finished', { history: [{ phase: 'finished' }] });
    await expect(scene.elapse(unknown, 3, 'waiting')).rejects.toThrow('it is not known when this task ended');
  });
});

test('when a task ended, less the time by which it was aged', () => {
  expect(endOf(taskIn('failed', { agedS: 60 }))).toEqual(bracket(900 - 60_000, 910 - 60_000));
  expect(() => endOf(taskIn('committing'))).toThrow('it is not known when this task ended');
});

describe('moving', () => {
  test.each([
    { status: 200, moved: false, why: 'an accepted cancel is the target’s to carry out' },
    { status: 406, moved: true, why: 'a refused one changes nothing' },
  ])('after a cancel that was answered $status: $why', async ({ status, moved }) => {
    const provisioner = provisionerOf();
    const { scene } = sceneOf({ provisioner, world: worldOf(() => ({ status })) });
    const [task, neighbour] = [await scene.provision('running'), await scene.provision('running')];
    await scene.send(cancel(task));
    await scene.move(task, 'finished');
    await scene.move(neighbour, 'finished');
    const moves = provisioner.done.filter((done) => done.startsWith('move'));
    expect(moves).toEqual([...(moved ? ['move 1 finished'] : []), 'move 2 finished']);
  });

  test('an id that is escaped in the path is known again', async () => {
    const provisioner = provisionerOf();
    const { scene } = sceneOf({ provisioner });
    const task = taskIn('running', { id: 'a:b/c d' });
    await scene.send(cancel(task));
    await scene.move(task, 'finished');
    expect(provisioner.done).toEqual([]);
  });

  test('is out of reach where the provisioner can not', async () => {
    const { scene } = sceneOf({ provisioner: moveless });
    await expect(scene.move(taskIn('running'), 'finished')).rejects.toThrow("fixed: can't move a task on");
  });
});

describe('a steady task', () => {
  test.each([
    { held: true, phase: 'running', steady: true },
    { held: false, phase: 'running', steady: false },
    { held: false, phase: 'queued', steady: false },
    { held: false, phase: 'finished', steady: true },
    { held: false, phase: 'failed', steady: true },
  ] as const)('held: $held, $phase: $steady', async ({ held, phase, steady }) => {
    const provisioner = provisionerOf({ existing: async () => taskIn(phase, { held }) });
    const { scene } = sceneOf({ provisioner });
    if (steady) await expect(scene.steady(phase)).resolves.toMatchObject({ id: '7' });
    else await expect(scene.steady(phase)).rejects.toThrow('moves by itself');
  });
});

describe('what could do harm', () => {
  test('a wrong password is tried only with the control protocol', async () => {
    const world = worldOf();
    const elsewhere = sceneOf({ world, provisioner: ageless }).scene;
    const trying = elsewhere.sendAs(read({ id: '7' }), 'wrong password');
    await expect(trying).rejects.toThrow('could lock the account');
    expect(world.sent).toEqual([]);
    await sceneOf({ world }).scene.sendAs(read({ id: '7' }), 'wrong password');
    expect(world.sent).toMatchObject([{ credentials: 'wrong password' }]);
  });

  test('no credentials are tried on a target that is declared to know none', async () => {
    const { scene, world } = sceneOf({ authenticates: false });
    await expect(scene.sendAs(read({ id: '7' }), 'none')).rejects.toThrow('--no-auth');
    expect(world.sent).toEqual([]);
  });

  test.each([
    { provisioner: provisionerOf(), allowForce: false, may: true },
    { provisioner: ageless, allowForce: true, may: true },
    { provisioner: ageless, allowForce: false, may: false },
  ])('$provisioner.name, allowed: $allowForce: a forced cancel in the commit phase: $may', (row) => {
    const { scene } = sceneOf({ provisioner: row.provisioner, settings: { allowForce: row.allowForce } });
    if (row.may) expect(scene.mayForce).not.toThrow();
    else expect(scene.mayForce).toThrow('--allow-force');
  });
});

describe('after the run was cut short', () => {
  const task = taskIn('finished');
  test.each<{ name: string; does: (scene: Scene) => Promise<unknown> }>([
    { name: 'send', does: (scene) => scene.send(read(task)) },
    { name: 'sendAs', does: (scene) => scene.sendAs(read(task), 'none') },
    { name: 'provision', does: (scene) => scene.provision('running') },
    { name: 'existing', does: (scene) => scene.existing('running') },
    { name: 'move', does: (scene) => scene.move(task, 'finished') },
    { name: 'elapse', does: (scene) => scene.elapse(task, 60) },
    { name: 'wait', does: (scene) => scene.wait(5, 'a test') },
    { name: 'watch', does: (scene) => scene.watch(task) },
    { name: 'settle', does: (scene) => scene.settle(task, () => false) },
  ])('$name does nothing', async ({ does }) => {
    const provisioner = provisionerOf();
    const { scene, world, cutShort } = sceneOf({ provisioner });
    cutShort();
    await expect(does(scene)).rejects.toThrow(CutShort);
    expect([world.sent, provisioner.done]).toEqual([[], []]);
  });

  test('a wait ends at once', async () => {
    const { scene, world, cutShort } = sceneOf();
    const waiting = scene.wait(500_000, 'a test');
    cutShort();
    await expect(waiting).rejects.toThrow(CutShort);
    expect(world.now().latestMs).toBe(0);
  });

  test('tasks are given back all the same, whatever comes of it', async () => {
    const removed: string[] = [];
    const provisioner = provisionerOf({
      async remove({ id }) {
        removed.push(id);
        throw new TypeError('gone');
      },
    });
    const { scene, cutShort } = sceneOf({ provisioner });
    await scene.provision('running');
    await scene.existing('queued');
    cutShort();
    await scene.dismiss();
    expect(removed).toEqual(['1', '2']);
  });
});

test('what was sent is noted with the statuses that are fair for it', async () => {
  const { scene } = sceneOf();
  await scene.send(read({ id: '7' }, { tolerates: [400] }));
  await scene.send(read({ id: '7' }));
  expect(scene.sent.map(({ tolerates }) => tolerates)).toEqual([[400], []]);
});

test('every task is told of, as it was made and as it is', async () => {
  const { scene, told } = sceneOf();
  const task = await scene.provision('queued');
  await scene.elapse(await scene.move(task, 'finished'), 60);
  expect(told.map(({ history, agedS }) => [history.at(-1)?.phase, agedS])).toEqual([
    ['queued', 0],
    ['finished', 0],
    ['finished', 60],
  ]);
  expect([...scene.removed]).toEqual([]);
  await scene.dismiss();
  expect([...scene.removed]).toEqual(['1']);
});

test('a task that is still being made when the check ends is given back too', async () => {
  const { scene, stage } = sceneOf();
  const making = scene.provision('running');
  await scene.dismiss();
  expect([...stage.removed]).toEqual([(await making).id]);
});

describe('tasks that a lost answer may have made', () => {
  const doubting = () => {
    const provisioner = { ...provisionerOf(), doubtful: [taskIn('running')] };
    return { provisioner, ...sceneOf({ provisioner }) };
  };

  test('are removed, and again when the run is over: the request may be late on its way', async () => {
    const { scene, provisioner } = doubting();
    expect(await scene.dismiss()).toBe(false);
    expect(await scene.dismiss()).toBe(true);
    expect(provisioner.done).toEqual(['remove 7', 'remove 7']);
  });

  test('are not surely gone then: a list may hold them', async () => {
    const { scene, stage } = doubting();
    await scene.dismiss();
    expect([...stage.removed]).toEqual([]);
  });
});

describe('settling', () => {
  /** A world that takes so long for each answer, and shows the change from an instant on. */
  const slow = (answerMs: number, changesMs: number) => {
    const world = worldOf((_, nowMs) => ({
      body: shownAs(nowMs >= changesMs ? 'failed' : 'started'),
      receivedAt: nowMs + answerMs,
    }));
    const send: typeof world.send = async (request) => {
      const exchange = await world.send(request);
      await world.wait(answerMs);
      return exchange;
    };
    return { ...world, send };
  };

  test.each([
    { answerMs: 0, why: 'a fast target' },
    { answerMs: 900, why: 'a slow one' },
    { answerMs: 11_000, why: 'one whose first answer was on its way for longer than that' },
  ])('goes on until a read that was sent after the settle time: $why', async ({ answerMs }) => {
    const { scene } = sceneOf({ world: slow(answerMs, Number.POSITIVE_INFINITY) });
    const reads = await scene.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.at(-1)?.sentAt).toBeGreaterThan(10_000);
    expect(reads.at(-1)?.sentAt).toBeLessThan(10_000 + 2 * answerMs + 10);
  });

  test('the time in which the harness itself stood still is not the target’s', async () => {
    const world = worldOf((_, nowMs) => ({ body: shownAs(nowMs >= 60_100 ? 'failed' : 'started') }));
    let stalled = false;
    const stalling = {
      ...world,
      async wait(ms: number) {
        await world.wait(ms + (stalled ? 0 : 60_000)); // the task changes right after it
        stalled = true;
      },
    };
    const { scene } = sceneOf({ world: stalling });
    const reads = await scene.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.map(shownStatus).at(-1)).toBe('failed');
  });
});

test('retention and patience as the judges take them', () => {
  const { scene } = sceneOf({ settings: { graceS: 3, settleS: 4 } });
  expect(scene.retention(60)).toEqual({ ttlMs: 60_000, graceMs: 3000 });
  expect(scene.gone(60, 1)).toBe(64);
  expect(scene.settleMs).toBe(4000);
});

test('a wait is told of with its length, one that is over already is not', async () => {
  const { scene, waits, world } = sceneOf();
  await scene.wait(500, 'a test');
  await scene.waitUntil(100, 'a test');
  expect([waits, world.now().latestMs]).toEqual([[501], 501]);
});

test('of several requests at once, those that nobody waits for any more reject unheard', async () => {
  const { scene, cutShort } = sceneOf();
  const sending = [scene.send(read(taskIn('running'))), scene.send(read(taskIn('running')))];
  cutShort();
  await expect(sending[0]).rejects.toThrow(CutShort);
  await new Promise((resolve) => setImmediate(resolve)); // an unheard one would end the test run here
});
