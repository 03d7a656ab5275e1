/** Targets behind a proxy: by a tunnel alone, and what the proxy says is never taken for the target's word. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { selfSigned } from '../reference/certificate.ts';
import { startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn, scratch } from '../testing/cli/program.ts';
import { deadPort, proxyTo } from '../testing/cli/servers.ts';

const user = 'somebody';
const password = 'a-password';
/** A name that nobody could reach but through the proxy. */
const host = 'cluster.invalid';
const proxyLogin = 'http://me:proxy-secret@';
const secret = Buffer.from('me:proxy-secret').toString('base64');
const made = await selfSigned(host, [host]);
const ca = join(scratch, 'ca.pem');
writeFileSync(ca, made.cert);

const cluster = (scheme: 'http' | 'https') =>
  startReference({
    clock: realClock(),
    epochMs: Date.now(),
    user,
    password,
    ...(scheme === 'https' ? { tls: made } : {}),
  });

async function asked(target: string, env: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const cwd = freshFolder();
  const args = ['run', '--target', target, '--clause', 'read.status.200', 'cancel.queued.accepted', ...more];
  const ended = await program(args, { env: { CRDB_USER: user, CRDB_PASSWORD: password, ...env }, cwd });
  return { ended, cwd };
}

const named = (proxy: string, login = '') => {
  const url = proxy.replace('http://', login || 'http://');
  return { HTTP_PROXY: url, HTTPS_PROXY: url };
};

test.each(['http', 'https'] as const)(
  '%s goes by a tunnel, with the credentials of the proxy, which are told nobody',
  async (scheme) => {
    await using behind = await cluster(scheme);
    await using proxy = await proxyTo(behind.url);
    const target = `${scheme}://${host}:9443`;
    const { ended, cwd } = await asked(target, named(proxy.url, proxyLogin), '--ca', ca);
    expectSaid(ended, 0, []);
    expect(proxy.tunnels.length).toBeGreaterThan(1);
    for (const tunnel of proxy.tunnels)
      expect(tunnel).toEqual({ to: `${host}:9443`, authorization: `Basic ${secret}` });
    expect(proxy.requests).toEqual([]);
    const report = reportIn(cwd);
    expect(report.verdict).toBe('conformant');
    expect(report.run.settings).toMatchObject({ proxy: proxy.url });
    expect(ended.out + ended.err + JSON.stringify(report)).not.toMatch(new RegExp(`proxy-secret|${secret}`));
  },
);

test('a certificate is looked at through a tunnel too', async () => {
  await using behind = await cluster('https');
  await using proxy = await proxyTo(behind.url);
  const { ended } = await asked(`https://${host}:9443`, named(proxy.url));
  expectSaid(ended, 3, ['its certificate is not trusted']);
});

test('this machine is asked directly, unless --proxy says otherwise', async () => {
  await using behind = await cluster('http');
  await using proxy = await proxyTo(behind.url);
  expectSaid((await asked(behind.url, named(proxy.url))).ended, 0, []);
  expect(proxy.tunnels).toEqual([]);
  expectSaid((await asked(behind.url, {}, '--proxy', proxy.url)).ended, 0, []);
  expect(proxy.tunnels.length).toBeGreaterThan(1);
});

test.each([
  { status: 407, says: ['its proxy refused its credentials', 'answered 407 to CONNECT', 'HTTPS_PROXY='] },
  { status: 403, says: ['its proxy refused the connection', 'answered 403 to CONNECT', 'NO_PROXY'] },
  { status: 502, says: ['its proxy could not reach it', 'answered 502 to CONNECT'] },
  { status: undefined, says: ['nothing came through its proxy', 'no answer within 0.5 s'] },
])('a proxy that answers $status is told as a proxy, and nothing is tested', async ({ status, says }) => {
  await using proxy = await proxyTo('http://127.0.0.1:1', () => status);
  const env = named(proxy.url, proxyLogin);
  const { ended } = await asked(`https://${host}:9443`, env, '--timeout-s', '0.5');
  expectSaid(ended, 3, [`can't be tested through the proxy ${proxy.url}:`, ...says]);
  expect(ended.out + ended.err).not.toMatch(new RegExp(`proxy-secret|${secret}`));
});

test('a proxy that is not there is told as a proxy', async () => {
  const proxy = `http://127.0.0.1:${await deadPort()}`;
  const { ended } = await asked(`http://${host}`, named(proxy));
  expectSaid(ended, 3, ['its proxy can’t be reached', 'ECONNREFUSED']);
});

test.each([403, 502])(
  'what a proxy answers (%i) in the middle of a run is a loss, and never a fault of the target',
  async (status) => {
    await using behind = await cluster('http');
    await using proxy = await proxyTo(behind.url, (_, turn) => (turn % 3 === 0 ? status : 200));
    const { ended, cwd } = await asked(`http://${host}:8080`, named(proxy.url));
    const { summary, exchanges } = reportIn(cwd);
    expect({ code: ended.code, fail: summary.fail, warn: summary.warn }).toEqual({
      code: 0,
      fail: 0,
      warn: 0,
    });
    const lost = exchanges.filter((exchange) => exchange.lost === `the proxy answered ${status} to CONNECT`);
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.filter(({ response }) => response !== undefined)).toEqual([]);
  },
);
