/** Runs on targets that can’t be tested, and on targets behind TLS, several nodes, a proxy or a rate limit. */
import { existsSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { phases } from '../model/task.ts';
import { selfSigned } from '../reference/certificate.ts';
import { type ReferenceOptions, startReference } from '../reference/reference.ts';
import { ran } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { counting, deadPort, hello, proxyTo } from '../testing/cli/servers.ts';
import { startNullServer } from '../testing/null-servers.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { containerOptions } from './reach.ts';

const login = { user: 'somebody', password: 'a-password' };
const env = { CRDB_USER: login.user, CRDB_PASSWORD: login.password };
const authorization = `Basic ${Buffer.from('somebody:a-password').toString('base64')}`;
const clock = realClock();
const cluster = (more: Partial<ReferenceOptions> = {}) =>
  startReference({ clock, epochMs: Date.now(), ...login, ...more });

const oneClause = ['--clause', 'read.status.200'];
const runOn = (target: string, ...more: readonly string[]) =>
  ran(['--target', target, ...oneClause, ...more], { env });

/** A name that resolves nowhere, so that only a proxy reaches it. */
const proxiedHost = 'cluster.invalid';
const folder = freshFolder();
const ca = join(folder, 'ca.pem');
const key = join(folder, 'key.pem');
const tls = await selfSigned('cluster1', ['127.0.0.1', '::1', proxiedHost]);
writeFileSync(ca, tls.cert);
writeFileSync(key, tls.key);

describe.concurrent('a target that does not answer', () => {
  test('connection refused', async () => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    const ended = await runOn(url);
    expectSaid(ended, 3, [url, 'connection refused', '--target']);
    expect(existsSync(join(ended.folder, 'reports/out/report.json'))).toBe(false);
  });

  test('unknown host', async () => {
    expectSaid(await runOn('http://no-such-host.invalid'), 3, ['its host is unknown']);
  });

  test('another protocol than HTTP', async () => {
    await using server = await hello();
    expectSaid(await runOn(`http://127.0.0.1:${server.port}`), 3, ['it is not an HTTP server']);
  });

  test('every connection is closed', async () => {
    await using server = await startNullServer('close', { clock });
    expectSaid(await runOn(server.url), 3, [server.url, 'closed it without a response', 'ECONNRESET']);
  });

  test('no response within the timeout', async () => {
    await using server = await startNullServer('silent', { clock });
    const words = ['it accepted the connection and sent no response', 'no answer within 0.3 s', '--timeout'];
    expectSaid(await runOn(server.url, '--timeout-s', '0.3'), 3, words);
  });

  test('a gateway without a server behind it', async () => {
    await using server = await counting((response) => response.writeHead(503).end());
    expectSaid(await runOn(server.url), 3, [server.url, 'answered 503']);
  });
});

