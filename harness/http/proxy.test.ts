import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { proxyOf } from './proxy.ts';

const secure = 'https://cluster.example:9443';
const [HTTPS_PROXY, HTTP_PROXY] = ['http://secure.proxy:3128', 'http://plain.proxy:3128'];
const both = { HTTPS_PROXY, HTTP_PROXY };

test.each<{ why: string; target: string; env: NodeJS.ProcessEnv; origin: string | undefined }>([
  { why: 'HTTPS_PROXY for TLS', target: secure, env: both, origin: HTTPS_PROXY },
  { why: 'HTTP_PROXY for plain HTTP', target: 'http://cluster.example', env: both, origin: HTTP_PROXY },
  { why: 'not HTTP_PROXY for TLS', target: secure, env: { HTTP_PROXY }, origin: undefined },
  {
    why: 'small letters before capitals',
    target: secure,
    env: { HTTPS_PROXY, https_proxy: HTTP_PROXY },
    origin: HTTP_PROXY,
  },
  { why: 'ALL_PROXY for what has none', target: secure, env: { ALL_PROXY: HTTP_PROXY }, origin: HTTP_PROXY },
  { why: 'no scheme is http', target: secure, env: { HTTPS_PROXY: 'p:3128' }, origin: 'http://p:3128' },
  { why: 'an empty variable is none', target: secure, env: { HTTPS_PROXY: '' }, origin: undefined },
  { why: 'none named', target: secure, env: {}, origin: undefined },
  { why: 'loopback', target: 'http://127.0.0.1:8080', env: both, origin: undefined },
  { why: 'loopback of IPv6', target: 'http://[::1]:8080', env: both, origin: undefined },
  { why: 'localhost', target: 'https://localhost', env: both, origin: undefined },
])('the environment names a proxy: $why', ({ target, env, origin }) => {
  expect(proxyOf(undefined, new URL(target), env)?.origin).toBe(origin);
});

test.each([
  { no: '*', target: secure, direct: true },
  { no: 'cluster.example', target: secure, direct: true },
  { no: 'Cluster.Example', target: secure, direct: true },
  { no: 'other.example, cluster.example', target: secure, direct: true },
  { no: 'example', target: secure, direct: true },
  { no: '.example', target: secure, direct: true },
  { no: '*.example', target: secure, direct: true },
  { no: 'luster.example', target: secure, direct: false },
  { no: 'cluster.example:9443', target: secure, direct: true },
  { no: 'cluster.example:443', target: secure, direct: false },
  { no: 'cluster.example:443', target: 'https://cluster.example', direct: true },
  { no: '10.0.0.7', target: 'https://10.0.0.7:9443', direct: true },
  { no: '10.0.0.0/8', target: 'https://10.9.8.7:9443', direct: true },
  { no: '10.0.0.0/8', target: 'https://11.9.8.7:9443', direct: false },
  { no: 'fd00::/8', target: 'https://[fd00::7]:9443', direct: true },
  { no: '[fd00::7]', target: 'https://[fd00::7]:9443', direct: true },
  { no: '10.0.0.0/99', target: 'https://10.9.8.7:9443', direct: false },
  { no: '', target: secure, direct: false },
])('NO_PROXY=$no lets $target be asked directly: $direct', ({ no, target, direct }) => {
  expect(proxyOf(undefined, new URL(target), { ...both, no_proxy: no }) === undefined).toBe(direct);
});

describe('--proxy', () => {
  test('holds for every target, this machine and NO_PROXY too', () => {
    const env = { ...both, NO_PROXY: '*' };
    expect(proxyOf('http://p:1', new URL('http://127.0.0.1'), env)).toEqual({ origin: 'http://p:1' });
  });

  test('with credentials in it is refused, and they are not said again', () => {
    expect(() => proxyOf('http://u:hunter22@p:1', new URL(secure), {})).toThrow(
      /^(?!.*hunter22).*credentials/,
    );
  });
});

test('credentials that the environment names go into the header, decoded, and not into the address', () => {
  expect(proxyOf(undefined, new URL(secure), { HTTPS_PROXY: 'http://u%40x:p%20w@p:1' })).toEqual({
    origin: 'http://p:1',
    authorization: `Basic ${Buffer.from('u@x:p w').toString('base64')}`,
  });
});

test.each([
  { written: '50%pw', meant: '50%pw' },
  { written: '%', meant: '%' },
  { written: 'a%FFb', meant: 'a%FFb' },
  { written: 'a%20b%zz', meant: 'a b%zz' },
])('a percent sign that begins no escape stands for itself: $written', ({ written, meant }) => {
  const { authorization } =
    proxyOf(undefined, new URL(secure), { HTTPS_PROXY: `http://u:${written}@p:1` }) ?? {};
  expect(Buffer.from(authorization?.slice(6) ?? '', 'base64').toString()).toBe(`u:${meant}`);
});

test.each(['socks5://u:hunter22@p:1', 'http://u:hunter22@:1:2', 'http://'])(
  '%s is no proxy that we can go through, and is not said again',
  (named) => {
    expect(() => proxyOf(undefined, new URL(secure), { HTTPS_PROXY: named })).toThrow(UserError);
    expect(() => proxyOf(undefined, new URL(secure), { HTTPS_PROXY: named })).toThrow(/^(?!.*hunter22)/);
  },
);
