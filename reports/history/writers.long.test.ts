import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freshFolder } from '../../harness/testing/temporary-folder.ts';
import { readHistory } from './database.ts';
import { newestOf } from './runs.ts';

const folder = freshFolder();
const program = fileURLToPath(new URL('../../harness/testing/reports/history-writer.ts', import.meta.url));
const writer = (file: string, name: string, count: number) =>
  spawn(process.execPath, [program, file, name, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });

/** How many runs there are, and those that are not whole. */
function held(file: string): { readonly runs: number; readonly torn: number } {
  using history = readHistory(file);
  return history.read((db) => {
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const runs = newestOf(db, 'my-mock', 100_000);
    return { runs: runs.length, torn: runs.filter(({ clauses }) => clauses.size !== 60).length };
  });
}

test('four programs that write at once lose no run, and make the file once', async () => {
  const file = join(folder, 'many.db');
  const children = ['a', 'b', 'c', 'd'].map((name) => writer(file, name, 25));
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(held(file)).toEqual({ runs: 100, torn: 0 });
});

test('of what a killed program had half written nothing is there', async () => {
  const file = join(folder, 'half.db');
  await once(writer(file, 'before', 2), 'exit');
  const child = writer(file, 'half', 0);
  await once(child.stdout, 'data');
  expect(existsSync(`${file}-journal`)).toBe(true); // it is in the middle, and on the disk
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(held(file)).toEqual({ runs: 2, torn: 0 }); // who only reads must undo it, too
  await once(writer(file, 'after', 3), 'exit');
  expect(held(file)).toEqual({ runs: 5, torn: 0 });
});

test('wherever a program is killed, each run is there whole or not at all', async () => {
  const file = join(folder, 'killed.db');
  for (let round = 1; round <= 5; round++) {
    const child = writer(file, `round-${round}`, 10_000);
    const exit = once(child, 'exit');
    while (!existsSync(file) || !hasRunOf(file, round)) await sleep(5);
    await sleep(round * 7);
    child.kill('SIGKILL');
    await exit;
    expect(held(file).torn).toBe(0);
  }
});

function hasRunOf(file: string, round: number): boolean {
  try {
    using history = readHistory(file, { timeoutMs: 10_000 });
    return (
      history.read((db) => db.prepare('SELECT 1 FROM runs WHERE run LIKE ?').get(`round-${round}-%`)) !==
      undefined
    );
  } catch {
    return false; // it is only just being made
  }
}
