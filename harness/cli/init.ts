/** `crdb-conformance init`: a starting point for a project of the user's own, taken from the examples. */
import { constants, copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { codeRoot, pathOf } from '../model/package.ts';
import { outFolder } from './out-folder.ts';
import type { StartingPoint } from './starting-points.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes the files, and shows how to go on. Nothing that is there is overwritten: then nothing is written at all.
 * @returns the exit code
 * @throws {UserError} exit 2: a file is there already, or nothing can be written there
 */
export function init(
  what: StartingPoint,
  { dir }: { readonly dir: string },
  io: Pick<Terminal, 'write'>,
): number {
  const example = pathOf(new URL(`examples/${what}/`, codeRoot));
  const files = readdirSync(example)
    .filter((name) => name !== 'README.md' && !name.endsWith('.test.ts') && !name.startsWith('__'))
    .sort();
  const there = files.filter((name) => existsSync(join(dir, name)));
  if (there.length > 0)
    throw new UserError(
      `${there.map((name) => join(dir, name)).join(', ')} ${there.length === 1 ? 'is' : 'are'} there already: nothing was written.`,
      'Name an empty folder with --dir, or put them out of the way.',
      2,
    );
  outFolder(dir, '--dir');
  for (const name of files) copyFileSync(join(example, name), join(dir, name), constants.COPYFILE_EXCL);
  io.write(`${files.map((name) => `wrote ${join(dir, name)}\n`).join('')}\n`);
  io.write(readFileSync(join(example, 'README.md'), 'utf8'));
  return 0;
}
