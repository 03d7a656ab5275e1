import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';

test.each<{ headers: Record<string, string>; ms: number | undefined; why: string }>([
  { headers: { 'retry-after': '30' }, ms: 30_000, why: 'seconds' },
  { headers: { 'retry-after': '0' }, ms: 0, why: 'at once' },
  {
    headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT', date },
    ms: 3000,
    why: 'a date, by the server’s clock',
  },
  { headers: { 'retry-after': 'Sun, 06 Nov 1994 08:00:00 GMT', date }, ms: 0, why: 'a date that is past' },
  { headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT' }, ms: undefined, why: 'a date and no clock' },
  { headers: { 'retry-after': '-5', date }, ms: undefined, why: 'less than nothing' },
  { headers: { 'retry-after': '1e9' }, ms: undefined, why: 'no digits alone' },
  { headers: { 'retry-after': 'soon', date }, ms: undefined, why: 'words' },
  { headers: {}, ms: undefined, why: 'nothing' },
])('Retry-After that says $why is $ms ms', ({ headers, ms }) => {
  expect(retryAfterMs({ headers })).toBe(ms);
});
