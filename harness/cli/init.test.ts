import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { codeRoot } from '../model/package.ts';
import { called } from '../testing/cli/called.ts';
import { expectSaid, scratch } from '../testing/cli/program.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { startingPoints } from './contract-commands.ts';
import { init } from './init.ts';

const read = (file: URL | string): string => readFileSync(file, 'utf8');

describe('init', () => {
  let dir: string;
  beforeEach(() => {
    dir = freshFolder();
  });

  test.each(startingPoints)('%s writes the files of the example, and shows its README', (what) => {
    const io = listeningTerminal();
    const example = new URL(`examples/${what}/`, codeRoot);
    expect(init(what, { dir: join(dir, 'new', 'folder') }, io)).toBe(0);
    const written = readdirSync(join(dir, 'new', 'folder'));
    expect(written.length).toBeGreaterThan(1);
    for (const name of written) {
      expect(read(join(dir, 'new', 'folder', name))).toBe(read(new URL(name, example)));
      expect(io.said.out).toContain(`wrote ${join(dir, 'new', 'folder', name)}\n`);
    }
    expect(written.filter((name) => name === 'README.md' || name.endsWith('.test.ts'))).toEqual([]);
    expect(io.said.out).toContain(read(new URL('README.md', example)));
  });

  test('where one file is there already nothing is written, and it stays as it is', () => {
    writeFileSync(join(dir, 'mock.mjs'), 'mine');
    expect(() => init('mock', { dir }, listeningTerminal())).toThrow(
      `${join(dir, 'mock.mjs')} exists already: nothing was written.`,
    );
    expect([readdirSync(dir), read(join(dir, 'mock.mjs'))]).toEqual([['mock.mjs'], 'mine']);
  });
});

test.each([
  {
    args: ['init', 'mook'],
    says: ["'mook' is invalid", 'mock, mock-python, mock-go, mock-java, gate, nightly'],
  },
  { args: ['init'], says: ["missing required argument 'what'"] },
  {
    args: ['init', 'mock', '--dir', '/proc/none'],
    says: ['--dir /proc/none: nothing can be written there.'],
  },
])('$args is refused with exit code 2', async ({ args, says }) => {
  expectSaid(await called(args), 2, says);
  expect(existsSync(join(scratch, 'mock.mjs'))).toBe(false);
});
