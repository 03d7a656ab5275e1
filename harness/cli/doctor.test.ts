/** Each problem that `doctor` finds between here and a run, what it advises, and what it says that a run could test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { selfSigned } from '../reference/certificate.ts';
import { called, ran } from '../testing/cli/called.ts';
import { asked, env, login, marks, mock, reference, said, seen, stepsOf } from '../testing/cli/doctored.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { counting, deadPort, hello, mute, proxyTo } from '../testing/cli/servers.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const folder = freshFolder();
const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
async function certified(ip: string, fromDays: number, toDays: number) {
  const tls = await selfSigned('cluster1', [ip], { notBefore: inDays(fromDays), notAfter: inDays(toDays) });
  const ca = join(folder, `${ip}-${toDays}.pem`);
  writeFileSync(ca, tls.cert);
  return { tls, ca };
}
const good = await certified('127.0.0.1', -1, 90);
const expired = await certified('127.0.0.1', -9, -2);
const ofOtherHost = await certified('127.0.0.2', -1, 90);

describe('a target in order', () => {
  test('by control: each step is ok, and every clause is within reach', async () => {
    await using target = await reference();
    const { code, out } = await asked({ target: target.url });
    expect(code).toBe(0);
    expect(out).not.toContain('problem');
    expect(out).toContain('Nothing prevents a run.');
    expect(out).toContain('A run could test 67 of 67 must clauses (--provision control).');
  });

  test('by crdbs: it looks at the databases, and creates none', async () => {
    await using target = await reference({ crdbs: {} });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(one.exitCode).toBe(0);
    expect(said(one, 'version')).toContain('7.22.2-20, cluster cluster1.local');
    expect(said(one, 'permission')).toContain('has the role admin');
    expect(one.reaches).toMatchObject([{ provision: 'crdbs', condition: null, reachable: 1, total: 1 }]);
    expect(target.side?.changing).toEqual([]);
  });

  test('it sends only GET and OPTIONS, and its first request without credentials', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    await asked({ target: target.url });
    expect([...new Set(target.requests.map(({ method }) => method))].sort()).toEqual(['GET', 'OPTIONS']);
    expect(target.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('a run has as much within reach as doctor says', async () => {
    const clause = ['list.status.200', 'read.status.200', 'cancel.queued.accepted'];
    await using target = await reference();
    for (const phase of ['running', 'finished'] as const) target.tasks.create({ phase });
    const [reach] = (await seen({ target: target.url, provision: 'none', clause })).reaches;
    const args = ['--target', target.url, '--provision', 'none', '--clause', ...clause];
    const { must } = reportIn((await ran(args, { env })).folder).summary;
    expect(reach).toMatchObject({ reachable: must.reachable, total: must.total });
    expect(reach?.beyond).toHaveLength(must.total - must.reachable);
  });

  test('each target of a fleet is examined with its own options, and the worst exit code counts', async () => {
    await using target = await reference();
    const config = join(freshFolder(), 'fleet.yaml');
    const row = (more: string) => `  - { target: "${target.url}", ${more} }\n`;
    writeFileSync(config, `user: somebody\ntargets:\n${row('name: a')}${row('name: b, user: stranger')}`);
    const { code, out } = await asked({ config }, { CRDB_PASSWORD: login.password });
    expect(code).toBe(3);
    expect(out).toMatch(/^a: http[\s\S]*67 of 67[\s\S]*^b: http[\s\S]*refused the login of stranger/m);
  });
});

describe('options that prevent a run', () => {
  test('a provisioner that the target does not support', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    const one = await seen({ target: target.url, provision: 'control' });
    expect([one.exitCode, marks(one).provisioner, one.reaches]).toEqual([2, 'problem', []]);
    const { out } = await asked({ target: target.url, provision: 'crdbs' });
    expect(out).toContain('As it is, a run is not possible.');
  });

  test('a database that does not exist', async () => {
    await using target = await reference({ crdbs: {} });
    target.side?.databases.plant({ name: 'theirs' }, 'guid-1');
    const one = await seen({ target: target.url, crdb: 'guid-2' });
    expect([one.exitCode, said(one, 'provisioner')]).toEqual([2, expect.stringContaining('guid-1 (theirs)')]);
  });

  test('configured tasks of which one is gone', async () => {
    await using target = await reference();
    const { id } = target.tasks.create({ phase: 'running' });
    const one = await seen({ target: target.url, provision: 'fixed', tasks: { running: [id, 'gone-1'] } });
    expect(said(one, 'provisioner')).toContain('does not know 1 of the 2 configured tasks: gone-1');
    expect(one.exitCode).toBe(0);
    expect((await seen({ target: target.url, provision: 'fixed' })).exitCode).toBe(2);
  });

  test('the program of --command is not started', async () => {
    await using target = await reference();
    const one = await seen({ target: target.url, command: 'exit 99' });
    expect(said(one, 'provisioner')).toContain('not tried');
  });

  test('no target, and a target that is not a URL', async () => {
    expectSaid(await called(['doctor']), 2, ['No target is given.']);
    expectSaid(await called(['doctor', '--target', 'here'], { env }), 2, ['is not a URL']);
  });

  test('Ctrl-C ends it', async () => {
    await using target = await reference();
    const { code, out } = await asked({ target: target.url }, env, AbortSignal.abort());
    expect([code, out]).toEqual([130, `${target.url}\n`]);
  });
});

describe('TLS', () => {
  test('a self-signed certificate: how to save it, and --insecure', async () => {
    await using target = await reference({ tls: good.tls });
    const one = await seen({ target: target.url });
    expect(one.exitCode).toBe(3);
    expect(marks(one)).toMatchObject({ TLS: 'problem', HTTP: 'not looked at', provisioner: 'not looked at' });
    expect(said(one, 'TLS')).toMatch(/self-signed.*cluster1.*openssl s_client.*--ca ca.pem.*--insecure/);
    const insecure = marks(await seen({ target: target.url, insecure: true }));
    expect(insecure).toMatchObject({ TLS: 'note', login: 'ok' });
    expect(marks(await seen({ target: target.url, ca: good.ca }))).toMatchObject({ TLS: 'ok', login: 'ok' });
  });

  test.each([
    { why: 'expired', made: () => expired, mark: 'problem', says: /expired on \d{4}-\d\d-\d\d/ },
    {
      why: 'not valid yet',
      made: () => certified('127.0.0.1', 2, 9),
      mark: 'problem',
      says: /valid from .* on/,
    },
    {
      why: 'for another host',
      made: () => ofOtherHost,
      mark: 'problem',
      says: /is for .*127\.0\.0\.2.* not for 127\.0\.0\.1/,
    },
    { why: 'soon to expire', made: () => certified('127.0.0.1', -1, 9.5), mark: 'note', says: /, in 9 days/ },
  ])('a certificate that is $why', async ({ made, mark, says }) => {
    const { tls, ca } = await made();
    await using target = await reference({ tls });
    const one = await seen({ target: target.url, ca });
    expect([marks(one).TLS, said(one, 'TLS')]).toEqual([mark, expect.stringMatching(says)]);
  });

  test('a certificate of another authority than --ca', async () => {
    await using target = await reference({ tls: good.tls });
    const one = await seen({ target: target.url, ca: ofOtherHost.ca });
    expect(said(one, 'TLS')).toContain('is not signed by the authority in --ca');
  });

  test('a certificate behind a proxy', async () => {
    await using target = await reference({ tls: expired.tls });
    await using proxy = await proxyTo(target.url);
    const one = await seen({ target: 'https://cluster.invalid:9443', proxy: proxy.url });
    expect(marks(one)).toMatchObject({ DNS: 'ok', TCP: 'ok', TLS: 'problem' });
    expect(said(one, 'TLS')).toMatch(/expired on/);
  });

  test('a proxy that requires credentials', async () => {
    await using proxy = await proxyTo('http://127.0.0.1:1', () => 407);
    const one = await seen({ target: 'https://cluster.invalid:9443', proxy: proxy.url, timeoutS: 2 });
    expect(said(one, 'TLS')).toContain('its proxy requires credentials');
  });
});

describe('a problem ends the examination', () => {
  test.each([
    {
      step: 'DNS',
      says: 'nowhere.invalid',
      url: async () => 'https://nowhere.invalid:9443',
    },
    {
      step: 'TCP',
      says: 'ECONNREFUSED',
      url: async () => `http://127.0.0.1:${await deadPort()}`,
    },
  ])('$step: no later step is looked at', async ({ url, step, says }) => {
    const one = await seen({ target: await url() });
    expect([one.exitCode, one.reaches]).toEqual([3, []]);
    expect(said(one, step)).toContain(says);
    const last = { step: 'provisioner', mark: 'not looked at', says: `${step} comes first` };
    expect(stepsOf(one).at(-1)).toEqual(last);
  });

  test('plain HTTP on a port of TLS, and TLS on a port of plain HTTP', async () => {
    await using secure = await reference({ tls: good.tls });
    await using open = await reference();
    const plain = await seen({ target: secure.url.replace('https', 'http') });
    expect(said(plain, 'HTTP')).toContain('TLS needs https://');
    const encrypted = await seen({ target: open.url.replace('http', 'https') });
    expect(said(encrypted, 'TLS')).toMatch(/does not speak TLS there.*Try http:/);
  });

  test('another protocol than HTTP', async () => {
    await using mail = await hello();
    const one = await seen({ target: `http://127.0.0.1:${mail.port}` });
    expect(said(one, 'HTTP')).toContain('not an HTTP server');
  });

  test.each([
    { scheme: 'http', step: 'HTTP' },
    { scheme: 'https', step: 'TLS' },
  ])('a server that never answers ($scheme)', async ({ scheme, step }) => {
    await using silent = await mute();
    const one = await seen({ target: `${scheme}://127.0.0.1:${silent.port}`, timeoutS: 0.2 });
    expect(said(one, step)).toContain('no answer within 0.2 s');
  });

  test('a gateway without a server behind it', async () => {
    await using gateway = await counting((response) => response.writeHead(502).end());
    expect(said(await seen({ target: gateway.url }), 'HTTP')).toContain('answered 502');
  });

  test.each([
    {
      why: 'a node that is not in a cluster yet',
      crdbs: { bootstrapped: false },
      says: 'not a cluster yet: its bootstrap state is idle',
    },
    {
      why: 'a cluster without a leader',
      crdbs: { leaderless: [{ fromMs: 0, forMs: 1e9 }] },
      says: 'answered 503',
    },
  ])('$why', async ({ crdbs, says }) => {
    await using node = await reference({ crdbs });
    expect(said(await seen({ target: node.url }), 'HTTP')).toContain(says);
  });

  test('a login that the target refuses is sent once; the clocks are still compared', async () => {
    await using target = await counting((response) => response.writeHead(401).end());
    const one = await seen({ target: target.url });
    expect(said(one, 'login')).toContain('refused the login of somebody (401). It was tried once');
    expect(marks(one)).toMatchObject({ version: 'not looked at', clock: 'ok' });
    expect(target.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);
    expect(one.exitCode).toBe(3);
  });

  test('--no-auth on a target that requires credentials', async () => {
    await using target = await reference();
    const one = await seen({ target: target.url, auth: false });
    expect(said(one, 'login')).toContain('requires credentials (401)');
  });

  test('a user who may not read tasks', async () => {
    await using target = await counting((response) =>
      response.writeHead(response.req.headers.authorization ? 403 : 401).end(),
    );
    const one = await seen({ target: target.url });
    expect([one.exitCode, said(one, 'login')]).toEqual([3, expect.stringContaining('may not read tasks')]);
  });
});

describe('nodes of one cluster', () => {
  /** It redirects to the leader once it has seen the login. */
  const followerOf = (leader: string) =>
    counting((response) =>
      response.req.headers.authorization === undefined
        ? response.writeHead(401).end()
        : response.writeHead(307, { location: `${leader}/v1/crdb_tasks` }).end(),
    );

  test('where one node is down, the next is examined', async () => {
    await using target = await reference();
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const one = await seen({ target: dead, node: [target.url] });
    expect(one.nodes.map(({ url }) => url)).toEqual([`${dead}/`, `${target.url}/`]);
    expect([one.exitCode, one.reaches[0]?.reachable]).toEqual([0, 1]);
  });

  test('a follower: the leader is named, and gets no request', async () => {
    await using leader = await counting((response) => response.end('[]'));
    await using follower = await reference({ crdbs: { master: leader.url } });
    const one = await seen({ target: follower.url });
    expect(said(one, 'HTTP')).toContain(`answered 307 to ${new URL(leader.url).host}`);
    expect([one.exitCode, leader.requests]).toEqual([3, []]);
  });

  test('a follower that redirects before the login, with --follow-leader', async () => {
    await using leader = await reference();
    await using follower = await reference({ crdbs: { master: leader.url } });
    const one = await seen({ target: follower.url, followLeader: [new URL(leader.url).host] });
    expect(one.nodes.map(({ url }) => url)).toEqual([`${follower.url}/`, `${leader.url}/`]);
    expect([one.exitCode, one.reaches[0]?.reachable]).toEqual([0, 1]);
  });

  test('a follower that redirects after the login, without and with --follow-leader', async () => {
    await using leader = await reference();
    await using follower = await followerOf(leader.url);
    const { host } = new URL(leader.url);
    const one = await seen({ target: follower.url });
    expect(said(one, 'login')).toContain(`answered 307 to ${host}`);
    const next = await seen({ target: follower.url, followLeader: [host] });
    expect([next.nodes.length, next.exitCode]).toEqual([2, 0]);
  });

  test('a login that one node refuses is sent to no other', async () => {
    await using other = await counting((response) => response.end('[]'));
    await using target = await counting((response) => response.writeHead(401).end());
    const one = await seen({ target: target.url, node: [other.url] });
    expect([one.nodes.length, one.exitCode, other.requests]).toEqual([1, 3, []]);
  });
});

