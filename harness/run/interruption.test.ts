import { expect, test } from 'vitest';
import { announceInterrupt, onInterrupt } from './interruption.ts';

test('an interrupt is heard also by whom it was there before', async () => {
  const interrupt = new AbortController();
  interrupt.abort();
  const announced = announceInterrupt('a', interrupt.signal);
  let heard = 0;
  const listening = onInterrupt('a', () => heard++);
  await expect.poll(() => heard, { timeout: 20_000 }).toBeGreaterThan(0);
  listening.close();
  announced.close();
});

test('nobody hears of an interrupt that did not come, or that is of another run', async () => {
  const [none, other] = [new AbortController(), new AbortController()];
  other.abort();
  const announced = [announceInterrupt('b', none.signal), announceInterrupt('c', other.signal)];
  const heard: string[] = [];
  const listening = [onInterrupt('b', () => heard.push('b')), onInterrupt('c', () => heard.push('c'))];
  await expect.poll(() => heard, { timeout: 20_000 }).toContain('c');
  expect(heard).not.toContain('b');
  for (const one of [...listening, ...announced]) one.close();
});
