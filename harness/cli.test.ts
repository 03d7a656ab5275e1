/** Bad input: exit code 2, and a line or two for people. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { expectSaid, freshFolder, program, scratch } from './testing/cli/program.ts';

const files = {
  'unknown-key.yaml': 'zebra: 1\n',
  'near-key.yaml': 'tagret: http://127.0.0.1:9\n',
  'broken.yaml': '{: [',
  'list.yaml': '- target\n',
  'wrong-type.yaml': 'timeout: soon\n',
  'wrong-choice.yaml': 'profile: slow\n',
  'wrong-phase.yaml': 'tasks: { resting: ["1"] }\n',
  'prose.md': 'hello\n',
  'cut.page.json': '{"id":"crdb_tasks","title":"Active-Active task requests","content":"## Get a',
  'binary.md': Buffer.from([0, 1, 2, 255, 254, 0, 128, 10]),
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(scratch, name), content);
mkdirSync(join(scratch, 'empty'));
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const target = ['run', '--target', 'http://127.0.0.1:9', '--user', 'a'];

interface Row {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}

const rows: Readonly<Record<string, readonly Row[]>> = {
  'a target that can not be one': [
    { args: ['run', '--target'], says: ["'--target <url>' argument missing"] },
    { args: ['run', '--target', ''], says: ['is no URL', 'https://'] },
    { args: ['run', '--target', 'nonsense'], says: ['nonsense is no URL', 'https://'] },
    { args: ['run'], env: { CRDB_TARGET: 'nonsense' }, says: ['nonsense is no URL'] },
    { args: ['run', '--target', 'ftp://h/'], says: ['ftp://h/ is not http:// or https://'] },
    { args: ['run', '--target', 'http://u@h/'], says: ['has credentials in it', '--password-env'] },
    { args: ['run', '--target', 'http://h/?a=1'], says: ['has a query'] },
    { args: ['run', '--target', 'http://h/'], says: ['Nobody is named to ask h', '--user', '--no-auth'] },
  ],
  'a password that is not there': [
    { args: target, says: ['CRDB_PASSWORD is not set', '--password-stdin'] },
    { args: [...target, '--password-env', 'PW'], says: ['PW is not set'] },
    { args: [...target, '--password-env', 'PW'], env: { PW: '' }, says: ['PW is empty'] },
    { args: [...target, '--password-stdin'], says: ['the standard input is empty'] },
  ],
  'a name that there is not': [
    { args: ['frobnicate'], says: ["unknown command 'frobnicate'"] },
    { args: ['explian', 'x'], says: ['Did you mean explain?'] },
    { args: ['run', 'more'], says: ['too many arguments'] },
    { args: ['run', '--tagret', 'http://h'], says: ["unknown option '--tagret'", 'Did you mean --target?'] },
    { args: ['run', '--suite', 'cancle'], says: ['no suite cancle', 'Did you mean cancel?'] },
    { args: ['run', '--clause', 'read.status.20'], says: ['Did you mean read.status.200?'] },
    { args: ['explain', 'cancel.commit-phase.refuse'], says: ['Did you mean cancel.commit-phase.refused?'] },
    { args: ['mutants', '--only', 'cancel-in-commit'], says: ['cancels-in-commit?', 'mutants --list'] },
    { args: ['reference', '--mutant', 'cancel-in-commit'], says: ['cancels-in-commit?', 'mutants --list'] },
    {
      args: ['run', '--provision', 'magic'],
      says: ['Allowed choices are control, crdbs, fixed, command, none'],
    },
    { args: ['run', '--profile', 'slow'], says: ['Allowed choices are quick, full, nightly'] },
  ],
  'a number that means nothing': [
    { args: ['run', '--timeout', '0'], says: ['a number of seconds above 0'] },
    { args: ['run', '--timeout', 'soon'], says: ['a number of seconds above 0'] },
    { args: ['run', '--grace', '-1'], says: ['a number of seconds from 0 up'] },
    { args: ['run', '--seed', '1.5'], says: ['a whole number'] },
    { args: ['reference', '--port', '99999'], says: ["Port 99999 can't be had", '--port'] },
  ],
  'a file that is not what it should be': [
    { args: ['run', '--config', 'missing.yaml'], says: ['--config missing.yaml is not there'] },
    { args: ['run', '--config', 'empty'], says: ['--config empty can’t be read'] },
    { args: ['run', '--config', 'unknown-key.yaml'], says: ['the unknown key zebra', 'The keys are target'] },
    { args: ['run', '--config', 'near-key.yaml'], says: ['the unknown key tagret', 'Did you mean target?'] },
    { args: ['run', '--config', 'broken.yaml'], says: ['is no YAML', 'line 1'] },
    { args: ['run', '--config', 'list.yaml'], says: ['holds no keys and values'] },
    { args: ['run', '--config', 'wrong-type.yaml'], says: ['timeout is no number of seconds above 0'] },
    { args: ['run', '--config', 'wrong-choice.yaml'], says: ['profile is no one of quick, full, nightly'] },
    { args: ['run', '--config', 'wrong-phase.yaml'], says: ['tasks is no map from phases', 'committing'] },
    { args: ['run', '--provision', 'fixed', '--crdb', 'x'], says: ['--crdb', '--provision is fixed'] },
    { args: ['run', '--provision', 'control', '--read-only'], says: ['--read-only makes no tasks'] },
    { args: ['run', '--provision', 'command'], says: ['--provision command needs a program', '--command'] },
    { args: ['run', '--provision', 'none', '--command', 'x'], says: ['--command', '--provision is none'] },
    { args: ['cleanup'], says: ["'--resource-log <file>' not specified"] },
    {
      args: ['cleanup', '--resource-log', 'missing'],
      says: ['missing is not there, or is no file', 'resources.ndjson'],
    },
    { args: ['run', '--provision', 'fixed'], says: ['--provision fixed needs tasks', '--config'] },
    { args: [...target, '--ca', 'missing.pem'], says: ['--ca missing.pem is not there'] },
    { args: [...target, '--ca', 'prose.md'], says: ['--ca prose.md holds no PEM certificate'] },
    { args: ['run', '--out', '/proc/x'], says: ['--out /proc/x: nothing can be written there'] },
    { args: ['run', '--out', 'prose.md'], says: ['--out prose.md: nothing can be written there'] },
  ],
};

const docsRows: readonly Row[] = [
  { args: [], says: ["'--docs <page...>' not specified"] },
  { args: ['--docs', 'missing.md'], says: ['There is no file missing.md'] },
  { args: ['--docs', 'prose.md'], says: ['is not a docs page'] },
  { args: ['--docs', 'cut.page.json'], says: ['cut.page.json', 'perhaps cut off after'] },
  { args: ['--docs', 'binary.md'], says: ['is no text but binary data'] },
  { args: ['--docs', 'empty'], says: ['empty: no docs page is in there'] },
];

const title = ({ args, env = {} }: Row): string =>
  [...Object.entries(env).map(([name, value]) => `${name}="${value}"`), ...args.slice(0, 8)].join(' ');

describe.each(Object.entries(rows))('%s', (_, group) => {
  test.concurrent.for(group.map((row) => [title(row), row] as const))('%s', async ([, { args, env, says }]) =>
    expectSaid(await program(args, env ? { env } : {}), 2, says),
  );
});

describe.each(['generate', 'check'])('spec %s on what is no docs page', (command) => {
  test.concurrent.for(docsRows.map((row) => [title(row), row] as const))('%s', async ([, { args, says }]) =>
    expectSaid(await program(['spec', command, ...args]), 2, says),
  );
});

test.concurrent.for([
  'http://u:s3cret@h/',
  'ftp://u:s3cret@h/',
  'http://u:s3cret@h:99999/',
  'http://u:s3/cr@et@[x',
])('a password in %s is not said again', async (url) => {
  const ended = await program(['run', '--target', url]);
  expectSaid(ended, 2, ['--target']);
  expect(ended.out + ended.err).not.toMatch(/s3/);
});

test('bad input leaves no report', async () => {
  const cwd = freshFolder();
  await program(['run', '--clause', 'nope'], { cwd });
  expect(existsSync(join(cwd, 'reports'))).toBe(false);
});

test('without a command the help is shown, and with --help it is no error', async () => {
  const [none, asked] = await Promise.all([program([]), program(['--help'])]);
  expectSaid(none, 2, ['Exit codes:', 'run [options]']);
  expectSaid(asked, 0, []);
  expect(asked.out).toContain('Exit codes:');
});
