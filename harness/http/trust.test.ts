import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, describe, expect, test } from 'vitest';
import { readText } from '../config/read-text.ts';
import { type TlsOptions, trustOf as trustReading } from './trust.ts';

const trustOf = (options: TlsOptions, env: NodeJS.ProcessEnv) => trustReading(options, env, readText);

const folder = mkdtempSync(join(tmpdir(), 'trust-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [ours, others] = await Promise.all([
  generate([{ name: 'commonName', value: 'ours' }]),
  generate([{ name: 'commonName', value: 'others' }]),
]);
const locked = createPrivateKey(ours.private).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'open',
});
const written = (name: string, text: string | Buffer): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const cert = written('cert.pem', ours.cert);
const key = written('key.pem', ours.private);
const lockedKey = written('locked.pem', locked);
const wrongKey = written('wrong.pem', others.private);
const noKey = written('none.pem', 'hello');

describe('a client certificate', () => {
  test('is there with its key, and is none where nothing is given', () => {
    expect(trustOf({ cert, key }, {})).toEqual({
      insecure: false,
      clientCertificate: { cert: ours.cert, key: ours.private },
    });
    expect(trustOf({}, {})).toEqual({ insecure: false });
  });

  test('with a key that is encrypted takes its passphrase from the environment', () => {
    const { clientCertificate } = trustOf({ cert, key: lockedKey, keyPassphraseEnv: 'P' }, { P: 'open' });
    expect(clientCertificate?.passphrase).toBe('open');
  });

  test.each([
    { options: { cert }, says: '--key is not given', why: 'no key' },
    { options: { key }, says: '--cert is not given', why: 'no certificate' },
    { options: { keyPassphraseEnv: 'P' }, says: '--cert is not given', why: 'a passphrase alone' },
    {
      options: { cert: key, key },
      says: '--cert .* holds no PEM certificate',
      why: 'a key for a certificate',
    },
    { options: { cert, key: join(folder, 'no') }, says: '--key .* is not there', why: 'no such file' },
    { options: { cert, key: wrongKey }, says: 'is not the key of', why: 'another key' },
    { options: { cert, key: noKey }, says: 'is no PEM key', why: 'no key in the file' },
    { options: { cert, key: lockedKey }, says: 'is encrypted', why: 'no passphrase' },
    {
      options: { cert, key: lockedKey, keyPassphraseEnv: 'WRONG' },
      says: 'is not opened by its passphrase',
      why: 'a wrong passphrase',
    },
    { options: { cert, key: lockedKey, keyPassphraseEnv: 'NO' }, says: 'NO is not set', why: 'no variable' },
    {
      options: { cert, key: lockedKey, keyPassphraseEnv: 'E' },
      says: 'E is empty',
      why: 'an empty variable',
    },
  ])('is refused in one line that holds no secret: $why', ({ options, says }) => {
    const env = { WRONG: 'a-wrong-one', E: '' };
    expect(() => trustOf(options, env)).toThrow(new RegExp(says));
    expect(() => trustOf(options, env)).not.toThrow(/a-wrong-one|PRIVATE/);
  });
});
