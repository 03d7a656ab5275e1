import { describe, expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import { endOf } from '../judge/judge.ts';
import { shownStatus, showsStatus } from '../judge/shown.ts';
import { bracket } from '../model/bracket.ts';
import { LostRace } from '../model/errors.ts';
import { cancel, read } from '../model/requests.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import type { Task } from '../model/task.ts';
import type { Provisioner } from '../provision/provisioner.ts';
import { provisionerOf, worldOf } from '../testing/context-samples.ts';
import { cancelOf, lost, shownAs, taskIn } from '../testing/exchange-samples.ts';
import { sampleResourceLog } from '../testing/resource-log-samples.ts';
import { CheckContext } from './check-context.ts';
import type { RunContext } from './run-context.ts';
import { CutShort, TimeBudget } from './time-budget.ts';

const validators = loadValidators();

interface Told {
  readonly environment?: ReturnType<typeof worldOf>;
  readonly provisioner?: Provisioner;
  readonly settings?: Partial<Settings>;
  readonly authenticates?: boolean;
  readonly tag?: string;
  readonly sentFor?: string;
}

function sceneOf({
  environment = worldOf(),
  provisioner = provisionerOf(),
  settings = {},
  authenticates = true,
  tag = 'tag',
  sentFor = 'sample (once)',
}: Told = {}) {
  const over = new AbortController();
  const told: Task[] = [];
  const waits: number[] = [];
  const runContext: RunContext = {
    environment,
    provisioner,
    settings: { ...defaultSettings, ...settings },
    validators,
    authenticates,
    tag,
    slowestEffectMs: 0,
    resourceLog: sampleResourceLog(tag),
    readsOnly: false,
    cutShort: over.signal,
    removed: new Set(),
    timeBudget: new TimeBudget(),
    recordAssignment: () => {},
    recordTask: (task) => told.push(task),
  };
  const context = new CheckContext(runContext, sentFor, (waitMs) => waits.push(waitMs));
  return { context, runContext, environment, told, waits, cutShort: () => over.abort() };
}

/** A environment in which task 7 shows `before`, and from an instant on `after`. */
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
      forRequester: ({ newId }) => {
        ids.push(...Array.from({ length: 200 }, newId));
        return provisioner;
      },
    };
    return { provisioner, ids };
  };

  test('says so', async () => {
    const { context, environment } = sceneOf();
    await context.send(read(taskIn('running')));
    expect(environment.sent).toMatchObject([{ sentFor: 'sample (once)' }]);
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

describe('a task with the id of an earlier one', () => {
  const { provision: _provision, ...rest } = provisionerOf();
  /** Gives tasks the id that is wished. */
  const wishing = (removal: 'gone' | 'not' | 'lost') => {
    const done: string[] = [];
    const provisioner: Provisioner = {
      ...rest,
      async provision(phase, { id = '7' } = {}) {
        done.push(`make ${id} ${phase}`);
        return { ...taskIn(phase), id };
      },
      async remove({ id }) {
        done.push(`remove ${id}`);
        return removal;
      },
    };
    return { provisioner, done };
  };

  test('is made after that one was removed, and is removed itself at the end', async () => {
    const { provisioner, done } = wishing('gone');
    const { context, runContext } = sceneOf({ provisioner });
    const again = await context.again(await context.provision('finished'), 'running');
    expect(again).toMatchObject({ id: '7', history: [{ phase: 'running' }] });
    expect(runContext.removed).toEqual(new Set());
    await context.dismiss();
    expect(done).toEqual(['make 7 finished', 'remove 7', 'make 7 running', 'remove 7']);
    expect(runContext.removed).toEqual(new Set(['7']));
  });

  test.each(['not', 'lost'] as const)('is not made where that one could not be removed: %s', async (why) => {
    const { provisioner, done } = wishing(why);
    const { context } = sceneOf({ provisioner });
    const earlier = await context.provision('finished');
    await expect(context.again(earlier, 'running')).rejects.toMatchObject({ byChance: why === 'lost' });
    expect(done).toEqual(['make 7 finished', 'remove 7']);
  });
});

describe('watching', () => {
  test.each([
    { slowestEffectMs: 0, leastMs: 2000, why: 'at least 2 s' },
    { slowestEffectMs: 1000, leastMs: 2000, why: 'a quick target is watched no less' },
    { slowestEffectMs: 4000, leastMs: 6000, why: 'half as long again as the slowest effect' },
  ])('lasts $leastMs ms: $why', async ({ slowestEffectMs, leastMs }) => {
    const { context, runContext, environment } = sceneOf();
    runContext.slowestEffectMs = slowestEffectMs;
    const reads = await context.watch(taskIn('running'));
    const [first] = reads;
    const lastedMs = (reads.at(-1)?.sentAt ?? 0) - (first?.sentAt ?? 0);
    expect(lastedMs).toBeGreaterThanOrEqual(leastMs);
    expect(lastedMs).toBeLessThan(leastMs + 10);
    expect(reads).toHaveLength(4);
    expect(environment.sent).toHaveLength(4);
  });

  test('lasts longer where a slower effect is seen meanwhile', async () => {
    const { context, runContext, environment } = sceneOf();
    const watching = context.watch(taskIn('running'));
    await environment.wait(1000);
    runContext.slowestEffectMs = 10_000;
    expect((await watching).at(-1)?.sentAt).toBeGreaterThanOrEqual(15_000);
  });
});

describe('settling', () => {
  test('stops at once when it shows', async () => {
    const { context, environment } = sceneOf({ environment: changing(0) });
    expect(await context.settle(taskIn('running'), showsStatus('failed'))).toHaveLength(1);
    expect(environment.now().latestMs).toBe(0);
  });

  test('reads until it shows, and no longer', async () => {
    const { context } = sceneOf({ environment: changing(3000) });
    const reads = await context.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.filter((exchange) => shownStatus(exchange) === 'failed')).toHaveLength(1);
    expect(reads.at(-1)?.sentAt).toBeLessThanOrEqual(3501);
  });

  test('gives up after the settle time, with a last read beyond it', async () => {
    const { context } = sceneOf({ environment: changing(60_000), settings: { settleS: 3 } });
    const reads = await context.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.at(-1)?.sentAt).toBeGreaterThan(3000);
    expect(reads.at(-1)?.sentAt).toBeLessThan(3010);
  });

  test('a list settles too', async () => {
    const { context, environment } = sceneOf();
    await context.settleList(() => true);
    expect(environment.sent.map(({ operation }) => operation)).toEqual(['list']);
  });
});

