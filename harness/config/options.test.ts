import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { defaultSettings } from '../model/settings.ts';
import { type RunOptions, selectionOf, settingsOf, targetOf, targetUrl } from './options.ts';
import { passwordsFrom } from './passwords.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-options-'));
const passwordsIn = (env: NodeJS.ProcessEnv, input = '') =>
  passwordsFrom({ env, stdin: async () => input, error: () => {} });

describe('a target', () => {
  test.each([
    { text: 'https://cluster.example:9443', path: '/' },
    { text: 'http://127.0.0.1:8080/', path: '/' },
    { text: 'http://127.0.0.1/a/b', path: '/a/b' },
    { text: 'http://127.0.0.1/a/b//', path: '/a/b' },
    { text: 'http://127.0.0.1/a@b', path: '/a@b' },
  ])('$text has the prefix $path', ({ text, path }) => {
    expect(targetUrl(text).pathname).toBe(path);
  });

  test.each([
    { text: 'cluster.example', says: 'is no URL' },
    { text: '', says: 'is no URL' },
    { text: 'ftp://cluster.example', says: 'is not http:// or https://' },
    { text: 'cluster:9443', says: 'is not http:// or https://' },
    { text: 'https://cluster.example/?a=1', says: 'has a query or a fragment' },
    { text: 'https://cluster.example/#a', says: 'has a query or a fragment' },
  ])('$text is none: it $says', ({ text, says }) => {
    expect(() => targetUrl(text)).toThrow(says);
    expect(() => targetUrl(text)).toThrow(UserError);
  });

  test.each([
    'https://admin:hunter22@cluster.example',
    'https://:hunter22@cluster.example',
    'https://admin@cluster.example',
    'admin:hunter22@cluster.example:9443',
    'ftp://admin:hunter22@cluster.example',
    'https://admin:hunter22@cluster.example:99999',
    'https://admin:hun/ter22@cluster.example',
  ])('with credentials in it is refused, and they are not said again: %s', (text) => {
    expect(() => targetUrl(text)).toThrow(UserError);
    expect(() => targetUrl(text)).toThrow(/^(?!.*ter22)/);
  });
});

describe('who asks', () => {
  const target = 'https://cluster.example';
  test.each<{ why: string; options: RunOptions; env: NodeJS.ProcessEnv; input?: string; password: string }>([
    { why: 'the usual variable', options: {}, env: { CRDB_PASSWORD: 'a' }, password: 'a' },
    {
      why: 'a named one',
      options: { passwordEnv: 'PW' },
      env: { CRDB_PASSWORD: 'a', PW: 'b' },
      password: 'b',
    },
    {
      why: 'the standard input, less the line feed at its end alone',
      options: { passwordStdin: true },
      env: { CRDB_PASSWORD: 'a' },
      input: ' c\n\r\n',
      password: ' c\n',
    },
  ])('has a password from $why', async ({ options, env, input = '', password }) => {
    const found = await targetOf({ target, user: 'u', ...options }, env, passwordsIn(env, input));
    expect(found).toMatchObject({ login: { user: 'u', password }, insecure: false });
  });

  test('no target is none', async () => expect(await targetOf({}, {}, passwordsIn({}))).toBeUndefined());

  test('--no-auth asks for nobody', async () => {
    expect(await targetOf({ target, auth: false, insecure: true }, {}, passwordsIn({}))).toEqual({
      url: new URL(target),
      insecure: true,
    });
  });

  test.each<{ why: string; options: RunOptions; env: NodeJS.ProcessEnv; says: string }>([
    { why: 'nobody is named', options: {}, env: {}, says: 'Nobody is named to ask cluster.example.' },
    { why: 'no password', options: { user: 'u' }, env: {}, says: 'CRDB_PASSWORD is not set' },
    {
      why: 'an empty one',
      options: { user: 'u' },
      env: { CRDB_PASSWORD: '' },
      says: 'CRDB_PASSWORD is empty',
    },
    {
      why: 'the named variable, and no other',
      options: { user: 'u', passwordEnv: 'PW' },
      env: { CRDB_PASSWORD: 'a' },
      says: 'PW is not set',
    },
    {
      why: 'a variable that every object seems to have',
      options: { user: 'u', passwordEnv: '__proto__' },
      env: { CRDB_PASSWORD: 'a' },
      says: '__proto__ is not set',
    },
    {
      why: 'no input',
      options: { user: 'u', passwordStdin: true },
      env: {},
      says: 'standard input is empty',
    },
  ])('$why: $says', async ({ options, env, says }) => {
    await expect(targetOf({ target, ...options }, env, passwordsIn(env, '\n'))).rejects.toThrow(says);
  });

  test('an authority is read from its file', async () => {
    const [pem, other] = [join(folder, 'ca.pem'), join(folder, 'other.pem')];
    writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
    writeFileSync(other, 'x');
    const options = { target, auth: false };
    expect((await targetOf({ ...options, ca: pem }, {}, passwordsIn({})))?.ca).toContain('BEGIN');
    await expect(targetOf({ ...options, ca: other }, {}, passwordsIn({}))).rejects.toThrow(
      'holds no PEM certificate',
    );
    await expect(targetOf({ ...options, ca: join(folder, 'no') }, {}, passwordsIn({}))).rejects.toThrow(
      'is not there',
    );
    await expect(targetOf({ ...options, ca: folder }, {}, passwordsIn({}))).rejects.toThrow('can’t be read');
  });
});

test('settings that are not given have their defaults, and zero is given', () => {
  expect(settingsOf({})).toEqual(defaultSettings);
  expect(settingsOf({})).not.toHaveProperty('maxDurationS');
  expect(
    settingsOf({
      profile: 'full',
      timeout: 1,
      grace: 0,
      settle: 3,
      maxDuration: 4,
      seed: 0,
      allowForce: true,
    }),
  ).toEqual({
    profile: 'full',
    timeoutS: 1,
    graceS: 0,
    settleS: 3,
    maxDurationS: 4,
    seed: 0,
    allowForce: true,
  });
});

describe('a selection', () => {
  const suiteOf = new Map([
    ['list.empty', 'list'],
    ['list.queued', 'list'],
    ['cancel.leaves', 'cancel'],
  ]);
  test.each<{ options: RunOptions; selects: string[]; why: string }>([
    { options: {}, selects: [...suiteOf.keys()], why: 'nothing named is all' },
    { options: { suite: ['list'] }, selects: ['list.empty', 'list.queued'], why: 'a suite' },
    { options: { clause: ['cancel.leaves'] }, selects: ['cancel.leaves'], why: 'a clause' },
    {
      options: { clause: ['cancel.leaves', 'list.empty'], suite: ['list'] },
      selects: [...suiteOf.keys()],
      why: 'both, each clause once, in the order of the suites',
    },
  ])('$why', ({ options, selects }) => expect(selectionOf(options, suiteOf)).toEqual(selects));

  test.each<{ options: RunOptions; says: string; remedy: string }>([
    {
      options: { suite: ['lst'] },
      says: 'There is no suite lst.',
      remedy: 'Did you mean list? The suites are list, cancel.',
    },
    {
      options: { clause: ['list.emty'] },
      says: 'There is no clause list.emty.',
      remedy: 'Did you mean list.empty?',
    },
    {
      options: { clause: ['constructor'] },
      says: 'There is no clause constructor.',
      remedy: 'crdb-conformance clauses',
    },
  ])('$says', ({ options, says, remedy }) => {
    expect(() => selectionOf(options, suiteOf)).toThrow(
      expect.objectContaining({ message: says, remedy: expect.stringContaining(remedy), exitCode: 2 }),
    );
  });
});
