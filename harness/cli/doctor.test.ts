/** A doctor finds each thing that can be wrong on the way, says what to do, and changes nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { realClock } from '../clock.ts';
import { type ReferenceOptions, startReference } from '../reference/reference.ts';
import { type DoctorFlags, doctor } from './doctor.ts';
import type { Doctored } from './doctor-text.ts';
import { expectSaid, freshFolder, program, reportIn, scratch } from './fixtures/program.ts';
import { counting, deadPort, hello, proxyTo } from './fixtures/servers.ts';
import { listeningTerminal } from './fixtures/terminal.ts';

vi.setConfig({ testTimeout: 120_000 });
const folder = mkdtempSync(join(tmpdir(), 'crdb-doctor-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
});

const login = { user: 'somebody', password: 's3cret-word' };
const env = { CRDB_PASSWORD: login.password, CRDB_USER: login.user };
const reference = (more: Partial<ReferenceOptions> = {}) =>
  startReference({ clock: realClock(), epochMs: Date.now(), ...login, ...more });

/** What it says to a person; and the steps, as it says them to a program. */
async function asked(flags: DoctorFlags, around: Readonly<Record<string, string>> = env) {
  const io = { ...listeningTerminal(), env: around };
  const code = await doctor({ config: false, ...flags }, (key) => key in flags || key === 'config', io);
  expect(io.said.out + io.said.err).not.toContain(login.password);
  return { code, out: io.said.out };
}

async function seen(flags: DoctorFlags): Promise<Doctored> {
  const { code, out } = await asked({ ...flags, json: true });
  const { schema, targets }: { schema: string; targets: Doctored[] } = JSON.parse(out);
  const [one] = targets;
  if (!one) throw new Error('it looked at nothing');
  expect({ schema, code }).toEqual({ schema: 'crdb-conformance/doctor@1', code: one.exitCode });
  return one;
}

const stepsOf = ({ nodes }: Doctored) => nodes.at(-1)?.steps ?? [];
const marks = (one: Doctored) => Object.fromEntries(stepsOf(one).map(({ step, mark }) => [step, mark]));
const said = (one: Doctored, wanted: string): string => {
  const looked = stepsOf(one).find(({ step }) => step === wanted);
  return `${looked?.says} → ${looked?.remedy}`;
};

/** A target that knows our login, and nothing but lists no task; what else it does is said. */
function mock({ response, more }: { response: ServerResponse; more: (path: string) => boolean }): void {
  const { url = '', headers } = response.req;
  if (headers.authorization === undefined) response.writeHead(401).end();
  else if (more(url)) return;
  else if (url === '/v1/crdb_tasks')
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
  else response.writeHead(404).end();
}