describe('the effect of a cancel', () => {
  test('is awaited after an accepted one, and the slowest is remembered', async () => {
    const { context, runContext } = sceneOf({ environment: changing(3000) });
    const reads = await context.effect(cancelOf(200, { sentAt: 0, receivedAt: 0 }), taskIn('running'));
    expect(runContext.slowestEffectMs).toBe(reads.at(-1)?.receivedAt);
    expect(runContext.slowestEffectMs).toBeGreaterThanOrEqual(3000);
    runContext.slowestEffectMs = 9000;
    await context.effect(cancelOf(200, { sentAt: 3000, receivedAt: 3000 }), taskIn('running'));
    expect(runContext.slowestEffectMs).toBe(9000);
  });

  test.each([
    { why: 'it was refused', answer: cancelOf(406) },
    { why: 'its answer was lost', answer: cancelOf(200, lost) },
  ])('is not awaited where $why', async ({ answer }) => {
    const { context, environment } = sceneOf();
    expect(await context.effect(answer, taskIn('running'))).toEqual([]);
    expect(environment.sent).toEqual([]);
  });

  test('that never shows is no measure', async () => {
    const { context, runContext } = sceneOf({ environment: changing(60_000) });
    await context.effect(cancelOf(200), taskIn('running'));
    expect(runContext.slowestEffectMs).toBe(0);
  });
});

describe('a task that the provisioner may not change any more', () => {
  const refusal = () => Promise.reject(new LostRace('the control protocol failed', { byChance: false }));
  test.each([
    { status: 404, says: 'the task is gone: GET /v1/crdb_tasks/1 answered 404' },
    { status: 200, says: 'the control protocol failed' },
  ])('is read: $status', async ({ status, says }) => {
    const provisioner = provisionerOf({ moves: { move: refusal }, ages: { age: refusal } });
    const { context, environment } = sceneOf({ provisioner, environment: worldOf(() => ({ status })) });
    const task = await context.provision('finished');
    await expect(context.elapse(task, 60)).rejects.toThrow(says);
    await expect(context.move(task, 'failed')).rejects.toThrow(says);
    expect(environment.sent.map(({ operation }) => operation)).toEqual(['read', 'read']);
  });
});

