import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readText } from '../config/options.ts';
import { credentialKinds } from '../model/requests.ts';
import { selfSigned } from '../reference/certificate.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { agentsFor, authorization, type TlsOptions, trustOf as trustReading } from './target.ts';

const login = { user: 'admin', password: 'p"ä/s w%rd' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const decoded = (header: string | undefined): string =>
  Buffer.from((header ?? '').split(' ')[1] ?? '', 'base64').toString();

describe('the Authorization header', () => {
  test('names the user and the password, in UTF-8, with either spelling of the scheme', () => {
    expect(authorization('own', login)).toBe(`Basic ${base64('admin:p"ä/s w%rd')}`);
    expect(authorization('lower-case scheme', login)).toBe(`basic ${base64('admin:p"ä/s w%rd')}`);
  });

  test('is left out for none, and for a target without a login', () => {
    expect(authorization('none', login)).toBeUndefined();
    expect(credentialKinds.map((kind) => authorization(kind, undefined)).every((header) => !header)).toBe(
      true,
    );
  });

  test('of an unknown user holds neither the real name nor the password', () => {
    expect(decoded(authorization('unknown user', login))).toMatch(/^no-such-user-[0-9a-f]{16}:no-password$/);
  });

  test('of a wrong password names the real user', () => {
    expect(decoded(authorization('wrong password', login))).toMatch(/^admin:/);
    expect(authorization('wrong password', login)).not.toBe(authorization('own', login));
  });

  test('that is malformed is no base64', () => {
    expect(authorization('malformed', login)).toMatch(/^Basic .*[^\w+/=]/);
  });
});

/** What an agent was made with; Node has it, and its types hide it. */
const optionsOf = (agent: Agent): unknown => Reflect.get(agent, 'options');

test('certificates are trusted by the authority that is given, or all of them', () => {
  const url = new URL('https://127.0.0.1');
  const strict = agentsFor({ url, insecure: false, ca: 'PEM' });
  expect(optionsOf(strict.reads)).toMatchObject({ rejectUnauthorized: true, ca: 'PEM', keepAlive: true });
  expect(optionsOf(strict.changes)).toMatchObject({ rejectUnauthorized: true, ca: 'PEM' });
  expect(optionsOf(strict.changes)).not.toMatchObject({ keepAlive: true });
  expect(optionsOf(agentsFor({ url, insecure: true }).changes)).toMatchObject({ rejectUnauthorized: false });
  const clientCertificate = { cert: 'CERT', key: 'KEY', passphrase: 'open' };
  const known = agentsFor({ url, insecure: false, clientCertificate });
  for (const agent of [known.reads, known.changes]) expect(optionsOf(agent)).toMatchObject(clientCertificate);
});

const trustOf = (options: TlsOptions, env: NodeJS.ProcessEnv) => trustReading(options, env, readText);

const folder = freshFolder();

const [ours, others] = await Promise.all([selfSigned('ours'), selfSigned('others')]);
const locked = createPrivateKey(ours.key).export({
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
const key = written('key.pem', ours.key);
const lockedKey = written('locked.pem', locked);
const wrongKey = written('wrong.pem', others.key);
const noKey = written('none.pem', 'hello');

describe('a client certificate', () => {
  test('is there with its key, and is none where nothing is given', () => {
    expect(trustOf({ cert, key }, {})).toEqual({
      insecure: false,
      clientCertificate: { cert: ours.cert, key: ours.key },
    });
    expect(trustOf({}, {})).toEqual({ insecure: false });
  });

  test('with a key that is encrypted takes its passphrase from the environment', () => {
    const { clientCertificate } = trustOf({ cert, key: lockedKey }, { CRDB_KEY_PASSPHRASE: 'open' });
    expect(clientCertificate?.passphrase).toBe('open');
  });

  test.each([
    { options: { cert }, says: '--key is not given', why: 'no key' },
    { options: { key }, says: '--cert is not given', why: 'no certificate' },
    {
      options: { cert: key, key },
      says: '--cert .* holds no PEM certificate',
      why: 'a key for a certificate',
    },
    { options: { cert, key: join(folder, 'no') }, says: '--key .* does not exist', why: 'no such file' },
    { options: { cert, key: wrongKey }, says: 'is not the key of', why: 'another key' },
    { options: { cert, key: noKey }, says: 'is not a PEM key', why: 'no key in the file' },
    { options: { cert, key: lockedKey }, says: 'is encrypted', why: 'no passphrase' },
    {
      options: { cert, key: lockedKey },
      env: { CRDB_KEY_PASSPHRASE: 'a-wrong-one' },
      says: 'can’t be decrypted with its passphrase',
      why: 'a wrong passphrase',
    },
    {
      options: { cert, key: lockedKey },
      env: { CRDB_KEY_PASSPHRASE: '' },
      says: 'is encrypted',
      why: 'an empty passphrase',
    },
  ])('is refused in one line that holds no secret: $why', ({ options, env = {}, says }) => {
    expect(() => trustOf(options, env)).toThrow(new RegExp(says));
    expect(() => trustOf(options, env)).not.toThrow(/a-wrong-one|PRIVATE/);
  });
});