describe('a target that is in order', () => {
  test('by control: every step is fine, and everything is within reach', async () => {
    await using target = await reference();
    const { code, out } = await asked({ target: target.url });
    expect(code).toBe(0);
    expect(out).not.toContain('problem');
    expect(out).toContain('Nothing is wrong that would hinder a run.');
    expect(out).toContain('A run could test 67 of 67 must clauses (--provision control).');
  });

  test('by crdbs: it looks at the databases, and makes none', async () => {
    await using target = await reference({ crdbs: {} });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(one.exitCode).toBe(0);
    expect(said(one, 'version')).toContain('7.22.2-20, cluster cluster1.local');
    expect(said(one, 'permission')).toContain('has the role admin');
    expect(one.reaches).toMatchObject([{ provision: 'crdbs', condition: null, total: 67 }]);
    expect(target.side?.changing).toEqual([]);
  });

  test('it sends GET and OPTIONS alone, and no credentials before the target has answered without', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    await asked({ target: target.url });
    expect([...new Set(target.requests.map(({ method }) => method))].sort()).toEqual(['GET', 'OPTIONS']);
    expect(target.requests[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    { by: 'control', options: {} },
    { by: 'none', options: { provision: 'none' } },
    { by: 'none, of a target without credentials', options: { provision: 'none', auth: false } },
  ] as const)('what it says is within reach, a run by $by has within reach', async ({ options }) => {
    await using target = await reference();
    for (const phase of ['running', 'running', 'finished'] as const) target.tasks.create({ phase });
    const [first] = (await seen({ target: target.url, provision: 'none' })).reaches;
    const one = await seen({ target: target.url, ...('auth' in options ? { provision: 'none' } : options) });
    const cwd = freshFolder();
    const args = 'provision' in options ? ['--provision', options.provision] : [];
    expectSaid(await program(['run', '--target', target.url, ...args], { env, cwd }), 0, []);
    const { must, ...counts } = reportIn(cwd).summary;
    expect(one.reaches[0]).toMatchObject({ reachable: must.reachable, total: must.total });
    expect(one.reaches[0]?.beyond).toHaveLength(must.total - must.reachable);
    expect(first?.reachable).toBeLessThan(must.total);
    expect(counts.fail).toBe(0);
  });
});

describe('what a login may do', () => {
  test('a user without the permission is told what can’t be tested for want of it', async () => {
    await using target = await reference({ crdbs: { role: 'user_manager' } });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'permission')).toContain('has the role user_manager, which may not create databases');
    const [without, allowed] = one.reaches;
    expect(allowed?.condition).toBe('with a user who may create databases');
    expect(without?.reachable).toBeLessThan(allowed?.reachable ?? 0);
    expect(without?.beyond).toContain('cancel.queued.accepted');
    expect(allowed?.beyond).not.toContain('cancel.queued.accepted');
    expect(one.exitCode).toBe(0);
  });

  test('where the role isn’t shown, both are told', async () => {
    await using target = await reference({ crdbs: { role: 'db_member' } });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'permission')).toContain('is not shown to that user');
    expect(one.reaches.map(({ condition }) => condition)).toEqual([
      null,
      'if that user may not create databases',
    ]);
  });

  test('a release that may fail with X-Result-TTL is told of', async () => {
    await using target = await reference({ crdbs: { version: '7.8.6-286' } });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'version')).toContain('RS171560');
    expect(one.reaches[1]?.condition).toBe('if tasks fail with X-Result-TTL (RS171560)');
  });
});

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
const certified = async (ip: string, from: Date, to: Date) => {
  const made = await generate([{ name: 'commonName', value: 'cluster1' }], {
    notBeforeDate: from,
    notAfterDate: to,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
  });
  const ca = join(folder, `${ip}-${to.getTime()}.pem`);
  writeFileSync(ca, made.cert);
  return { tls: { key: made.private, cert: made.cert }, ca };
};

