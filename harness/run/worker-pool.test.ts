import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../model/report.ts';
import { defaultSettings } from '../model/settings.ts';
import type { RunPlan } from './plan.ts';
import { type RunListener, workerPool } from './worker-pool.ts';

/** A thread that names itself in the accidents of a run; a run's tag says what else the thread does with it. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    const over = (tag) => parentPort.postMessage({ type: 'over', tag, accidents: [String(threadId)] });
    const ask = (tag, number) =>
      parentPort.postMessage({ type: 'control call', tag, number, call: { method: 'POST', path: '/' + number, headers: {} } });
    parentPort.on('message', ({ type, tag, response }) => {
      if (type === 'interrupt') over(tag);
      if (type === 'control answer')
        parentPort.postMessage({ type: 'over', tag, accidents: [response.body] });
      if (type !== 'run') return;
      if (tag.startsWith('throw')) throw new Error('no luck');
      if (tag.startsWith('exit')) process.exit();
      if (tag.startsWith('ask')) ask(tag, 7);
      if (tag.startsWith('tell')) {
        const lines = [1, 2].map((checks) => JSON.stringify({ type: 'planned', checks }) + '\\n').join('');
        parentPort.postMessage({ type: 'events', tag, lines });
      }
      if (tag.startsWith('spin')) {
        parentPort.postMessage({ type: 'pong', tag });
        for (;;) Math.random();
      }
      if (!/^(hang|ask)/.test(tag)) over(tag);
    });
  `)}`,
);

const plan = (tag: string): RunPlan => ({
  tag,
  target: { url: 'http://127.0.0.1:9', insecure: false },
  provision: { name: 'none' },
  settings: defaultSettings,
  selection: [],
  knownFailures: [],
  readsOnly: true,
  resourceLog: 'none',
  journal: 'none',
});
const listener: RunListener = { interrupt: new AbortController().signal, onEvents: () => {} };
const poolOf = (threads: number) => workerPool(threads, {}, script);

test('a run goes to the thread that has the fewest', async () => {
  await using pool = poolOf(2);
  const first = await pool.run(plan('a'), listener);
  void pool.run(plan('hang'), listener); // in the first again, for both have none
  expect(await pool.run(plan('b'), listener)).not.toEqual(first);
});

test.each([
  { tag: 'throw', says: 'the worker of this run failed: Error: no luck' },
  { tag: 'exit', says: 'the worker of this run failed: it ended unexpectedly' },
])(
  '$tag: a fault that ends a thread ends the runs in it, and the next has a fresh one',
  async ({ tag, says }) => {
    await using pool = poolOf(1);
    const beside = pool.run(plan('hang'), listener);
    expect(await pool.run(plan(tag), listener)).toEqual([says]);
    expect(await beside).toEqual([says]);
    expect(await pool.run(plan('next'), listener)).toEqual([expect.stringMatching(/^\d+$/)]);
  },
);

test('the caller gets the events of its own run, before the run is over', async () => {
  await using pool = poolOf(1);
  const events: RunEvent[] = [];
  const onEvents = (batch: readonly RunEvent[]) => void events.push(...batch);
  await pool.run(plan('a'), { ...listener, onEvents });
  expect(events).toEqual([]);
  await pool.run(plan('tell'), { ...listener, onEvents });
  expect(events).toEqual([
    { type: 'planned', checks: 1 },
    { type: 'planned', checks: 2 },
  ]);
});

describe('an interrupt reaches the thread', () => {
  test.each(['before the run began', 'while it is on'])('%s', async (when) => {
    await using pool = poolOf(1);
    const interrupt = new AbortController();
    if (when.startsWith('before')) interrupt.abort();
    const run = pool.run(plan('hang'), { ...listener, interrupt: interrupt.signal });
    interrupt.abort();
    expect(await run).toHaveLength(1);
  });

  test('of its own run alone', async () => {
    await using pool = poolOf(1);
    const interrupt = new AbortController();
    const beside = pool.run(plan('hang-b'), listener);
    const run = pool.run(plan('hang-a'), { ...listener, interrupt: interrupt.signal });
    interrupt.abort();
    await run;
    expect(await Promise.race([beside, pool.run(plan('next'), listener)])).toHaveLength(1);
  });
});

test.each(['an interrupt', 'nobody'])('a thread that computes without end is ended, with %s', async (who) => {
  await using pool = workerPool(1, {}, script, 5);
  const interrupt = new AbortController();
  const run = pool.run(plan('spin'), { ...listener, interrupt: interrupt.signal });
  if (who === 'an interrupt') interrupt.abort();
  expect(await run).toEqual([expect.stringMatching(/it did not respond for [\d.]+ s, and was ended$/)]);
  expect(await pool.run(plan('next'), listener)).toEqual([expect.stringMatching(/^\d+$/)]);
});

test('a request of the control protocol is answered by the caller', async () => {
  await using pool = poolOf(1);
  const answerControl: RunListener['answerControl'] = async ({ path }) => ({
    status: 201,
    headers: {},
    body: path,
  });
  expect(await pool.run(plan('ask'), { ...listener, answerControl })).toEqual(['/7']);
});
