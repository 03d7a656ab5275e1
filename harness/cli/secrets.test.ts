/** No secret of a run and no control character of a target reaches the terminal or a file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calledIn } from '../testing/cli/called.ts';
import { startEchoServer } from '../testing/echo-server.ts';
import { spellingsOf } from '../testing/spellings.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const password = 'pass "word" s3cret/ü';
const env = { CRDB_USER: 'somebody', CRDB_PASSWORD: password };
const token = Buffer.from(`${env.CRDB_USER}:${password}`).toString('base64');
const echoed = [...spellingsOf(password), ...spellingsOf(token)].map(({ text }) => text);

function outputsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

test.each([
  ['--provision', 'none'],
  ['--provision', 'crdbs'],
  ['--provision', 'none', '--node', 'http://127.0.0.1:9'],
])('a run with %s %s on a target that echoes the login in every spelling and place', async (...args) => {
  await using target = await startEchoServer(echoed);
  const cwd = freshFolder();
  const ended = await calledIn(
    cwd,
    ['run', '--target', target.url, ...args, '--clause', 'read', 'list', 'cancel', 'auth'],
    { env },
  );
  const outputs = [ended.out, ended.err, ...outputsIn(cwd)];
  expect(outputs.join()).toContain('[redacted]');
  for (const output of outputs)
    expect(echoed.filter((text) => output.toLowerCase().includes(text.toLowerCase()))).toEqual([]);
  expect(ended.out + ended.err).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
});

test('doctor on such a target', async () => {
  await using target = await startEchoServer(echoed);
  const { out, err } = await calledIn(freshFolder(), ['doctor', '--target', target.url], { env });
  expect(echoed.filter((text) => (out + err).toLowerCase().includes(text.toLowerCase()))).toEqual([]);
  expect(out + err).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
});

test('a short password gives a warning and spoils nothing', async () => {
  await using target = await startEchoServer(['status']);
  const short = { CRDB_USER: 'somebody', CRDB_PASSWORD: 'status' };
  const cwd = freshFolder();
  const { err } = await calledIn(cwd, ['run', '--target', target.url, '--clause', 'list.schema'], {
    env: short,
  });
  expect(err).toContain('the password of somebody has fewer than 8 characters');
  expect(outputsIn(cwd).join()).toContain('status');
});
