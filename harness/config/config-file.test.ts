import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { readConfig } from './config-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-config-'));
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
    passwordEnv: 'PW',
    passwordStdin: false,
    auth: true,
    provision: 'fixed',
    profile: 'nightly',
    allowForce: true,
    requireComplete: true,
    strict: true,
    suite: ['list'],
    clause: [],
    ca: 'ca.pem',
    insecure: false,
    timeout: 0.5,
    grace: 0,
    settle: 10,
    maxDuration: 60,
    repeat: 3,
    seed: -1,
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
  { text: '__proto__: {}', says: 'has the unknown key __proto__', remedy: 'The keys are' },
  { text: 'password: secret', says: 'has the unknown key password', remedy: 'Did you mean passwordEnv?' },
  { text: 'target: ""', says: 'target is no text', remedy: 'Mend target' },
  { text: 'target: 7', says: 'target is no text', remedy: 'Mend target' },
  { text: 'strict: "yes"', says: 'strict is no true or false', remedy: 'Mend strict' },
  { text: 'timeout: 0', says: 'timeout is no number of seconds above 0', remedy: 'Mend timeout' },
  { text: 'timeout: .nan', says: 'timeout is no number of seconds above 0', remedy: 'Mend timeout' },
  { text: 'timeout: .inf', says: 'timeout is no number of seconds above 0', remedy: 'Mend timeout' },
  { text: 'grace: -1', says: 'grace is no number of seconds from 0 up', remedy: 'Mend grace' },
  { text: 'seed: 1.5', says: 'seed is no whole number', remedy: 'Mend seed' },
  { text: 'suite: list', says: 'suite is no list of names', remedy: 'Mend suite' },
  { text: 'clause: [1]', says: 'clause is no list of names', remedy: 'Mend clause' },
  {
    text: 'provision: crdb',
    says: 'provision is no one of control, crdbs, fixed, command, none',
    remedy: 'Mend provision',
  },
  { text: 'tasks: {started: [a]}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: {running: a}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: {__proto__: [a]}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: {constructor: [a]}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: []', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'timeout:', says: 'timeout is no number of seconds above 0', remedy: 'Mend timeout' },
  { text: '[a, b]', says: 'holds no keys and values', remedy: 'Write lines such as' },
  { text: 'a text', says: 'holds no keys and values', remedy: 'Write lines such as' },
  { text: 'a: {', says: 'is no YAML', remedy: 'Mend the file.' },
  { text: 'suite: &a [*a]', says: 'holds a value that holds itself', remedy: 'Take the alias' },
  {
    text: 'seed: 1\nseed: 2',
    says: 'is no YAML: Map keys must be unique at line 2',
    remedy: 'Mend the file.',
  },
  { text: 'seed: 1\n---\nseed: 2', says: 'is no YAML: Source contains multiple documents', remedy: 'Mend' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable alone can be a number
  { text: 'timeout: ${A}0', says: 'timeout is no number of seconds above 0', remedy: 'Mend timeout' },
  { text: laughs, says: 'is no YAML: Excessive alias count', remedy: 'Mend the file.' },
])('$text is refused: it $says', async ({ text, says, remedy }) => {
  const error = await refusal(written(text));
  expect(error.message).toContain(says);
  expect(error.remedy).toContain(remedy);
  expect([error.exitCode, error.message.split('\n').length]).toEqual([2, 1]);
});

test('a file that is not there is named', async () => {
  const { message } = await refusal(join(folder, 'nowhere.yaml'));
  expect(message).toMatch(/^--config .*nowhere\.yaml is not there\.$/);
});

test('a file may be TypeScript, which may be broken too', async () => {
  writeFileSync(join(folder, 'a.ts'), 'const s: number = 7;\nexport default { timeout: s };\n');
  writeFileSync(join(folder, 'broken.ts'), 'export default {\n');
  writeFileSync(join(folder, 'throws.ts'), 'throw new Error("no luck\\nat all");\n');
  writeFileSync(join(folder, 'nothing.ts'), 'export const timeout = 7;\n');
  expect((await readConfig(join(folder, 'a.ts'), {}))?.options).toEqual({ timeout: 7 });
  expect((await refusal(join(folder, 'broken.ts'))).message).toMatch(/broken\.ts can’t be run: .+$/);
  expect((await refusal(join(folder, 'throws.ts'))).message).toMatch(/throws\.ts can’t be run: no luck$/);
  expect((await refusal(join(folder, 'nothing.ts'))).message).toContain('has no default export');
});

test('--no-config reads none', async () => expect(await readConfig(false, {})).toBeUndefined());

describe('$import', () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  test('brings the keys of another file, and its own go before them', async () => {
    write('base.yaml', 'timeout: 3\ngrace: 1\n');
    expect(await read('$import: base.yaml\ngrace: 2\n')).toEqual({ timeout: 3, grace: 2 });
  });
  test('in a circle is refused, and the circle is shown', async () => {
    write('one.yaml', '$import: two.yaml\n');
    write('two.yaml', '$import: one.yaml\n');
    write('self.yaml', '$import: self.yaml\n');
    expect((await refusal(join(folder, 'one.yaml'))).message).toMatch(
      /in a circle by \$import: .*one\.yaml → .*two\.yaml → .*one\.yaml\.$/,
    );
    expect((await refusal(join(folder, 'self.yaml'))).message).toMatch(/in a circle by \$import/);
  });
  test.each([
    { text: '$import: gone.yaml', says: /\$import can’t be followed: .*gone\.yaml/ },
    { text: '$import: 7', says: /\$import/ },
    { text: '$import: bad.yaml', says: /bad\.yaml is no YAML/ },
  ])('$text is refused', async ({ text, says }) => {
    write('bad.yaml', 'a: {');
    const { message, exitCode } = await refusal(written(text));
    expect(message).toMatch(says);
    expect([exitCode, message.split('\n').length]).toEqual([2, 1]);
  });
});
