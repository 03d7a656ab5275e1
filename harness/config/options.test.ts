import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { defaultSettings } from '../model/settings.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { selectionOf, settingsOf, targetOf, targetUrl } from './options.ts';
import { passwordsFrom } from './passwords.ts';

const folder = freshFolder();
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
    { text: 'cluster.example', says: 'is not a URL' },
    { text: '', says: 'is not a URL' },
    { text: 'ftp://cluster.example', says: 'does not begin with http:// or https://' },
    { text: 'cluster:9443', says: 'does not begin with http:// or https://' },
    { text: 'https://cluster.example/?a=1', says: 'has a query or a fragment' },
    { text: 'https://cluster.example/#a', says: 'has a query or a fragment' },
  ])('$text is refused: it $says', ({ text, says }) => {
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

describe('the login', () => {
  const target = 'https://cluster.example';
  test('has the user name and the password', async () => {
    const found = await targetOf({ target, user: 'u' }, {}, passwordsIn({ CRDB_PASSWORD: 'a' }));
    expect(found).toMatchObject({ login: { user: 'u', password: 'a' }, insecure: false });
  });

  test('without a target there is no target', async () =>
    expect(await targetOf({}, {}, passwordsIn({}))).toBeUndefined());

  test('with --no-auth there is none', async () => {
    expect(await targetOf({ target, auth: false, insecure: true }, {}, passwordsIn({}))).toEqual({
      url: new URL(target),
      insecure: true,
    });
  });

  test('needs a user name', async () => {
    await expect(targetOf({ target }, {}, passwordsIn({}))).rejects.toThrow(
      'There is no user name for cluster.example.',
    );
  });

  test('the certificate of an authority is read from its file', async () => {
    const [pem, other] = [join(folder, 'ca.pem'), join(folder, 'other.pem')];
    writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
    writeFileSync(other, 'x');
    const options = { target, auth: false };
    expect((await targetOf({ ...options, ca: pem }, {}, passwordsIn({})))?.ca).toContain('BEGIN');
    await expect(targetOf({ ...options, ca: other }, {}, passwordsIn({}))).rejects.toThrow(
      'holds no PEM certificate',
    );
    await expect(targetOf({ ...options, ca: join(folder, 'no') }, {}, passwordsIn({}))).rejects.toThrow(
      'does not exist',
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
      timeoutS: 1,
      graceS: 0,
      settleS: 3,
      maxDurationS: 4,
      seed: 0,
      allowForce: true,
    }),
  ).toEqual({
    profile: 'full',
    timeoutS: 1,
    graceS: 0,
    settleS: 3,
    exploreS: 10,
    maxDurationS: 4,
    seed: 0,
    allowForce: true,
  });
  expect(settingsOf({ profile: 'full', explore: 3 }).exploreS).toBe(3);
});

describe('--clause', () => {
  const ids = ['list.empty', 'list.queued', 'cancel.leaves', 'cancel.leaves.all', 'cancelled.stays'];
  test.each<{ clause?: readonly string[]; selects: readonly string[]; why: string }>([
    { selects: ids, why: 'without it, all' },
    { clause: ['list.empty'], selects: ['list.empty'], why: 'an id' },
    { clause: ['cancel'], selects: ['cancel.leaves', 'cancel.leaves.all'], why: 'a prefix' },
    { clause: ['cancel.'], selects: ['cancel.leaves', 'cancel.leaves.all'], why: 'a prefix with its dot' },
    { clause: ['cancel.leaves'], selects: ['cancel.leaves'], why: 'an id goes before a prefix' },
    { clause: ['cancel.leaves.'], selects: ['cancel.leaves.all'], why: 'the dot makes it a prefix' },
    {
      clause: ['cancel.leaves', 'list', 'list.empty'],
      selects: ['list.empty', 'list.queued', 'cancel.leaves'],
      why: 'several names: each clause once, in the order of the suites',
    },
  ])('selects $selects: $why', ({ clause, selects }) =>
    expect(selectionOf(clause ? { clause } : {}, ids)).toEqual(selects),
  );

  test.each([
    { name: 'cancle', remedy: 'Did you mean cancel?' },
    { name: 'list.emty', remedy: 'Did you mean list.empty?' },
    { name: 'constructor', remedy: 'crdb-conformance clauses' },
    { name: '.', remedy: 'crdb-conformance clauses' },
    { name: '', remedy: 'crdb-conformance clauses' },
  ])('refuses $name: $remedy', ({ name, remedy }) => {
    expect(() => selectionOf({ clause: [name] }, ids)).toThrow(
      expect.objectContaining({
        message: `There is no clause ${name}.`,
        remedy: expect.stringContaining(remedy),
        exitCode: 2,
      }),
    );
  });
});
