// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file's variables look like that
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../model/errors.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { expanded, readConfig } from './config-file.ts';

const folder = freshFolder();
let serial = 0;

function written(text: string): string {
  const file = join(folder, `${++serial}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** A list of a list of a list … of ten each: it would be ten million. */
const laughs = [...'bcdefgh'].reduce(
  (text, name, at) => `${text}${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(10)}]\n`,
  'a: &a [x]\n',
);

const read = async (text: string, env: NodeJS.ProcessEnv = {}) =>
  (await readConfig(written(text), env))?.options;

/** What a configuration that can't be used says. */
async function refusal(file: string, env: NodeJS.ProcessEnv = {}): Promise<UserError> {
  try {
    await readConfig(file, env);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('every option has its key, and a value of its kind', async () => {
  const options = {
    target: 'https://cluster.example:9443',
    user: 'admin',
    passwordFrom: 'env:PW',
    auth: true,
    provision: 'fixed',
    profile: 'nightly',
    allowForce: true,
    requireComplete: true,
    strict: true,
    node: ['http://b'],
    clause: [],
    ca: 'ca.pem',
    insecure: false,
    timeoutS: 0.5,
    graceS: 0,
    settleS: 10,
    maxDurationS: 60,
    seed: 0,
    out: 'out',
    tasks: { running: ['a'], failed: [] },
  };
  expect(await read(JSON.stringify(options))).toEqual(options);
});

test.each(['', '# nothing yet\n', 'null'])('an empty file holds no options: %j', async (text) => {
  expect(await read(text)).toEqual({});
});

test.each([
  { text: 'targt: x', says: 'has the unknown key targt', remedy: 'Did you mean target?' },
  { text: 'zzzzzzzzzzzz: x', says: 'has the unknown key zzzzzzzzzzzz', remedy: 'The keys are target, node' },
  { text: 'passwordEnv: PW', says: 'has the unknown key passwordEnv', remedy: 'Did you mean passwordFrom?' },
  { text: 'timeout: 3', says: 'has the unknown key timeout', remedy: 'Did you mean timeoutS?' },
  { text: '$import: base.yaml', says: 'has the unknown key $import', remedy: 'The keys are' },
  { text: '__proto__: {}', says: 'has the unknown key __proto__', remedy: 'The keys are' },
  { text: 'password: secret', says: 'has the unknown key password', remedy: 'Did you mean passwordFrom?' },
  { text: 'target: ""', says: 'target must be a text', remedy: 'Correct target' },
  { text: 'target: 7', says: 'target must be a text', remedy: 'Correct target' },
  { text: 'strict: "yes"', says: 'strict must be true or false', remedy: 'Correct strict' },
  { text: 'timeoutS: 0', says: 'timeoutS must be a number of seconds above 0', remedy: 'Correct timeoutS' },
  {
    text: 'timeoutS: .nan',
    says: 'timeoutS must be a number of seconds above 0',
    remedy: 'Correct timeoutS',
  },
  {
    text: 'timeoutS: .inf',
    says: 'timeoutS must be a number of seconds above 0',
    remedy: 'Correct timeoutS',
  },
  { text: 'graceS: -1', says: 'graceS must be a number of seconds, 0 or more', remedy: 'Correct graceS' },
  { text: 'seed: 1.5', says: 'seed must be a whole number', remedy: 'Correct seed' },
  { text: 'node: list', says: 'node must be a list of texts', remedy: 'Correct node' },
  { text: 'clause: [1]', says: 'clause must be a list of texts', remedy: 'Correct clause' },
  {
    text: 'provision: crdb',
    says: 'provision must be one of control, crdbs, fixed, command, none',
    remedy: 'Correct provision',
  },
  { text: 'tasks: {started: [a]}', says: 'tasks must be a map from phases', remedy: 'Correct tasks' },
  { text: 'tasks: {running: a}', says: 'tasks must be a map from phases', remedy: 'Correct tasks' },
  { text: 'tasks: {__proto__: [a]}', says: 'tasks must be a map from phases', remedy: 'Correct tasks' },
  { text: 'tasks: {constructor: [a]}', says: 'tasks must be a map from phases', remedy: 'Correct tasks' },
  { text: 'tasks: []', says: 'tasks must be a map from phases', remedy: 'Correct tasks' },
  { text: 'timeoutS:', says: 'timeoutS must be a number of seconds above 0', remedy: 'Correct timeoutS' },
  { text: '[a, b]', says: 'is not a map of options', remedy: 'Write lines such as' },
  { text: 'a text', says: 'is not a map of options', remedy: 'Write lines such as' },
  { text: 'a: {', says: 'is not valid YAML', remedy: 'Correct the file.' },
  { text: 'node: &a [*a]', says: 'a value contains itself', remedy: 'Correct the file.' },
  {
    text: 'seed: 1\nseed: 2',
    says: 'is not valid YAML: Map keys must be unique at line 2',
    remedy: 'Correct the file.',
  },
  {
    text: 'seed: 1\n---\nseed: 2',
    says: 'is not valid YAML: Source contains multiple documents',
    remedy: 'Correct',
  },
  {
    text: 'timeoutS: ${A}0',
    says: 'timeoutS must be a number of seconds above 0',
    remedy: 'Correct timeoutS',
  },
  { text: laughs, says: 'is not valid YAML: Excessive alias count', remedy: 'Correct the file.' },
])('$text is refused: it $says', async ({ text, says, remedy }) => {
  const error = await refusal(written(text));
  expect(error.message).toContain(says);
  expect(error.remedy).toContain(remedy);
  expect([error.exitCode, error.message.split('\n').length]).toEqual([2, 1]);
});

test('a file that does not exist is named', async () => {
  const { message } = await refusal(join(folder, 'nowhere.yaml'));
  expect(message).toMatch(/^--config .*nowhere\.yaml does not exist\.$/);
});

test('a file may be TypeScript, which may be broken too', async () => {
  writeFileSync(join(folder, 'a.ts'), 'const s: number = 7;\nexport default { timeoutS: s };\n');
  writeFileSync(join(folder, 'broken.ts'), 'export default {\n');
  writeFileSync(join(folder, 'throws.ts'), 'throw new Error("no luck\\nat all");\n');
  writeFileSync(join(folder, 'nothing.ts'), 'export const timeoutS = 7;\n');
  expect((await readConfig(join(folder, 'a.ts'), {}))?.options).toEqual({ timeoutS: 7 });
  expect((await refusal(join(folder, 'broken.ts'))).message).toMatch(/broken\.ts can’t be run: .+$/);
  expect((await refusal(join(folder, 'throws.ts'))).message).toMatch(/throws\.ts can’t be run: no luck$/);
  expect((await refusal(join(folder, 'nothing.ts'))).message).toContain('has no default export');
});

test('an empty file takes the place of the usual one', async () =>
  expect((await readConfig('/dev/null', {}))?.options).toEqual({}));

describe('a target of a fleet', () => {
  test('has an address or an image, and options of its own', async () => {
    const targets = [
      { name: 'a', target: 'https://a', labels: ['eu'], graceS: 3 },
      { name: 'b', container: 'redislabs/redis:7.8.6-286', timeoutS: 30 },
    ];
    expect(await read(JSON.stringify({ targets }))).toEqual({ targets });
  });
  test.each([
    { target: '{target: https://a}', says: 'targets[0] has no name' },
    { target: '{name: a}', says: 'targets[0] needs either target or container' },
    { target: '{name: a, target: https://a, container: b}', says: 'needs either target or container' },
    { target: '{name: a, tagret: https://a}', says: 'targets[0] has the unknown key tagret' },
    { target: '{name: a, target: https://a, seed: 1}', says: 'targets[0] has the unknown key seed' },
    { target: '{name: a/b, target: https://a}', says: 'targets[0].name must be a name for a folder' },
    { target: '{name: a, target: https://a, graceS: x}', says: 'targets[0].graceS must be a number' },
    { target: 'a', says: 'targets[0] must be a map of options' },
  ])('$target is refused: $says', async ({ target, says }) =>
    expect((await refusal(written(`targets: [${target}]`))).message).toContain(says),
  );
});

const readIn = (text: string, env: NodeJS.ProcessEnv) => expanded(parse(text), env, 'a.yaml');

/** What a configuration that can't be used says. */
function refusalIn(text: string, env: NodeJS.ProcessEnv): UserError {
  try {
    readIn(text, env);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a variable of the environment', () => {
  const env = { HOST: 'h', SECONDS: '7', YES: 'true', EMPTY: '', WHERE: '${HOST}' };
  test('is replaced in a text, a number, a switch, a choice, a list and a map', () => {
    const text =
      'target: https://${HOST}/a\ntimeoutS: ${SECONDS}\nstrict: "${YES}"\nnode: [x, "${HOST}"]\ntasks: {running: ["${HOST}1"]}';
    expect(readIn(text, env).options).toEqual({
      target: 'https://h/a',
      timeoutS: 7,
      strict: true,
      node: ['x', 'h'],
      tasks: { running: ['h1'] },
    });
  });
  test('is not replaced in the value of another, and $${ is a plain ${', () =>
    expect(readIn('user: "${WHERE} $${HOST}"', env).options).toEqual({ user: '${HOST} ${HOST}' }));
  test.each([
    { text: 'user: ${GONE}', says: 'user needs the environment variable GONE, which is not set' },
    { text: 'user: "${__proto__}"', says: 'needs the environment variable __proto__' },
    { text: 'user: "${a-b}"', says: 'user contains a ${ without the name of an environment variable' },
    { text: 'user: ${EMPTY}', says: 'user must be a text; its value comes from EMPTY' },
    {
      text: 'timeoutS: ${HOST}',
      says: 'timeoutS must be a number of seconds above 0; its value comes from HOST',
    },
    { text: 'provision: ${HOST}', says: 'provision must be one of control, crdbs, fixed, command, none' },
  ])('$text is refused: $says', ({ text, says }) => {
    const { message, exitCode } = refusalIn(text, env);
    expect(message).toContain(says);
    expect([exitCode, message.split('\n').length]).toEqual([2, 1]);
  });
  test('is not shown where its value is wrong', () =>
    expect(refusalIn('timeoutS: ${PW}', { PW: 's3cret' }).message).not.toContain('s3cret'));

  test('is listed with the key whose value contains it', () => {
    const { variables } = readIn('target: "${HOST}${SECONDS}"\nuser: me', env);
    expect([...variables]).toEqual([['target', ['HOST', 'SECONDS']]]);
  });
});
