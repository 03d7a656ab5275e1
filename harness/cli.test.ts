/** Wrong input: exit code 2, and one or two lines that say what to do. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { called } from './testing/cli/called.ts';
import { type Ended, expectSaid, program, scratch } from './testing/cli/program.ts';
import { freshFolder } from './testing/temporary-folder.ts';

const files = {
  'unknown-key.yaml': 'zebra: 1\n',
  'near-key.yaml': 'tagret: http://127.0.0.1:9\n',
  'broken.yaml': '{: [',
  'list.yaml': '- target\n',
  'wrong-type.yaml': 'timeoutS: soon\n',
  'wrong-choice.yaml': 'profile: slow\n',
  'wrong-phase.yaml': 'tasks: { resting: ["1"] }\n',
  'prose.md': 'hello\n',
  'cut.page.json': '{"id":"crdb_tasks","title":"Active-Active task requests","content":"## Get a',
  'binary.md': Buffer.from([0, 1, 2, 255, 254, 0, 128, 10]),
};
mkdirSync(scratch, { recursive: true });
for (const [name, content] of Object.entries(files)) writeFileSync(join(scratch, name), content);
mkdirSync(join(scratch, 'empty'), { recursive: true });

/** The program in this process. Files of the scratch folder are named, and shown, by their names alone. */
async function run({ args, env = {} }: Pick<Row, 'args' | 'env'>): Promise<Ended> {
  const placed = args.map((word) => (word in files || word === 'empty' ? join(scratch, word) : word));
  const { code, out, err } = await called(placed, { env });
  return { code, out, err: err.replaceAll(`${scratch}/`, '') };
}

const target = ['run', '--target', 'http://127.0.0.1:9', '--user', 'a'];

interface Row {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}

