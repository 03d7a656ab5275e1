/** The mock in Python, as it stands, where there is a Python. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testsOfMock } from '../fixtures/mock-rules.ts';
import { type Served, served } from '../fixtures/served.ts';

const lacks = spawnSync('python3', ['--version']).status !== 0;

describe.skipIf(lacks)(`the mock in Python${lacks ? ' (there is no python3 here)' : ''}`, () => {
  let mock: Served;
  beforeAll(async () => {
    mock = await served('python3', new URL('serve.py', import.meta.url));
  }, 60_000);
  afterAll(() => mock.end());
  testsOfMock(() => mock.url);
});

test('it is written in 60 lines at most, empty ones apart', () => {
  const lines = readFileSync(new URL('mock.py', import.meta.url), 'utf8').split('\n');
  expect(lines.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(60);
});