describe.concurrent('credentials', () => {
  test('a login that the target refuses is sent once', async () => {
    await using server = await counting((response) => response.writeHead(401).end());
    const ended = await runOn(server.url);
    expectSaid(ended, 3, ['refused the login of somebody (401)', 'It was tried once']);
    expect(ended.err).not.toContain(login.password);
    expect(server.requests).toHaveLength(1);
  });

  test('--no-auth on a target that requires a login', async () => {
    await using server = await counting((response) => response.writeHead(401).end());
    expectSaid(await runOn(server.url, '--no-auth'), 3, ['requires credentials (401)', '--user']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('a login that the target refuses during the run is sent twice, and the reports are written', async () => {
    let refusals = 0;
    await using server = await refusing('the first task', (response) => {
      refusals++;
      response.writeHead(401).end();
    });
    const ended = await runOn(server.url, ...fixedTasks());
    expect([ended.code, refusals > 1, refusals < 5]).toEqual([3, true, true]);
    const { run, summary, verdict } = reportIn(ended.folder);
    expect(run.cutShort).toMatch(
      /refused the login of somebody twice \(401\).*five refusals lock an account/,
    );
    expect([verdict, summary.fail, summary.warn]).toEqual(['incomplete', 0, 0]);
    expect(ended.out).toContain('refused the login of somebody twice');
  });
});

describe.concurrent('TLS', () => {
  test('a certificate of an unknown authority', async () => {
    await using server = await cluster({ tls });
    expectSaid(await runOn(server.url), 3, ['its certificate is not trusted', '--ca FILE', '--insecure']);
  });

  test.each([
    { trust: '--ca', args: ['--ca', ca], says: [] },
    { trust: '--insecure', args: ['--insecure'], says: ['Warning: --insecure'] },
  ])('a run with $trust', async ({ args, says }) => {
    await using server = await cluster({ tls });
    const ended = await runOn(server.url, ...args);
    expectSaid(ended, 0, says);
    expect(ended.out.includes('Insecure: the certificate was not verified')).toBe(says.length > 0);
  });

  test('a target that requires a client certificate', async () => {
    await using server = await cluster({ tls: { ...tls, clientCa: tls.cert } });
    expectSaid(await runOn(server.url, '--ca', ca), 3, ['it requires a client certificate', '--cert FILE']);
    const ended = await runOn(server.url, '--ca', ca, '--cert', ca, '--key', key);
    expectSaid(ended, 0, []);
    expect(reportIn(ended.folder).run.settings).toMatchObject({ cert: ca, key });
  });

  test('https:// on a port of plain HTTP', async () => {
    await using server = await cluster();
    expectSaid(await runOn(server.url.replace('http:', 'https:')), 3, [
      'does not speak TLS there (wrong version number).\n',
      'http://',
    ]);
  });

  test('http:// on a port of TLS', async () => {
    await using server = await cluster({ tls });
    expectSaid(await runOn(server.url.replace('https:', 'http:')), 3, [
      'closed it without a response',
      'TLS needs https://',
    ]);
  });

  test('a target with an IPv6 address', async () => {
    await using server = await cluster({ host: '::1', tls });
    expect(server.url).toMatch(/^https:\/\/\[::1\]:\d+$/);
    const ended = await runOn(server.url, '--ca', ca, '--clause', 'auth.malformed');
    expectSaid(ended, 0, []);
    const { verdict, target } = reportIn(ended.folder);
    expect([verdict, target.url, target.provisioner]).toEqual(['conformant', `${server.url}/`, 'control']);
  });
});

describe.concurrent('nodes of one cluster', () => {
  test('the run uses the first node that answers and is not a follower, and the report names it', async () => {
    await using leader = await cluster();
    await using follower = await cluster({ crdbs: { master: leader.url } });
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const ended = await runOn(dead, '--node', follower.url, leader.url);
    const says = [`${dead} can’t be tested`, 'it answered 307', `The run is on ${leader.url} alone`];
    expectSaid(ended, 0, says);
    const { target, run } = reportIn(ended.folder);
    expect(target).toMatchObject({ url: `${leader.url}/`, name: new URL(dead).host });
    expect(run.settings).toMatchObject({ nodes: [dead, follower.url, leader.url].join(', ') });
  });

  test('--follow-leader allows a redirect to that host', async () => {
    await using leader = await cluster();
    await using follower = await cluster({ crdbs: { master: leader.url } });
    const ended = await runOn(follower.url, '--follow-leader', new URL(leader.url).host);
    expectSaid(ended, 0, [`The run is on ${leader.url} alone`]);
    expect(reportIn(ended.folder).target.url).toBe(`${leader.url}/`);
  });

  test.each([
    { allowed: 'no host', args: [] },
    { allowed: 'another host', args: ['--follow-leader', '127.0.0.1:1'] },
  ])('a redirect is not followed where --follow-leader allows $allowed', async ({ args }) => {
    await using stranger = await counting((response) => response.end('[]'));
    await using follower = await cluster({ crdbs: { master: stranger.url } });
    const says = [`answered 307 to ${new URL(stranger.url).host}`, stranger.url, '--follow-leader'];
    expectSaid(await runOn(follower.url, ...args), 3, says);
    expect(stranger.requests).toEqual([]);
  });

  test.each([
    { args: ['--node', 'here'], says: '--node here is not a URL' },
    { args: ['--follow-leader', 'https://a'], says: '--follow-leader https://a is not a host' },
  ])('$says', async ({ args, says }) => {
    await using leader = await counting((response) => response.end('[]'));
    expectSaid(await runOn(leader.url, ...args), 2, [says]);
    expect(leader.requests).toEqual([]);
  });
});

describe.concurrent('a proxy', () => {
  const proxyLogin = 'me:proxy-secret';
  const encoded = Buffer.from(proxyLogin).toString('base64');
  const noSecret = new RegExp(`proxy-secret|${encoded}`);
  const proxyEnv = (url: string, given = '') => {
    const proxy = url.replace('http://', `http://${given === '' ? '' : `${given}@`}`);
    return { env: { ...env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  };

  test.each(['http', 'https'] as const)(
    '%s goes through a tunnel, and no output holds the credentials of the proxy',
    async (scheme) => {
      await using behind = await cluster(scheme === 'https' ? { tls } : {});
      await using proxy = await proxyTo(behind.url);
      const args = ['--target', `${scheme}://${proxiedHost}:9443`, ...oneClause, '--ca', ca];
      const ended = await ran(args, proxyEnv(proxy.url, proxyLogin));
      expectSaid(ended, 0, []);
      expect(proxy.tunnels.length).toBeGreaterThan(1);
      for (const tunnel of proxy.tunnels)
        expect(tunnel).toEqual({ to: `${proxiedHost}:9443`, authorization: `Basic ${encoded}` });
      expect(proxy.requests).toEqual([]);
      const report = reportIn(ended.folder);
      expect(report).toMatchObject({ verdict: 'conformant', run: { settings: { proxy: proxy.url } } });
      expect(ended.out + ended.err + JSON.stringify(report)).not.toMatch(noSecret);
    },
  );

  test('the certificate of the target is verified through a tunnel too', async () => {
    await using behind = await cluster({ tls });
    await using proxy = await proxyTo(behind.url);
    const args = ['--target', `https://${proxiedHost}:9443`, ...oneClause];
    expectSaid(await ran(args, proxyEnv(proxy.url)), 3, ['its certificate is not trusted']);
  });

  test('a target on this machine is reached without the proxy of the environment, but with --proxy', async () => {
    await using behind = await cluster();
    await using proxy = await proxyTo(behind.url);
    const args = ['--target', behind.url, ...oneClause];
    expectSaid(await ran(args, proxyEnv(proxy.url)), 0, []);
    expect(proxy.tunnels).toEqual([]);
    expectSaid(await ran([...args, '--proxy', proxy.url], { env }), 0, []);
    expect(proxy.tunnels.length).toBeGreaterThan(1);
  });

  test.each([
    { status: 407, says: ['its proxy refused its credentials', 'answered 407 to CONNECT', 'HTTPS_PROXY='] },
    { status: 403, says: ['its proxy refused the connection', 'answered 403 to CONNECT', 'NO_PROXY'] },
    { status: 502, says: ['its proxy could not reach it', 'answered 502 to CONNECT'] },
    { status: undefined, says: ['nothing came through its proxy', 'no answer within 0.5 s'] },
  ])('a proxy that answers $status ends the run with a message about the proxy', async ({ status, says }) => {
    await using proxy = await proxyTo('http://127.0.0.1:1', () => status);
    const args = ['--target', `https://${proxiedHost}:9443`, '--timeout-s', '0.5'];
    const ended = await ran(args, proxyEnv(proxy.url, proxyLogin));
    expectSaid(ended, 3, [`can’t be tested through the proxy ${proxy.url}:`, ...says]);
    expect(ended.out + ended.err).not.toMatch(noSecret);
  });

  test('a proxy that can’t be reached', async () => {
    const proxy = `http://127.0.0.1:${await deadPort()}`;
    const ended = await ran(['--target', `http://${proxiedHost}`], proxyEnv(proxy));
    expectSaid(ended, 3, ['its proxy can’t be reached', 'ECONNREFUSED']);
  });

  test('a refusal of the proxy during the run is a lost exchange, and no failure of the target', async () => {
    await using behind = await cluster();
    await using proxy = await proxyTo(behind.url, (_, turn) => (turn % 3 === 0 ? 502 : 200));
    const args = [
      '--target',
      `http://${proxiedHost}:8080`,
      ...oneClause,
      '--clause',
      'cancel.queued.accepted',
    ];
    const ended = await ran(args, proxyEnv(proxy.url));
    const { summary, exchanges } = reportIn(ended.folder);
    expect([ended.code, summary.fail, summary.warn]).toEqual([0, 0, 0]);
    const lost = exchanges.filter((exchange) => exchange.lost === 'the proxy answered 502 to CONNECT');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.filter(({ response }) => response !== undefined)).toEqual([]);
  });
});

describe.concurrent('limits of the target', () => {
  test('a target that answers 429 to everything is not tested', async () => {
    await using server = await refusing('the start', (response) =>
      response.writeHead(429, { 'Retry-After': '3600' }).end(),
    );
    const words = ['it limits the rate of requests', 'answered 429', 'Retry-After 3600 s', '--max-rps'];
    expectSaid(await runOn(server.url), 3, words);
    expect(server.requests).toHaveLength(1);
  });

  test('429 during the run makes it incomplete, and fails nothing', async () => {
    await using server = await refusing('the first task', (response) => response.writeHead(429).end());
    const ended = await runOn(server.url, ...fixedTasks(), '--max-duration-s', '1');
    const { summary, verdict } = reportIn(ended.folder);
    expect([verdict, summary.fail, summary.warn]).toEqual(['incomplete', 0, 0]);
    expect([3, 4]).toContain(ended.code);
    expect(ended.out).toMatch(/responses were lost.*rate limit \(429\).*--max-rps/s);
  });

  test('--concurrency holds on real connections, and the report states both limits', async () => {
    await using server = await cluster();
    const ended = await runOn(server.url, '--max-rps', '100', '--concurrency', '2');
    expectSaid(ended, 0, []);
    const { exchanges, run } = reportIn(ended.folder);
    expect(run.settings).toMatchObject({ maxRps: 100, concurrency: 2 });
    const atOnce = exchanges.map(
      ({ sentAt }) => exchanges.filter((other) => other.sentAt <= sentAt && other.receivedAt > sentAt).length,
    );
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(2);
  });

  test.each([
    { args: ['--max-rps', '0'], says: 'It must be a number above 0' },
    { args: ['--concurrency', '0'], says: 'It must be a whole number, 1 or more' },
    { args: ['--concurrency', '1.5'], says: 'It must be a whole number, 1 or more' },
  ])('$args: $says', async ({ args, says }) => {
    expectSaid(await ran(args, { env }), 2, [says]);
  });
});

test('--provision control on a target without the task control protocol', async () => {
  await using server = await startNullServer('empty-list', { clock });
  const words = ['does not support the task control protocol', 'GET /_control/v1', 'docs/mocks.md'];
  expectSaid(await runOn(server.url, '--provision', 'control'), 2, words);
});

test('--provision fixed reads the tasks of the configuration', async () => {
  await using server = await cluster();
  const ids = phases.map((phase) => `mine-${phase}`);
  for (const phase of phases) server.tasks.create({ id: `mine-${phase}`, phase });
  const config = join(freshFolder(), 'conformance.yaml');
  const tasks = phases.map((phase) => `  ${phase}: [mine-${phase}]\n`).join('');
  writeFileSync(
    config,
    `target: ${server.url}\nprovision: fixed\nclause: [read.status.200]\ntasks:\n${tasks}`,
  );
  const ended = await ran(['--config', config], { env });
  expectSaid(ended, 0, []);
  const { target, exchanges } = reportIn(ended.folder);
  expect(target).toMatchObject({ provisioner: 'fixed', capabilities: phases });
  const paths = exchanges.map(({ request }) => request.path);
  for (const id of ids) expect(paths).toContain(`/v1/crdb_tasks/${id}`);
  expect(new Set(exchanges.map(({ request }) => request.method))).toEqual(new Set(['GET']));
  expect(ids.filter((id) => !server.tasks.get(id))).toEqual([]);
});

/** Options of a run on the tasks of `refusing`. */
function fixedTasks(): readonly string[] {
  const config = join(freshFolder(), 'fixed.yaml');
  writeFileSync(
    config,
    'provision: fixed\ntasks: { queued: [mine-1], running: [mine-2], finished: [mine-3] }\n',
  );
  return ['--config', config];
}

/** A server that sends `refusal` to requests with our login: from the start, or from the first read of a task on. */
function refusing(from: 'the start' | 'the first task', refusal: (response: ServerResponse) => void) {
  let isRefusing = from === 'the start';
  return counting((response) => {
    const { url = '', headers } = response.req;
    if (headers.authorization !== authorization) {
      response.writeHead(401).end();
      return;
    }
    isRefusing ||= url.startsWith('/v1/crdb_tasks/mine-');
    if (isRefusing) refusal(response);
    else if (url === '/v1/crdb_tasks')
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]');
    else response.writeHead(404).end();
  });
}

test('a path that is not the one of the API: the run says so before it begins', async () => {
  await using target = await counting((response) => void response.writeHead(404).end());
  const { err } = await ran(['--target', `${target.url}/wrong`, '--no-auth', '--clause', 'list.status.200']);
  expect(err).toContain(
    `${target.url} answered 404 to /wrong/v1/crdb_tasks. If it has that list, correct the path in --target`,
  );
});

describe('tasks that are not there', () => {
  const byFixed = (ids: readonly string[]) => {
    const config = join(freshFolder(), 'fixed.yaml');
    writeFileSync(config, `provision: fixed\ntasks: { running: [${ids.join(', ')}] }\n`);
    return ['--config', config];
  };

  test('none of the configured tasks: an error; some of them: a warning', async () => {
    await using server = await cluster();
    const { id } = server.tasks.create({ phase: 'running' });
    expectSaid(await runOn(server.url, ...byFixed(['gone-1', 'gone-2'])), 2, [
      'knows none of the 2 configured tasks (404): gone-1, gone-2.',
      'configure fresh ones',
    ]);
    expectSaid(await runOn(server.url, ...byFixed([id, 'gone-1'])), 4, [
      'does not know 1 of the 2 configured tasks: gone-1.',
    ]);
  });

  test('a program that fails: an error with its exit code, and the reports of the run before stay', async () => {
    await using server = await cluster();
    const { folder } = await runOn(server.url);
    const args = ['--target', server.url, ...oneClause, '--command', 'echo no room >&2; exit 7 #'];
    expectSaid(await ran(args, { env, folder }), 2, [
      'the program for a running task ended with exit code 7, expected 0: no room.',
      'Run it by hand',
    ]);
    expect(reportIn(folder).verdict).toBe('conformant');
  });
});

test('a password in the environment is not meant for a container, one by a flag contradicts it', () => {
  const options = { container: 'a:1', passwordFrom: 'env:CRDB_PASSWORD' };
  const of = (origin: string) => () => containerOptions(options, () => origin);
  expect(of('environment CRDB_PASSWORD')()).not.toHaveProperty('passwordFrom');
  expect(of('flag --password-from')).toThrow('contradicts it');
});