describe('a note prevents no run', () => {
  test.each([
    { off: 3600, says: /ahead of ours by 3[5-7]\d\d\.\d to 3[5-7]\d\d\.\d s/ },
    { off: -3600, says: /behind ours by 3[5-7]\d\d\.\d to 3[5-7]\d\d\.\d s/ },
  ])('a clock that is off by $off s', async ({ off, says }) => {
    await using target = await counting((response) => {
      response.setHeader('Date', new Date(Date.now() + off * 1000).toUTCString());
      mock({ response, more: () => false });
    });
    const one = await seen({ target: target.url });
    expect([marks(one).clock, one.exitCode, said(one, 'clock')]).toEqual([
      'note',
      0,
      expect.stringMatching(says),
    ]);
  });

  test('an operation that is missing in the response to OPTIONS: a hint, no proof', async () => {
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
    const hint = /cancel may be missing: its path allows DELETE, not POST.*not a proof/;
    expect([one.exitCode, said(one, 'operations')]).toEqual([0, expect.stringMatching(hint)]);
  });

  test.each([
    { list: 'answers 404', status: 404, body: 'no', says: 'answered 404' },
    { list: 'is an HTML page', status: 200, body: '<html></html>', says: 'returns no JSON array' },
  ])('a server whose list $list may not be the one that was meant', async ({ status, body, says }) => {
    await using target = await counting((response) => response.writeHead(status).end(body));
    const one = await seen({ target: `${target.url}/prefix` });
    expect([one.exitCode, marks(one).operations]).toEqual([0, 'note']);
    expect(said(one, 'operations')).toMatch(
      new RegExp(`does not look like the task API: GET /prefix/v1/crdb_tasks ${says}.*path prefix`),
    );
    const { out } = await asked({ target: target.url });
    expect(out).toContain('prevents a run.\nNote: it does not look like');
  });

  test('neither the task control protocol nor databases', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    const one = await seen({ target: target.url });
    expect(said(one, 'provisioner')).toContain('no task control protocol and no /v1/crdbs');
    expect(said(one, 'operations')).toContain('may be missing: OPTIONS on its path answers 404');
    expect(one.reaches.map(({ provision }) => provision)).toEqual(['none']);
  });

  test('a target that echoes the login: it is redacted', async () => {
    await using target = await counting((response) => {
      response.setHeader('Server', `you are ${response.req.headers.authorization} with ${login.password}`);
      mock({ response, more: () => false });
    });
    expect(said(await seen({ target: target.url }), 'HTTP')).toContain('with [redacted]');
  });

  test('a target that accepts any login', async () => {
    await using target = await counting((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
    );
    expect(said(await seen({ target: target.url }), 'login')).toContain('proves nothing');
  });
});
