import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { printable } from './escape.ts';
import { quoted } from './shell.ts';

/** What sh makes of a word. The full stop keeps a newline at the end from being lost on our side. */
const read = (shell: string): string =>
  execFileSync('sh', ['-c', `printf '%s.' ${shell}`])
    .toString()
    .slice(0, -1);

test.each([
  '',
  '/v1/crdb_tasks/7',
  "it's",
  `'"'"''`,
  '$HOME `id` $(id) $IFS \\ \\n %s !!',
  '~ * ? [a-z] {a,b} # & | ; < > ( )',
  '-X',
  '=ls',
  'a\nb\n',
  'tab\there',
  '\u{1b}[31m\u{7}\u{7f}',
  '\u{202e}café👍\u{200b}',
  `/v1/crdb_tasks/${'a'.repeat(2000)}/x`,
  '0'.repeat(100),
  "'".repeat(150),
  '%'.repeat(150),
])('sh reads back word %#', (word) => expect(read(quoted(word))).toBe(word));

test('a word without a special character stays as it is', () => {
  expect(quoted('/v1/crdb_tasks/7')).toBe('/v1/crdb_tasks/7');
});

test('a quoted word can be shown', () => {
  const shell = quoted('a\u{1b}[2J\u{202e}');
  expect(printable(shell)).toBe(shell);
});

test('a very long id is short to show', () => {
  expect(quoted('a'.repeat(2000))).toBe('"$(printf %02000d 0 | tr 0 a)"');
});
