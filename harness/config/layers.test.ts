import { describe, expect, test } from 'vitest';
import { environmentLayer, type Layer, resolved } from './layers.ts';
import type { RunOptions } from './options.ts';

const layer = (origin: string, options: RunOptions): Layer => ({ origin: () => origin, options });
const file = layer('file', { target: 'http://file', user: 'file', grace: 3, passwordStdin: true });
const environment = environmentLayer({ CRDB_TARGET: 'http://environment', CRDB_USER: 'environment' });

describe('each option has one value, and says where it comes from:', () => {
  test.each<{ why: string; layers: readonly Layer[]; is: RunOptions; from: readonly string[] }>([
    {
      why: 'the flag',
      layers: [layer('flag', { target: 'http://flag' }), environment, file],
      is: { target: 'http://flag', user: 'environment' },
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
      is: { target: 'http://file', user: 'file', passwordStdin: true },
      from: ['file', 'file'],
    },
  ])('$why', ({ layers, is, from }) => {
    const { options, origins } = resolved(layers);
    expect(options).toMatchObject({ ...is, grace: 3 });
    expect([origins.get('target'), origins.get('user'), origins.get('grace')]).toEqual([...from, 'file']);
  });

  test('false and 0 are values', () => {
    const { options } = resolved([
      layer('flag', { strict: false, seed: 0 }),
      layer('file', { strict: true, seed: 1 }),
    ]);
    expect(options).toEqual({ strict: false, seed: 0 });
  });
});

test.each<RunOptions>([{ passwordEnv: 'PW' }, { passwordFile: 'f' }, { passwordCommand: 'c' }])(
  'a flag for the password takes the place of whatever the file says of it: %o',
  (flag) => {
    const { options, origins } = resolved([layer('flag', flag), file]);
    expect(options).toMatchObject(flag);
    expect([options.passwordStdin, origins.has('passwordStdin')]).toEqual([undefined, false]);
  },
);

test('an empty variable is none', () =>
  expect(environmentLayer({ CRDB_TARGET: '', CRDB_USER: '' }).options).toEqual({}));
