/** `crdb-conformance init`: copies one of the examples as a starting point for a project. */
import { constants, copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outFolder } from '../api/out-folder.ts';
import { UserError } from '../model/errors.ts';
import { codeRoot, pathOf } from '../model/package.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes the files and shows the next steps. Where a file exists already, nothing is written.
 * @param what a folder of `examples/`
 * @returns the exit code
 * @throws {UserError} exit 2: a file exists already, or the folder can't be written
 */
export function init(what: string, { dir }: { readonly dir: string }, io: Pick<Terminal, 'write'>): number {
  const example = pathOf(new URL(`examples/${what}/`, codeRoot));
  const files = readdirSync(example)
    .filter((name) => name !== 'README.md' && !name.endsWith('.test.ts') && !name.startsWith('__'))
    .sort();
  const existing = files.filter((name) => existsSync(join(dir, name)));
  if (existing.length > 0)
    throw new UserError(
      `${existing.map((name) => join(dir, name)).join(', ')} ${existing.length === 1 ? 'exists' : 'exist'} already: nothing was written.`,
      'Name an empty folder with --dir, or move the files.',
      2,
    );
  outFolder(dir, '--dir');
  for (const name of files) copyFileSync(join(example, name), join(dir, name), constants.COPYFILE_EXCL);
  io.write(`${files.map((name) => `wrote ${join(dir, name)}\n`).join('')}\n`);
  io.write(readFileSync(join(example, 'README.md'), 'utf8'));
  return 0;
}
