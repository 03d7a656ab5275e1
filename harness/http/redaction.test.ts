import { describe, expect, test } from 'vitest';
import { type Credentials, credentialKinds } from '../model/requests.ts';
import { spellingsOf } from '../testing/spellings.ts';
import { redactedBody, redactor, weakSecretWarning } from './redaction.ts';
import { authorization } from './target.ts';

const login = { user: 'admin', password: 'p"ä/s w%rd' };

describe.each([
  { secret: login.password },
  { secret: 'correct horse+battery' },
  { secret: 'Geheim&<Wört\\er>' },
  { secret: 'ends-with\\' },
  { secret: 'päss\u{1f511}wörd' },
])('of the secret $secret, a redactor removes', ({ secret }) => {
  const redact = redactor({ login: { user: 'admin', password: secret } });
  test.each(spellingsOf(secret))('$name', ({ text }) => {
    expect(redact(`a ${text} b ${text} c`)).toBe('a [redacted] b [redacted] c');
  });

  test('the base64 of any text around it', () => {
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const token = Buffer.from(`${before}${secret}, and more`).toString('base64');
      const clean = redact(token);
      const left = clean.split('[redacted]').map((part) => Buffer.from(part, 'base64').toString('latin1'));
      expect(before.startsWith(left[0] ?? 'x')).toBe(true);
      expect(left).toHaveLength(2);
      expect(left[1]).not.toContain(secret.slice(-2));
    }
  });

  test('every header that is made of it', () => {
    for (const kind of credentialKinds) {
      const header = authorization(kind, { user: 'admin', password: secret }) ?? '';
      for (const text of [header, encodeURIComponent(header), header.replace(/=+$/, '')])
        if (!withoutPassword.includes(kind))
          expect(redact(text)).toMatch(
            /^(?:(?:x?basic|bearer|bearer(?: |%20)x(?:,|%2C)(?: |%20)basic)(?: |%20))?(?:admin(?::|%3A))?\[redacted\]$/i,
          );
    }
  });
});

test('the login of the proxy and the passphrase of the key are secrets too', () => {
  const authorization = `Basic ${Buffer.from('proxy-user:proxy-secret').toString('base64')}`;
  const redact = redactor({ proxy: { authorization }, clientCertificate: { passphrase: 'open sesame' } });
  expect(redact(`proxy-secret ${authorization} open+sesame`)).toBe('[redacted] Basic [redacted] [redacted]');
});

const withoutPassword: readonly Credentials[] = [
  'no UTF-8',
  'malformed',
  'scheme alone',
  'unknown user',
  'none',
  'Bearer',
  'user alone',
  'no password',
  'empty login',
];

describe('a short or common password', () => {
  test.each(['a', 'id', 'e', 'status', 'x\\', 'finished', 'crdb_guid', 'conformance'])(
    '%s spoils no evidence',
    (password) => {
      const body = '{"id":"conformance-1","status":"finished","crdb_guid":"e\\\\","errors":[]}';
      expect(redactor({ login: { user: 'u', password } })(body)).toBe(body);
      expect(weakSecretWarning({ login: { user: 'u', password } })).toContain('only where it stands');
    },
  );

  test.each(['a', 'abc', 'abcdefg', 'hunter22'])('%s leaves no trace in any header', (password) => {
    const short = { user: 'u', password };
    for (const kind of ['own', 'wrong password', 'lower-case scheme'] as const) {
      const clean = redactor({ login: short })(authorization(kind, short)?.split(' ')[1] ?? '');
      expect(Buffer.from(clean.replaceAll('[redacted]', ''), 'base64').toString()).not.toContain('u:');
    }
  });

  test('is redacted in a URL and in a field named password', () => {
    const redact = redactor({ login: { user: 'admin', password: 'id' } });
    expect(redact('https://admin:id@host/id {"password": "id"}')).toBe(
      'https://admin:[redacted]@host/id {"password": "[redacted]"}',
    );
  });

  test('a longer one gives no warning', () => {
    expect(weakSecretWarning({ login })).toBeUndefined();
    expect(weakSecretWarning({})).toBeUndefined();
  });
});

describe('nothing else is changed', () => {
  test('text without a secret', () => {
    expect(redactor({ login })('{"id":"7","user":"admin"}')).toBe('{"id":"7","user":"admin"}');
  });

  test('where there is no login, or an empty password', () => {
    expect(redactor({})('a b')).toBe('a b');
    expect(redactor({ login: { user: 'u', password: '' } })('a b')).toBe('a b');
  });
});

test.each([
  { password: 'ends-with\\', body: JSON.stringify({ a: 'ends-with\\', b: 'x' }) },
  { password: '"status":"', body: '{"id":"1","status":"finished"}' },
  { password: 'a quote"', body: '{"x":"a quote","y":1}' },
])('a body of JSON stays JSON: $password', ({ password, body }) => {
  const clean = redactedBody(body, redactor({ login: { user: 'u', password } }));
  expect(Object.keys(JSON.parse(clean))).toEqual(Object.keys(JSON.parse(body)));
});
