import { expect, test } from 'vitest';
import { defaultSettings } from '../model/settings.ts';
import { type JournalledPlan, workerPool } from './worker-pool.ts';

/** A thread that says which it is; it does with a run what the run's tag says. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ tag }) => {
      if (tag.startsWith('throw')) throw new Error('no luck');
      if (tag.startsWith('exit')) process.exit();
      if (!tag.startsWith('hang')) parentPort.postMessage({ tag, accidents: [String(threadId)] });
    });
  `)}`,
);

const plan = (tag: string): JournalledPlan => ({
  tag,
  target: { url: 'http://127.0.0.1:9', insecure: false },
  provision: { name: 'none' },
  settings: defaultSettings,
  selection: [],
  readsOnly: true,
  journal: 'none',
});
const { signal } = new AbortController();

test('a run goes to the thread that has the fewest', async () => {
  await using pool = workerPool(2, script);
  const first = await pool.conduct(plan('a'), signal);
  void pool.conduct(plan('hang'), signal); // in the first again, for both have none
  expect(await pool.conduct(plan('b'), signal)).not.toEqual(first);
});

test.each([
  { tag: 'throw', says: 'the thread of this run broke: Error: no luck' },
  { tag: 'exit', says: 'the thread of this run broke: it ended by itself' },
])(
  '$tag: what breaks a thread breaks the runs in it, and the next has a fresh one',
  async ({ tag, says }) => {
    await using pool = workerPool(1, script);
    const beside = pool.conduct(plan('hang'), signal);
    expect(await pool.conduct(plan(tag), signal)).toEqual([says]);
    expect(await beside).toEqual([says]);
    expect(await pool.conduct(plan('next'), signal)).toEqual([expect.stringMatching(/^\d+$/)]);
  },
);