describe('elapsing', () => {
  test('ages by what is missing alone: what has passed counts', async () => {
    const provisioner = provisionerOf();
    const { context, environment } = sceneOf({ provisioner });
    const task = await context.provision('finished');
    await environment.wait(10_500);
    await context.send(read(task)); // a context knows the time by its answers
    const aged = await context.elapse(task, 60);
    const again = await context.elapse(aged, 70);
    await context.elapse(again, 65);
    expect(provisioner.done).toEqual(['make 1 finished', 'age 1 by 50', 'age 1 by 10']);
  });

  test('of a task that has not ended, only what it was aged by counts', async () => {
    const provisioner = provisionerOf();
    const { context, environment } = sceneOf({ provisioner });
    const task = await context.provision('running');
    await environment.wait(10_000);
    await context.elapse(await context.elapse(task, 60), 90);
    expect(provisioner.done).toEqual(['make 1 running', 'age 1 by 60', 'age 1 by 30']);
  });

  test('by ageing is out of reach where the target can not age', async () => {
    const { context, environment } = sceneOf({ provisioner: ageless });
    await expect(context.elapse(taskIn('finished'), 60)).rejects.toThrow('fixed: can’t age a task');
    expect(environment.now().latestMs).toBeLessThan(1000);
  });

  test('really waits in any profile where the check asks for it', async () => {
    const { context, environment } = sceneOf();
    await context.elapse(taskIn('finished'), 3, 'waiting');
    expect(environment.now().latestMs).toBeGreaterThan(3910);
  });

  test('a task whose end is not known can not be waited for', async () => {
    const { context } = sceneOf();
    const unknown = taskIn('finished', { history: [{ phase: 'finished' }] });
    await expect(context.elapse(unknown, 3, 'waiting')).rejects.toThrow(
      'the end time of this task is not known',
    );
  });
});

test('when a task ended, less the time by which it was aged', () => {
  expect(endOf(taskIn('failed', { agedS: 60 }))).toEqual(bracket(900 - 60_000, 910 - 60_000));
  expect(() => endOf(taskIn('committing'))).toThrow('the end time of this task is not known');
});

describe('moving', () => {
  test.each([
    { status: 200, moved: false, why: 'an accepted cancel is the target’s to carry out' },
    { status: 406, moved: true, why: 'a refused one changes nothing' },
  ])('after a cancel that was answered $status: $why', async ({ status, moved }) => {
    const provisioner = provisionerOf();
    const { context } = sceneOf({ provisioner, environment: worldOf(() => ({ status })) });
    const [task, neighbour] = [await context.provision('running'), await context.provision('running')];
    await context.send(cancel(task));
    await context.move(task, 'finished');
    await context.move(neighbour, 'finished');
    const moves = provisioner.done.filter((done) => done.startsWith('move'));
    expect(moves).toEqual([...(moved ? ['move 1 finished'] : []), 'move 2 finished']);
  });

  test('an id that is escaped in the path is known again', async () => {
    const provisioner = provisionerOf();
    const { context } = sceneOf({ provisioner });
    const task = taskIn('running', { id: 'a:b/c d' });
    await context.send(cancel(task));
    await context.move(task, 'finished');
    expect(provisioner.done).toEqual([]);
  });

  test('is out of reach where the provisioner can not', async () => {
    const { context } = sceneOf({ provisioner: moveless });
    await expect(context.move(taskIn('running'), 'finished')).rejects.toThrow(
      'fixed: can’t move a task to another phase',
    );
  });
});