describe('TLS', () => {
  test('a certificate that is signed by itself: how to get it, and that --insecure would do', async () => {
    const { tls, ca } = await certified('127.0.0.1', inDays(-1), inDays(90));
    await using target = await reference({ tls });
    const one = await seen({ target: target.url });
    expect(one.exitCode).toBe(3);
    expect(marks(one)).toMatchObject({ TLS: 'problem', HTTP: 'not looked at', provisioner: 'not looked at' });
    expect(said(one, 'TLS')).toMatch(/signed by itself.*cluster1.*openssl s_client.*--ca ca.pem.*--insecure/);
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
    { why: 'ends soon', ip: '127.0.0.1', from: -1, to: 9.5, says: /that is in 9 days/, mark: 'note' },
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
      'does not come from the authority in --ca',
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
  const one = await seen({ target: 'https://cluster.invalid:9443', proxy: proxy.url, timeout: 2 });
  expect(said(one, 'TLS')).toContain('its proxy asks for credentials');
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

  test('a node that is not the master: it says who is, and sends that one nothing', async () => {
    await using master = await counting((response) => response.end('[]'));
    await using follower = await reference({ crdbs: { master: master.url } });
    const one = await seen({ target: follower.url });
    expect(said(one, 'HTTP')).toContain(`answered 307 to ${new URL(master.url).host}`);
    expect([one.exitCode, master.requests]).toEqual([3, []]);
  });

  test('a master that may be followed is looked at next', async () => {
    await using master = await reference();
    await using follower = await reference({ crdbs: { master: master.url } });
    const one = await seen({ target: follower.url, followMaster: [new URL(master.url).host] });
    expect(one.nodes.map(({ url }) => url)).toEqual([`${follower.url}/`, `${master.url}/`]);
    expect([one.exitCode, one.reaches[0]?.reachable]).toEqual([0, 67]);
  });

  test('a node that is no cluster yet', async () => {
    await using node = await reference({ crdbs: { bootstrapped: false } });
    expect(said(await seen({ target: node.url }), 'HTTP')).toContain('no cluster yet: its bootstrap is idle');
  });

  test('a cluster without a leader', async () => {
    await using node = await reference({ crdbs: { leaderless: [{ fromMs: 0, forMs: 1e9 }] } });
    expect(said(await seen({ target: node.url }), 'HTTP')).toContain('answered 503');
  });

  test('a login that is refused is sent once; the clock is told all the same', async () => {
    await using target = await counting((response) => response.writeHead(401).end());
    const one = await seen({ target: target.url });
    expect(said(one, 'login')).toContain('refused somebody (401), who was tried once');
    expect(marks(one)).toMatchObject({ version: 'not looked at', clock: 'ok' });
    expect(target.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);
    expect(one.exitCode).toBe(3);
  });

  test('credentials that --no-auth says there are none of', async () => {
    await using target = await reference();
    expect(said(await seen({ target: target.url, auth: false }), 'login')).toContain(
      'asks for credentials (401)',
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
    { off: 3600, says: /ahead of ours by 35\d\d\.\d to 360\d\.\d s/ },
    { off: -3600, says: /behind ours by 35\d\d\.\d to 360\d\.\d s/ },
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
      /cancel may be missing: its path allows DELETE, and not POST.*no proof/,
    );
    expect(one.exitCode).toBe(0);
  });

  test('no control protocol, and no databases', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    const one = await seen({ target: target.url });
    expect(said(one, 'provisioner')).toContain('no task control protocol and no /v1/crdbs');
    expect(said(one, 'operations')).toContain('may be missing: OPTIONS on its path answers 404');
    expect(one.reaches.map(({ provision }) => provision)).toEqual(['none']);
  });

  test('a target that lets everybody in', async () => {
    await using target = await counting((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]'),
    );
    expect(said(await seen({ target: target.url }), 'login')).toContain('nor is anybody');
  });
});

describe('options that no run could be made with', () => {
  test('a provisioner that the target does not have', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    const one = await seen({ target: target.url, provision: 'control' });
    expect([one.exitCode, marks(one).provisioner, one.reaches]).toEqual([2, 'problem', []]);
    expect((await asked({ target: target.url, provision: 'crdbs' })).out).toContain(
      'As it is, no run could be made.',
    );
  });

  test('a database that there is not', async () => {
    await using target = await reference({ crdbs: {} });
    target.side?.databases.plant({ name: 'theirs' }, 'guid-1');
    const one = await seen({ target: target.url, crdb: 'guid-2' });
    expect([one.exitCode, said(one, 'provisioner')]).toEqual([2, expect.stringContaining('guid-1 (theirs)')]);
  });

  test('no target', async () => {
    await expect(asked({})).rejects.toThrow('No target is named to look at.');
  });
});

test('of a fleet each target is looked at by its own options, and the worst is what it ends with', async () => {
  await using target = await reference();
  const config = join(folder, 'fleet.yaml');
  writeFileSync(
    config,
    `user: somebody\ntargets:\n  - { name: a, target: "${target.url}" }\n  - { name: b, target: "${target.url}", user: nobody }\n`,
  );
  const { code, out } = await asked({ config }, { CRDB_PASSWORD: login.password });
  expect(code).toBe(3);
  expect(out).toMatch(/^a: http[\s\S]*67 of 67[\s\S]*^b: http[\s\S]*refused nobody/m);
});

test('as a program it tells a target in order with 0, and one that is not there with 3', async () => {
  await using target = await reference();
  expectSaid(await program(['doctor', '--target', target.url], { env }), 0, []);
  expectSaid(await program(['doctor', '--target', `http://127.0.0.1:${await deadPort()}`], { env }), 3, []);
  expectSaid(await program(['doctor', '--target', 'here'], { env }), 2, ['is no URL']);
});
