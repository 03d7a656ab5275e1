import { expect, test } from 'vitest';
import { ago, minuteOf } from './text.ts';

const hour = 3_600_000;
test.each([
  { ms: 0, says: '1 minute ago' },
  { ms: 89 * 60_000, says: '89 minutes ago' },
  { ms: 90 * 60_000, says: '2 hours ago' },
  { ms: 17.9 * hour, says: '18 hours ago' },
  { ms: 18 * hour, says: '1 day ago' },
  { ms: 35.9 * hour, says: '1 day ago' },
  { ms: 36.1 * hour, says: '2 days ago' },
  { ms: 71 * hour, says: '3 days ago' },
])('$ms ms are $says', ({ ms, says }) => expect(ago(ms)).toBe(says));

test('an instant is shown to the minute, in UTC', () => {
  expect(minuteOf(Date.UTC(2026, 10, 16, 3, 12, 59))).toBe('2026-11-16 03:12');
});