describe('a read compared with plain ones', () => {
  const statuses = (shown: readonly string[]) => {
    let reads = 0;
    return worldOf(() => ({ body: shownAs(shown[Math.min(reads++, shown.length - 1)] ?? 'started') }));
  };

  test.each([
    { held: true, phase: 'running', shown: ['started'], sends: 2 },
    { held: false, phase: 'finished', shown: ['finished'], sends: 2 },
    { held: false, phase: 'running', shown: ['started'], sends: 3 },
    { held: false, phase: 'queued', shown: ['queued', 'queued', 'started'], sends: 6 },
  ] as const)('held: $held, $phase, shown as $shown: $sends reads', async ({ held, phase, shown, sends }) => {
    const environment = statuses(shown);
    const { context } = sceneOf({ environment });
    await context.compare(taskIn(phase, { held }), read({ id: '7' }, { verbose: 'true' }));
    expect(environment.sent).toHaveLength(sends);
  });

  test('a task that changes each time is a lost race', async () => {
    const environment = statuses(
      Array.from({ length: 40 }, (_, index) => (index % 3 ? 'started' : 'queued')),
    );
    const { context } = sceneOf({ environment });
    const task = taskIn('queued', { held: false });
    await expect(context.compare(task, read(task))).rejects.toThrow('changed between two reads');
  });
});

describe('a task that moves by itself', () => {
  const plain = {};
  const verbose = { verbose: 'true' } as const;
  test.each([
    { kinds: [plain], shown: ['queued', 'started', 'finished'], reads: 3 },
    { kinds: [plain, verbose], shown: ['queued', 'finished', 'started', 'finished', 'finished'], reads: 5 },
  ])(
    'is followed until it shows its end in $kinds.length kinds of reads',
    async ({ kinds, shown, reads }) => {
      let sent = 0;
      const environment = worldOf(() => ({ body: shownAs(shown[sent++] ?? 'finished') }));
      const { context } = sceneOf({ environment });
      expect(await context.follow(taskIn('queued', { held: false }), {}, kinds)).toHaveLength(reads);
    },
  );
});

describe('what could do harm', () => {
  test('a wrong password is tried only with the control protocol', async () => {
    const environment = worldOf();
    const elsewhere = sceneOf({ environment, provisioner: ageless }).context;
    const trying = elsewhere.sendAs(read({ id: '7' }), 'wrong password');
    await expect(trying).rejects.toThrow('could lock the account');
    expect(environment.sent).toEqual([]);
    await sceneOf({ environment }).context.sendAs(read({ id: '7' }), 'wrong password');
    expect(environment.sent).toMatchObject([{ credentials: 'wrong password' }]);
  });

  test('no credentials are tried on a target that is declared to know none', async () => {
    const { context, environment } = sceneOf({ authenticates: false });
    await expect(context.sendAs(read({ id: '7' }), 'none')).rejects.toThrow('--no-auth');
    expect(environment.sent).toEqual([]);
  });
});

describe('after the run was cut short', () => {
  const task = taskIn('finished');
  test.each<{ name: string; does: (context: CheckContext) => Promise<unknown> }>([
    { name: 'send', does: (context) => context.send(read(task)) },
    { name: 'sendAs', does: (context) => context.sendAs(read(task), 'none') },
    { name: 'provision', does: (context) => context.provision('running') },
    { name: 'existing', does: (context) => context.existing('running') },
    { name: 'move', does: (context) => context.move(task, 'finished') },
    { name: 'elapse', does: (context) => context.elapse(task, 60) },
    { name: 'wait', does: (context) => context.wait(5, 'a test') },
    { name: 'watch', does: (context) => context.watch(task) },
    { name: 'settle', does: (context) => context.settle(task, () => false) },
  ])('$name does nothing', async ({ does }) => {
    const provisioner = provisionerOf();
    const { context, environment, cutShort } = sceneOf({ provisioner });
    cutShort();
    await expect(does(context)).rejects.toThrow(CutShort);
    expect([environment.sent, provisioner.done]).toEqual([[], []]);
  });

  test('a wait ends at once', async () => {
    const { context, environment, cutShort } = sceneOf();
    const waiting = context.wait(500_000, 'a test');
    cutShort();
    await expect(waiting).rejects.toThrow(CutShort);
    expect(environment.now().latestMs).toBe(0);
  });

  test('tasks are given back all the same, whatever comes of it', async () => {
    const removed: string[] = [];
    const provisioner = provisionerOf({
      async remove({ id }) {
        removed.push(id);
        throw new TypeError('gone');
      },
    });
    const { context, cutShort } = sceneOf({ provisioner });
    await context.provision('running');
    await context.existing('queued');
    cutShort();
    await context.dismiss();
    expect(removed).toEqual(['1', '2']);
  });
});

test('what was sent is noted with the statuses that are fair for it', async () => {
  const { context } = sceneOf();
  await context.send(read({ id: '7' }, { tolerates: [400] }));
  await context.send(read({ id: '7' }));
  expect(context.sent.map(({ tolerates }) => tolerates)).toEqual([[400], []]);
});

