import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeRoot, pathOf } from '../model/package.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { writeError } from './line-file.ts';

test('of a line that can’t be written whole nothing stays, and a shorter one has room', () => {
  const file = join(freshFolder(), 'lines');
  const script = `
    import { appendTo } from '${new URL('harness/provision/line-file.ts', codeRoot).href}';
    const lines = appendTo(process.argv[1]);
    lines.append('a'.repeat(900) + '\\n');
    try { lines.append('b'.repeat(900) + '\\n'); } catch (error) { console.log(error.code); }
    lines.append('c\\n');`;
  // No file may grow beyond 1024 bytes, as on a disk that is nearly full.
  const args = [
    '-c',
    'ulimit -f 1; exec "$@"',
    'bash',
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    file,
  ];
  expect(execFileSync('bash', args, { cwd: pathOf(codeRoot) }).toString()).toBe('EFBIG\n');
  expect(readFileSync(file, 'utf8')).toBe(`${'a'.repeat(900)}\nc\n`);
});

test('a full disk is called so', () => {
  expect(writeError(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('the disk is full, ENOSPC');
  expect(writeError(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('EACCES');
});
