import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../errors.ts';
import { readConfig } from './config-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-config-'));
let serial = 0;

function written(text: string): string {
  const file = join(folder, `${++serial}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** What a configuration that can't be used says. */
function refusal(file: string): UserError {
  try {
    readConfig(file);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('every option has its key, and a value of its kind', () => {
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
  expect(readConfig(written(JSON.stringify(options)))).toEqual(options);
});

test.each(['', '# nothing yet\n', 'null'])('an empty file holds no options: %j', (text) => {
  expect(readConfig(written(text))).toEqual({});
});

test.each([
  { text: 'targt: x', says: 'has the unknown key targt', remedy: 'Did you mean target?' },
  { text: 'zzzzzzzzzzzz: x', says: 'has the unknown key zzzzzzzzzzzz', remedy: 'The keys are target, user' },
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
  { text: 'provision: crdb', says: 'provision is no one of control, fixed, none', remedy: 'Mend provision' },
  { text: 'tasks: {started: [a]}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: {running: a}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: {__proto__: [a]}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: {constructor: [a]}', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'tasks: []', says: 'tasks is no map from phases', remedy: 'Mend tasks' },
  { text: 'timeout:', says: 'timeout is no number of seconds above 0', remedy: 'Mend timeout' },
  { text: '[a, b]', says: 'holds no keys and values', remedy: 'Write lines such as' },
  { text: 'a text', says: 'holds no keys and values', remedy: 'Write lines such as' },
  { text: 'a: {', says: 'is no YAML', remedy: 'Mend the file.' },
])('$text is refused: it $says', ({ text, says, remedy }) => {
  const error = refusal(written(text));
  expect(error.message).toContain(says);
  expect(error.remedy).toContain(remedy);
  expect([error.exitCode, error.message.split('\n').length]).toEqual([2, 1]);
});

test('a file that is not there is named', () => {
  expect(refusal(join(folder, 'nowhere.yaml')).message).toMatch(/^--config .*nowhere\.yaml is not there\.$/);
});