test('every task is told of, as it was made and as it is', async () => {
  const { context, told } = sceneOf();
  const task = await context.provision('queued');
  await context.elapse(await context.move(task, 'finished'), 60);
  expect(told.map(({ history, agedS }) => [history.at(-1)?.phase, agedS])).toEqual([
    ['queued', 0],
    ['finished', 0],
    ['finished', 60],
  ]);
  expect([...context.removed]).toEqual([]);
  await context.dismiss();
  expect([...context.removed]).toEqual(['1']);
});

test('a task that is still being made when the check ends is given back too', async () => {
  const { context, runContext } = sceneOf();
  const making = context.provision('running');
  await context.dismiss();
  expect([...runContext.removed]).toEqual([(await making).id]);
});

describe('tasks that a lost answer may have made', () => {
  const doubting = () => {
    const provisioner = { ...provisionerOf(), doubtful: [taskIn('running')] };
    return { provisioner, ...sceneOf({ provisioner }) };
  };

  test('are removed, and again when the run is over: the request may be late on its way', async () => {
    const { context, provisioner } = doubting();
    expect(await context.dismiss()).toBe(false);
    expect(await context.dismiss()).toBe(true);
    expect(provisioner.done).toEqual(['remove 7', 'remove 7']);
  });

  test('are not surely gone then: a list may hold them', async () => {
    const { context, runContext } = doubting();
    await context.dismiss();
    expect([...runContext.removed]).toEqual([]);
  });
});

describe('settling', () => {
  /** A environment that takes so long for each answer, and shows the change from an instant on. */
  const slow = (answerMs: number, changesMs: number) => {
    const environment = worldOf((_, nowMs) => ({
      body: shownAs(nowMs >= changesMs ? 'failed' : 'started'),
      receivedAt: nowMs + answerMs,
    }));
    const send: typeof environment.send = async (request) => {
      const exchange = await environment.send(request);
      await environment.wait(answerMs);
      return exchange;
    };
    return { ...environment, send };
  };

  test.each([
    { answerMs: 0, why: 'a fast target' },
    { answerMs: 900, why: 'a slow one' },
    { answerMs: 11_000, why: 'one whose first answer was on its way for longer than that' },
  ])('goes on until a read that was sent after the settle time: $why', async ({ answerMs }) => {
    const { context } = sceneOf({ environment: slow(answerMs, Number.POSITIVE_INFINITY) });
    const reads = await context.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.at(-1)?.sentAt).toBeGreaterThan(10_000);
    expect(reads.at(-1)?.sentAt).toBeLessThan(10_000 + 2 * answerMs + 10);
  });

  test('the time in which the program itself stood still is not the target’s', async () => {
    const environment = worldOf((_, nowMs) => ({ body: shownAs(nowMs >= 60_100 ? 'failed' : 'started') }));
    let stalled = false;
    const stalling = {
      ...environment,
      async wait(ms: number) {
        await environment.wait(ms + (stalled ? 0 : 60_000)); // the task changes right after it
        stalled = true;
      },
    };
    const { context } = sceneOf({ environment: stalling });
    const reads = await context.settle(taskIn('running'), showsStatus('failed'));
    expect(reads.map(shownStatus).at(-1)).toBe('failed');
  });
});

test('retention and patience as the judges take them', () => {
  const { context } = sceneOf({ settings: { graceS: 3, settleS: 4 } });
  expect(context.retention(60)).toEqual({ ttlMs: 60_000, graceMs: 3000 });
  expect(context.gone(60, 1)).toBe(64);
});

test('a wait is told of with its length, one that is over already is not', async () => {
  const { context, waits, environment } = sceneOf();
  await context.wait(500, 'a test');
  await context.waitUntil(100, 'a test');
  expect([waits, environment.now().latestMs]).toEqual([[501], 501]);
});

test('of several requests at once, those that nobody waits for any more reject unheard', async () => {
  const { context, cutShort } = sceneOf();
  const sending = [context.send(read(taskIn('running'))), context.send(read(taskIn('running')))];
  cutShort();
  await expect(sending[0]).rejects.toThrow(CutShort);
  await new Promise((resolve) => setImmediate(resolve)); // an unheard one would end the test run here
});
