/** A doctor finds each thing that can be wrong on the way, says what to do, and looks at nothing beyond. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../reference/certificate.ts';
import { asked, marks, mock, reference, said, seen, stepsOf } from '../testing/cli/doctored.ts';
import { counting, deadPort, hello, mute, proxyTo } from '../testing/cli/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
const certified = async (ip: string, notBefore: Date, notAfter: Date) => {
  const tls = await selfSigned('cluster1', [ip], { notBefore, notAfter });
  const ca = join(folder, `${ip}-${notAfter.getTime()}.pem`);
  writeFileSync(ca, tls.cert);
  return { tls, ca };
};

describe('TLS', () => {
  test('a certificate that is signed by itself: how to get it, and that --insecure would do', async () => {
    const { tls, ca } = await certified('127.0.0.1', inDays(-1), inDays(90));
    await using target = await reference({ tls });
    const one = await seen({ target: target.url });
    expect(one.exitCode).toBe(3);
    expect(marks(one)).toMatchObject({ TLS: 'problem', HTTP: 'not looked at', provisioner: 'not looked at' });
    expect(said(one, 'TLS')).toMatch(/self-signed.*cluster1.*openssl s_client.*--ca ca.pem.*--insecure/);
    expect(marks(await seen({ target: target.url, insecure: true }))).toMatchObject({
      TLS: 'note',
      login: 'ok',
    });
    expect(marks(await seen({ target: target.url, ca }))).toMatchObject({ TLS: 'ok', login: 'ok' });
  });

  test.each([
    {
      why: 'has expired',
      ip: '127.0.0.1',
      from: -9,
      to: -2,
      says: /expired on \d{4}-\d\d-\d\d/,
      mark: 'problem',
    },
    { why: 'is not valid yet', ip: '127.0.0.1', from: 2, to: 9, says: /valid from .* on/, mark: 'problem' },
    {
      why: 'is for another host',
      ip: '127.0.0.2',
      from: -1,
      to: 90,
      says: /is for .*127\.0\.0\.2.* not for 127\.0\.0\.1/,
      mark: 'problem',
    },
    { why: 'ends soon', ip: '127.0.0.1', from: -1, to: 9.5, says: /, in 9 days/, mark: 'note' },
  ])('a certificate that $why', async ({ ip, from, to, says, mark }) => {
    const { tls, ca } = await certified(ip, inDays(from), inDays(to));
    await using target = await reference({ tls });
    const one = await seen({ target: target.url, ca });
    expect(marks(one).TLS).toBe(mark);
    expect(said(one, 'TLS')).toMatch(says);
  });

  test('another authority than the one that is named', async () => {
    const { tls } = await certified('127.0.0.1', inDays(-1), inDays(90));
    const { ca } = await certified('127.0.0.3', inDays(-1), inDays(90));
    await using target = await reference({ tls });
    expect(said(await seen({ target: target.url, ca }), 'TLS')).toContain(
      'is not signed by the authority in --ca',
    );
  });

  test('it is looked at through a proxy too', async () => {
    const { tls } = await certified('127.0.0.1', inDays(-9), inDays(-2));
    await using target = await reference({ tls });
    await using proxy = await proxyTo(target.url);
    const one = await seen({ target: 'https://cluster.invalid:9443', proxy: proxy.url });
    expect(marks(one)).toMatchObject({ DNS: 'ok', TCP: 'ok', TLS: 'problem' });
    expect(said(one, 'TLS')).toMatch(/expired on/);
  });
});

test('what its proxy says is never taken for the target’s word', async () => {
  await using proxy = await proxyTo('http://127.0.0.1:1', () => 407);
  const one = await seen({ target: 'https://cluster.invalid:9443', proxy: proxy.url, timeoutS: 2 });
  expect(said(one, 'TLS')).toContain('its proxy requires credentials');
});

describe('what is broken on the way, and nothing after it is looked at', () => {
  test.each([
    {
      why: 'a name that nobody knows',
      step: 'DNS',
      says: 'nowhere.invalid',
      url: async () => 'https://nowhere.invalid:9443',
    },
    {
      why: 'a port where nothing listens',
      step: 'TCP',
      says: 'ECONNREFUSED',
      url: async () => `http://127.0.0.1:${await deadPort()}`,
    },
  ])('$why', async ({ url, step, says }) => {
    const one = await seen({ target: await url() });
    expect(one.exitCode).toBe(3);
    expect(said(one, step)).toContain(says);
    expect(stepsOf(one).at(-1)).toEqual({
      step: 'provisioner',
      mark: 'not looked at',
      says: `${step} comes first`,
    });
    expect(one.reaches).toEqual([]);
  });

  test('plain HTTP on a port of TLS, and the other way round', async () => {
    const { tls } = await certified('127.0.0.1', inDays(-1), inDays(90));
    await using secure = await reference({ tls });
    await using open = await reference();
    const plainly = await seen({ target: secure.url.replace('https', 'http') });
    expect(said(plainly, 'HTTP')).toContain('TLS needs https://');
    const secretly = await seen({ target: open.url.replace('http', 'https') });
    expect(said(secretly, 'TLS')).toMatch(/does not speak TLS there.*Try http:/);
  });

  test('no HTTP at all', async () => {
    await using mail = await hello();
    expect(said(await seen({ target: `http://127.0.0.1:${mail.port}` }), 'HTTP')).toContain(
      'not an HTTP server',
    );
  });

  test('a server that takes the connection and says nothing, with TLS and without', async () => {
    await using silent = await mute();
    const at = `127.0.0.1:${silent.port}`;
    expect(said(await seen({ target: `http://${at}`, timeoutS: 0.5 }), 'HTTP')).toContain(
      'no answer within 0.5 s',
    );
    expect(said(await seen({ target: `https://${at}`, timeoutS: 0.5 }), 'TLS')).toContain(
      'no answer within 0.5 s',
    );
  });

  test('something before the target that has no answer now', async () => {
    await using gateway = await counting((response) => response.writeHead(502).end());
    expect(said(await seen({ target: gateway.url }), 'HTTP')).toContain('answered 502');
  });

  test('of several nodes the next is looked at where one is not there', async () => {
    await using target = await reference();
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const one = await seen({ target: dead, node: [target.url] });
    expect(one.nodes.map(({ url }) => url)).toEqual([`${dead}/`, `${target.url}/`]);
    expect([one.exitCode, one.reaches[0]?.reachable]).toEqual([0, 67]);
  });

  test('a node that is not the master: it says who is, and sends that one nothing', async () => {
    await using master = await counting((response) => response.end('[]'));
    await using follower = await reference({ crdbs: { master: master.url } });
    const one = await seen({ target: follower.url });
    expect(said(one, 'HTTP')).toContain(`answered 307 to ${new URL(master.url).host}`);
    expect([one.exitCode, master.requests]).toEqual([3, []]);
  });

  test('a node that says so to those it knows alone', async () => {
    await using master = await reference();
    await using follower = await counting((response) =>
      response.req.headers.authorization === undefined
        ? response.writeHead(401).end()
        : response.writeHead(307, { location: `${master.url}/v1/crdb_tasks` }).end(),
    );
    const one = await seen({ target: follower.url });
    expect(said(one, 'login')).toContain(`answered 307 to ${new URL(master.url).host}`);
    const next = await seen({ target: follower.url, followLeader: [new URL(master.url).host] });
    expect([next.nodes.length, next.exitCode]).toEqual([2, 0]);
  });

  test('a login that is refused is tried at no other node', async () => {
    await using other = await reference();
    await using target = await counting((response) => response.writeHead(401).end());
    const one = await seen({ target: target.url, node: [other.url] });
    expect([one.nodes.length, one.exitCode]).toEqual([1, 3]);
  });

  test('a master that may be followed is looked at next', async () => {
    await using master = await reference();
    await using follower = await reference({ crdbs: { master: master.url } });
    const one = await seen({ target: follower.url, followLeader: [new URL(master.url).host] });
    expect(one.nodes.map(({ url }) => url)).toEqual([`${follower.url}/`, `${master.url}/`]);
    expect([one.exitCode, one.reaches[0]?.reachable]).toEqual([0, 67]);
  });

  test('a node that is no cluster yet', async () => {
    await using node = await reference({ crdbs: { bootstrapped: false } });
    expect(said(await seen({ target: node.url }), 'HTTP')).toContain(
      'not a cluster yet: its bootstrap state is idle',
    );
  });

  test('a cluster without a leader', async () => {
    await using node = await reference({ crdbs: { leaderless: [{ fromMs: 0, forMs: 1e9 }] } });
    expect(said(await seen({ target: node.url }), 'HTTP')).toContain('answered 503');
  });

  test('a login that is refused is sent once; the clock is told all the same', async () => {
    await using target = await counting((response) => response.writeHead(401).end());
    const one = await seen({ target: target.url });
    expect(said(one, 'login')).toContain('refused the login of somebody (401). It was tried once');
    expect(marks(one)).toMatchObject({ version: 'not looked at', clock: 'ok' });
    expect(target.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);
    expect(one.exitCode).toBe(3);
  });

  test('credentials that --no-auth says there are none of', async () => {
    await using target = await reference();
    expect(said(await seen({ target: target.url, auth: false }), 'login')).toContain(
      'requires credentials (401)',
    );
  });

  test('a user who may not read tasks', async () => {
    await using target = await counting((response) =>
      response.writeHead(response.req.headers.authorization ? 403 : 401).end(),
    );
    const one = await seen({ target: target.url });
    expect([one.exitCode, said(one, 'login')]).toEqual([3, expect.stringContaining('may not read tasks')]);
  });
});

describe('what hinders no run is a note', () => {
  test.each([
    { off: 3600, says: /ahead of ours by 3(5\d\d|600)\.\d to 360\d\.\d s/ },
    { off: -3600, says: /behind ours by 3(5\d\d|600)\.\d to 360\d\.\d s/ },
  ])('a clock that is off by $off s', async ({ off, says }) => {
    await using target = await counting((response) => {
      response.setHeader('Date', new Date(Date.now() + off * 1000).toUTCString());
      mock({ response, more: () => false });
    });
    const one = await seen({ target: target.url });
    expect([marks(one).clock, one.exitCode]).toEqual(['note', 0]);
    expect(said(one, 'clock')).toMatch(says);
  });

  test('an operation that OPTIONS does not know: a hint, no proof', async () => {
    await using target = await counting((response) =>
      mock({
        response,
        more: (path) => {
          if (response.req.method !== 'OPTIONS') return false;
          const allow = path.endsWith('/cancel') ? 'DELETE' : 'GET, OPTIONS';
          response.writeHead(204, { allow }).end();
          return true;
        },
      }),
    );
    const one = await seen({ target: target.url });
    expect(said(one, 'operations')).toMatch(
      /cancel may be missing: its path allows DELETE, not POST.*not a proof/,
    );
    expect(one.exitCode).toBe(0);
  });

  test.each([
    { why: 'is not there', status: 404, body: 'no', says: 'answered 404' },
    { why: 'is a page', status: 200, body: '<html></html>', says: 'returns no JSON array' },
  ])('a list that $why: it may be another server than was meant', async ({ status, body, says }) => {
    await using target = await counting((response) => response.writeHead(status).end(body));
    const one = await seen({ target: `${target.url}/prefix` });
    expect([one.exitCode, marks(one).operations]).toEqual([0, 'note']);
    expect(said(one, 'operations')).toMatch(
      new RegExp(`does not look like the task API: GET /prefix/v1/crdb_tasks ${says}.*path prefix`),
    );
    expect((await asked({ target: target.url })).out).toContain(
      'prevents a run.\nNote: it does not look like',
    );
  });

  test('no control protocol, and no databases', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    const one = await seen({ target: target.url });
    expect(said(one, 'provisioner')).toContain('no task control protocol and no /v1/crdbs');
    expect(said(one, 'operations')).toContain('may be missing: OPTIONS on its path answers 404');
    expect(one.reaches.map(({ provision }) => provision)).toEqual(['none']);
  });

  test('a target that says the login back is not quoted', async () => {
    await using target = await counting((response) => {
      response.setHeader('Server', `you are ${response.req.headers.authorization} with s3cret-word`);
      mock({ response, more: () => false });
    });
    expect(said(await seen({ target: target.url }), 'HTTP')).toContain('with [redacted]');
  });

  test('a target that lets everybody in', async () => {
    await using target = await counting((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
    );
    expect(said(await seen({ target: target.url }), 'login')).toContain('proves nothing');
  });
});
