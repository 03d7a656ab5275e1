import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { lockFolders } from './folder-lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = freshFolder();
  file = join(folder, 'run.lock');
});

function refusal(): unknown {
  try {
    lockFolders(folder)[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A lock as some process wrote it. @param silentS since its last beat */
function plant(holder: object | string, silentS = 0): void {
  writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const at = new Date(Date.now() - silentS * 1000);
  utimesSync(file, at, at);
}

const own = (): Readonly<Record<string, unknown>> => {
  using _ = lockFolders(folder);
  return JSON.parse(readFileSync(file, 'utf8'));
};
/** A process that has ended. */
const dead = spawnSync('true').pid;

test('a folder is locked until the lock is disposed of, and nothing stays', () => {
  {
    using _ = lockFolders(folder);
    expect(refusal()).toMatchObject({
      message: expect.stringMatching(
        `^Another run uses the folder .*: process ${process.pid} on ${hostname()}, since 2`,
      ),
      remedy: 'Wait for its end, or name another folder with --out.',
      exitCode: 2,
    });
  }
  expect([refusal(), readdirSync(folder)]).toEqual([undefined, []]);
});

test.each<{ what: string; lock: () => object | string; silentS?: number; isHeld: boolean }>([
  { what: 'of a process that ended', lock: () => ({ ...own(), pid: dead }), isHeld: false },
  {
    what: 'of an earlier process of the same number',
    lock: () => ({ ...own(), process: '1' }),
    isHeld: false,
  },
  {
    what: 'of another host, with a beat',
    lock: () => ({ ...own(), host: 'far' }),
    silentS: 60,
    isHeld: true,
  },
  { what: 'of another host, silent', lock: () => ({ ...own(), host: 'far' }), silentS: 130, isHeld: false },
  { what: 'of another container here', lock: () => ({ ...own(), pid: dead, namespace: 'x' }), isHeld: true },
  { what: 'that is being written', lock: () => '', isHeld: true },
  { what: 'that was cut off', lock: () => '{"pid":', silentS: 130, isHeld: false },
  { what: 'that holds no holder', lock: () => '7', silentS: 130, isHeld: false },
])('a lock $what: held $isHeld', ({ lock, silentS, isHeld }) => {
  plant(lock(), silentS);
  expect(refusal() instanceof UserError).toBe(isHeld);
  expect(existsSync(file)).toBe(isHeld);
});

test('a lock that another process took over is not removed', () => {
  const lock = lockFolders(folder);
  plant({ ...JSON.parse(readFileSync(file, 'utf8')), since: 'later' });
  lock[Symbol.dispose]();
  expect(existsSync(file)).toBe(true);
});

test('what is no file holds the folder too', () => {
  mkdirSync(file);
  expect(refusal()).toMatchObject({ remedy: expect.stringContaining(`remove ${file}`) });
});

test('of several folders all are locked or none', () => {
  const other = freshFolder();
  using _ = lockFolders(folder);
  expect(() => lockFolders(other, folder)).toThrow('Another run uses the folder');
  expect(readdirSync(other)).toEqual([]);
});

test('a lock that can’t be written', () => {
  expect(() => lockFolders(join(folder, 'missing'))).toThrow(/The lock .* can’t be written \(ENOENT\)/);
});
