/** The mock in Express, as it stands. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testsOfMock } from '../fixtures/mock-rules.ts';
import { type Served, served } from '../fixtures/served.ts';

let mock: Served;
beforeAll(async () => {
  mock = await served(process.execPath, new URL('serve.mjs', import.meta.url));
}, 60_000);
afterAll(() => mock.end());

testsOfMock(() => mock.url);

test('it is written in 60 lines at most', () => {
  const lines = readFileSync(new URL('mock.mjs', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeLessThanOrEqual(60);
});
