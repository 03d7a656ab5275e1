import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { chosenOptions, environmentLayer, firstOfEach, type Layer, printedConfig } from './chosen-options.ts';
import type { RunOptions } from './options.ts';
import { fileRows } from './schemas.ts';

const layer = (origin: string, options: RunOptions): Layer => ({ origin: () => origin, options });

describe('each option has one value, with its origin:', () => {
  const file = layer('file', { target: 'http://file', user: 'file', graceS: 3, passwordFrom: '-' });
  const environment = environmentLayer({ CRDB_TARGET: 'http://environment', CRDB_USER: 'environment' });
  test.each<{ why: string; layers: readonly Layer[]; is: RunOptions; from: readonly string[] }>([
    {
      why: 'the flag',
      layers: [layer('flag', { target: 'http://flag', passwordFrom: 'env:PW' }), environment, file],
      is: { target: 'http://flag', user: 'environment', passwordFrom: 'env:PW' },
      from: ['flag', 'environment CRDB_USER'],
    },
    {
      why: 'else the environment',
      layers: [layer('flag', {}), environment, file],
      is: { target: 'http://environment', user: 'environment' },
      from: ['environment CRDB_TARGET', 'environment CRDB_USER'],
    },
    {
      why: 'else the file',
      layers: [layer('flag', {}), environmentLayer({}), file],
      is: { target: 'http://file', user: 'file', passwordFrom: '-' },
      from: ['file', 'file'],
    },
  ])('$why', ({ layers, is, from }) => {
    const { options, origins } = firstOfEach(layers);
    expect(options).toMatchObject({ ...is, graceS: 3 });
    expect([origins.get('target'), origins.get('user'), origins.get('graceS')]).toEqual([...from, 'file']);
  });

  test('false and 0 are values', () => {
    const { options } = firstOfEach([
      layer('flag', { strict: false, seed: 0 }),
      layer('file', { strict: true, seed: 1 }),
    ]);
    expect(options).toEqual({ strict: false, seed: 0 });
  });

  test('what a flag excludes is not taken from elsewhere', () => {
    const { options } = firstOfEach([
      layer('flag', { replay: 'create 0 queued', crdb: 'guid' }),
      layer('file', { clause: ['cancel'], explore: 30, databases: 3, graceS: 3 }),
    ]);
    expect(options).toEqual({ replay: 'create 0 queued', crdb: 'guid', graceS: 3 });
    const both = { crdb: 'guid', databases: 3 };
    expect(firstOfEach([layer('flag', both)]).options).toEqual(both); // refused later
  });

  test('an empty variable counts as not set', () =>
    expect(environmentLayer({ CRDB_TARGET: '', CRDB_USER: '' }).options).toEqual({}));

  test('a target of a fleet has its own before those of the file, after the flags', async () => {
    const { of } = await chosenOptions({ timeoutS: 1 }, { CRDB_USER: 'environment' });
    const target = { name: 'a', labels: ['b'], target: 'http://a', timeoutS: 2, graceS: 2, user: 'own' };
    expect(of(target)).toEqual({ target: 'http://a', timeoutS: 1, graceS: 2, user: 'environment' });
  });
});

describe('the printed configuration', () => {
  const origins = new Map([
    ['target', 'fleet.yaml, environment HOST'],
    ['clause', 'flag --clause'],
  ]);
  const options: RunOptions = {
    target: 'https://cluster.example',
    clause: ['list', 'cancel'],
    passwordFrom: 'env:PW',
  };
  const line = (text: string, key: string): string =>
    text.split('\n').find((one) => one.replace('# ', '').startsWith(`${key}:`)) ?? '';

  test('has each option with its value and its origin', () => {
    const text = printedConfig({ options, origins }, {});
    expect(line(text, 'target')).toMatch(
      /^target: https:\/\/cluster\.example +# fleet\.yaml, environment HOST$/,
    );
    expect(line(text, 'clause')).toMatch(/^clause: \[ list, cancel \] +# flag --clause$/);
    expect(line(text, 'graceS')).toMatch(/^graceS: 2 +# default$/);
    expect(line(text, 'maxDurationS')).toMatch(/^# maxDurationS: no limit +# default$/);
    expect(fileRows.filter(([key]) => line(text, key) === '')).toEqual([]);
  });

  test('is a configuration file', () => {
    const again = parse(printedConfig({ options, origins }, {}));
    expect(again).toMatchObject({ ...options, graceS: 2, strict: false });
  });

  test.each([
    { given: {}, env: { CRDB_PASSWORD: 'hunter22' }, says: 'environment CRDB_PASSWORD, set and not shown' },
    { given: { passwordFrom: 'env:PW' }, env: {}, says: 'environment PW, which is not set' },
    { given: { passwordFrom: 'env:__proto__' }, env: {}, says: 'environment __proto__, which is not set' },
    { given: { passwordFrom: '-' }, env: {}, says: 'the standard input' },
    { given: { passwordFrom: 'file:/run/pw' }, env: {}, says: 'file /run/pw, not shown' },
    { given: { passwordFrom: 'cmd:vault hunter22' }, env: {}, says: 'a command, which was not run' },
    { given: { auth: false }, env: {}, says: 'none: the target needs no credentials' },
  ])('names the source of the password: $says', ({ given, env, says }) => {
    const text = printedConfig({ options: given, origins }, env);
    expect(text).toContain(says);
    expect(text).not.toContain('hunter22');
  });

  test('does not show commands, which may contain a secret', () => {
    const passwordFrom = 'cmd:vault --token hunter22';
    const command = 'make-task --token hunter22';
    const targets = [{ name: 'a', target: 'https://h', passwordFrom, command }];
    const text = printedConfig({ options: { passwordFrom, targets, command }, origins }, {});
    expect(text).not.toContain('hunter22');
    expect(line(text, 'passwordFrom')).toMatch(/^passwordFrom: cmd:\(not shown\)/);
  });

  test('does not show a password that was given in the place of its source', () => {
    const targets = [{ name: 'a', target: 'https://h', passwordFrom: 'hunter22' }];
    expect(printedConfig({ options: { targets }, origins }, {})).not.toContain('hunter22');
    expect(() => printedConfig({ options: { passwordFrom: 'hunter22' }, origins }, {})).toThrow(
      /^(?!.*hunter22).*does not name a source/,
    );
  });

  test('masks a secret in the wrong place', () => {
    const given = { user: 'me-hunter22', target: 'https://admin:pw12@h/', clause: ['hunter22'] };
    const text = printedConfig({ options: given, origins }, { CRDB_PASSWORD: 'hunter22' });
    expect(text).not.toMatch(/hunter22|pw12/);
  });
});