const rows: Readonly<Record<string, readonly Row[]>> = {
  'a target that is not valid': [
    { args: ['run', '--target'], says: ["'--target <url>' argument missing"] },
    { args: ['run', '--target', ''], says: ['--target', 'more than an empty text'] },
    { args: ['run', '--out', ''], says: ['--out', 'more than an empty text'] },
    { args: ['run', '--seed', '-1'], says: ['It must be a whole number, 0 or more.'] },
    { args: ['run', '--target', 'nonsense'], says: ['nonsense is not a URL', 'https://'] },
    { args: ['run'], env: { CRDB_TARGET: 'nonsense' }, says: ['nonsense is not a URL'] },
    { args: ['run', '--target', 'ftp://h/'], says: ['ftp://h/ does not begin with http:// or https://'] },
    { args: ['run', '--target', 'http://u@h/'], says: ['contains credentials', '--password-from'] },
    { args: ['run', '--target', 'http://h/?a=1'], says: ['has a query'] },
    { args: ['run', '--target', 'http://h/'], says: ['There is no user name for h', '--user', '--no-auth'] },
  ],
  'a password that is not there': [
    { args: target, says: ['CRDB_PASSWORD is not set', '--password-from'] },
    { args: [...target, '--password-from', 'env:PW'], says: ['PW is not set'] },
    { args: [...target, '--password-from', 'env:PW'], env: { PW: '' }, says: ['PW is empty'] },
    { args: [...target, '--password-from', '-'], says: ['the standard input is empty'] },
    { args: [...target, '--password-from', 'PW'], says: ['does not name a source', 'env:NAME'] },
  ],
  'a name that does not exist': [
    { args: ['frobnicate'], says: ["unknown command 'frobnicate'"] },
    { args: ['explian', 'x'], says: ['Did you mean explain?'] },
    { args: ['run', 'more'], says: ['too many arguments'] },
    { args: ['run', '--tagret', 'http://h'], says: ["unknown option '--tagret'", 'Did you mean --target?'] },
    { args: ['run', '--clause', 'cancle'], says: ['no clause cancle', 'Did you mean cancel?'] },
    { args: ['run', '--timeout', '1'], says: ["unknown option '--timeout'", 'Did you mean --timeout-s?'] },
    { args: ['run', '--repeat', '2'], says: ["unknown option '--repeat'"] },
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
  'a number that is not valid': [
    { args: ['run', '--timeout-s', '0'], says: ['a number of seconds above 0'] },
    { args: ['run', '--timeout-s', 'soon'], says: ['a number of seconds above 0'] },
    { args: ['run', '--grace-s', '-1'], says: ['a number of seconds, 0 or more'] },
    { args: ['run', '--seed', '1.5'], says: ['a whole number'] },
    { args: ['reference', '--port', '99999'], says: ['Port 99999 can’t be used', '--port'] },
    {
      args: ['reference', '--operation-s', '1'],
      says: ['time of an operation on a database', 'Add --crdbs'],
    },
  ],
  'a file that is not valid': [
    { args: ['run', '--config', 'missing.yaml'], says: ['--config missing.yaml does not exist'] },
    { args: ['run', '--config', 'empty'], says: ['--config empty can’t be read'] },
    { args: ['run', '--config', 'unknown-key.yaml'], says: ['the unknown key zebra', 'The keys are target'] },
    { args: ['run', '--config', 'near-key.yaml'], says: ['the unknown key tagret', 'Did you mean target?'] },
    { args: ['run', '--config', 'broken.yaml'], says: ['is not valid YAML', 'line 1'] },
    { args: ['run', '--config', 'list.yaml'], says: ['is not a map of options'] },
    { args: ['run', '--config', 'wrong-type.yaml'], says: ['timeoutS must be a number of seconds above 0'] },
    { args: ['run', '--config', 'wrong-choice.yaml'], says: ['profile must be one of quick, full, nightly'] },
    {
      args: ['run', '--config', 'wrong-phase.yaml'],
      says: ['tasks must be a map from phases', 'committing'],
    },
    { args: ['run', '--provision', 'fixed', '--crdb', 'x'], says: ['--crdb', '--provision is fixed'] },
    { args: ['run', '--provision', 'control', '--read-only'], says: ['--read-only makes no tasks'] },
    { args: ['run', '--provision', 'command'], says: ['--provision command needs a program', '--command'] },
    { args: ['run', '--provision', 'none', '--command', 'x'], says: ['--command', '--provision is none'] },
    { args: ['cleanup'], says: ["'--resource-log <file>' not specified"] },
    {
      args: ['cleanup', '--resource-log', 'missing'],
      says: ['missing is not a file', 'resources.ndjson'],
    },
    { args: ['run', '--provision', 'fixed'], says: ['--provision fixed needs tasks', '--config'] },
    { args: [...target, '--ca', 'missing.pem'], says: ['--ca missing.pem does not exist'] },
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
  { args: ['--docs', 'binary.md'], says: ['is binary data, not text'] },
  { args: ['--docs', 'empty'], says: ['empty: no docs page found there'] },
];

const title = ({ args, env = {} }: Row): string =>
  [...Object.entries(env).map(([name, value]) => `${name}="${value}"`), ...args.slice(0, 8)].join(' ');

describe.each(Object.entries(rows))('%s', (_, group) => {
  test.for(group.map((row) => [title(row), row] as const))('%s', async ([, row]) =>
    expectSaid(await run(row), 2, row.says),
  );
});

describe.each(['generate', 'check'])('spec %s on what is no docs page', (command) => {
  test.for(docsRows.map((row) => [title(row), row] as const))('%s', async ([, { args, says }]) =>
    expectSaid(await run({ args: ['spec', command, ...args] }), 2, says),
  );
});

test.for(['http://u:s3cret@h/', 'ftp://u:s3cret@h/', 'http://u:s3cret@h:99999/', 'http://u:s3/cr@et@[x'])(
  'a password in %s is not shown',
  async (url) => {
    const ended = await called(['run', '--target', url]);
    expectSaid(ended, 2, ['--target']);
    expect(ended.out + ended.err).not.toMatch(/s3/);
  },
);

test('explain shows a clause, or each clause of a prefix', async () => {
  const [one, all] = [
    await called(['explain', 'cancel.commit-phase.refused']),
    await called(['explain', 'cancel.commit-phase']),
  ];
  expect(one.out.match(/^cancel\S+/gm)).toEqual(['cancel.commit-phase.refused']);
  expect(all.out.match(/^cancel\S+/gm)).toEqual(
    ['refused', 'untouched', 'forced'].map((end) => `cancel.commit-phase.${end}`),
  );
  expect(all.out).toContain(one.out.trim());
});

test('wrong input leaves no report', async () => {
  const out = join(freshFolder(), 'out');
  await called(['run', '--clause', 'nope', '--out', out]);
  expect(existsSync(out)).toBe(false);
});

test('the help of run shows its options in groups', async () => {
  const { code, out } = await called(['run', '--help']);
  const groups = ['Target:', 'Credentials:', 'Tasks:', 'Judgement:', 'Limits:', 'Reports:', 'Fleet:'];
  expect([code, out.match(/^[A-Z]\w+:$/gm)?.filter((group) => group !== 'Options:')]).toEqual([0, groups]);
  expect(out.match(/^ {2}--\w/gm)?.length).toBeLessThanOrEqual(39);
});

test('doctor --print-config prints the options, and nothing is sent', async () => {
  const env = { CRDB_TARGET: 'http://127.0.0.1:9', CRDB_PASSWORD: 's3cret' };
  const { code, out, err } = await called(['doctor', '--print-config', '--no-auth', '--grace-s', '3'], {
    env,
  });
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^target: http:\/\/127\.0\.0\.1:9 +# environment CRDB_TARGET$/m);
  expect(out).toMatch(/^graceS: 3 +# flag --grace-s$/m);
  expect(out).toMatch(/^auth: false +# flag --no-auth$/m);
  expect(out).not.toContain('s3cret');
});

test('without a command the help is an error, and with --help it is none', async () => {
  const [none, asked] = [await called([]), await called(['--help'])];
  expectSaid(none, 2, ['Exit codes:', 'run [options]']);
  expectSaid(asked, 0, []);
  expect(asked.out).toContain('Exit codes:');
});

test('the process finds the file of its working folder, and ends with the exit code', async () => {
  const cwd = freshFolder();
  const file = join(cwd, 'crdb-conformance.config.yaml');
  const env = { CRDB_HOST: 'cluster.example', CRDB_USER: 'environment', CRDB_PASSWORD: 's3cret' };
  writeFileSync(file, `target: "https://\${CRDB_HOST}:9443"\nuser: file\nprofile: full\ngraceS: 3\n`);
  const args = ['doctor', '--print-config', '--profile', 'nightly'];
  const { code, out } = await program(args, { cwd, env });
  expect(code).toBe(0);
  const name = 'crdb-conformance\\.config\\.yaml';
  expect(out).toMatch(
    new RegExp(`^target: https://cluster\\.example:9443 +# ${name}, environment CRDB_HOST$`, 'm'),
  );
  expect(out).toMatch(/^user: environment +# environment CRDB_USER$/m);
  expect(out).toMatch(/^profile: nightly +# flag --profile$/m);
  expect(out).toMatch(new RegExp(`^graceS: 3 +# ${name}$`, 'm'));
  expect(out).toMatch(/^settleS: 10 +# default$/m);
  expect(out).not.toContain('s3cret');
  expectSaid(await program(args, { cwd }), 2, ['crdb-conformance.config.yaml: target needs', 'CRDB_HOST']);
});
