import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { optionRows } from '../config/option-table.ts';
import { printedConfig } from './print-config.ts';

const origins = new Map([
  ['target', 'fleet.yaml, environment HOST'],
  ['suite', 'flag --suite'],
]);
const options = { target: 'https://cluster.example', suite: ['list', 'cancel'], passwordEnv: 'PW' };
const line = (text: string, key: string): string =>
  text.split('\n').find((one) => one.replace('# ', '').startsWith(`${key}:`)) ?? '';

test('each option stands there with its value and where that comes from', () => {
  const text = printedConfig({ options, origins }, {});
  expect(line(text, 'target')).toMatch(
    /^target: https:\/\/cluster\.example +# fleet\.yaml, environment HOST$/,
  );
  expect(line(text, 'suite')).toMatch(/^suite: \[ list, cancel \] +# flag --suite$/);
  expect(line(text, 'grace')).toMatch(/^grace: 2 +# default$/);
  expect(line(text, 'maxDuration')).toMatch(/^# maxDuration: as long as it takes +# default$/);
  expect(optionRows.filter(([key]) => line(text, key) === '')).toEqual([]);
});

test('it can be used as a configuration again', () => {
  expect(parse(printedConfig({ options, origins }, {}))).toMatchObject({
    ...options,
    grace: 2,
    strict: false,
  });
});

test.each([
  { held: {}, env: { CRDB_PASSWORD: 'hunter22' }, told: 'environment CRDB_PASSWORD, set and not shown' },
  { held: { passwordEnv: 'PW' }, env: {}, told: 'environment PW, which is not set' },
  { held: { passwordEnv: '__proto__' }, env: {}, told: 'environment __proto__, which is not set' },
  { held: { passwordStdin: true }, env: {}, told: 'from the standard input' },
  { held: { passwordFile: '/run/pw' }, env: {}, told: 'file /run/pw, not shown' },
  { held: { passwordCommand: 'vault hunter22' }, env: {}, told: 'what a program says, which was not asked' },
  { held: { auth: false }, env: {}, told: 'none: the target asks for no credentials' },
])('of the password it is said where it comes from: $told', ({ held, env, told }) => {
  const text = printedConfig({ options: held, origins }, env);
  expect(text).toContain(told);
  expect(text).not.toContain('hunter22');
});

test('a program for the password is not shown, for it may have a secret in its words', () => {
  const targets = [{ name: 'a', target: 'https://h', passwordCommand: 'vault --token hunter22' }];
  const text = printedConfig(
    { options: { passwordCommand: 'vault --token hunter22', targets }, origins },
    {},
  );
  expect(text).not.toContain('hunter22');
  expect(line(text, 'passwordCommand')).toMatch(/^passwordCommand: \(not shown\)/);
});

test('a secret in the wrong place is masked', () => {
  const held = { user: 'me-hunter22', target: 'https://admin:pw12@h/', clause: ['hunter22'] };
  const text = printedConfig({ options: held, origins }, { CRDB_PASSWORD: 'hunter22' });
  expect(text).not.toMatch(/hunter22|pw12/);
});
