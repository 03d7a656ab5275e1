/** Targets that can't be tested: exit code 3 and a line that says why, before anything was tried. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { phases } from '../model/task.ts';
import { selfSigned } from '../reference/certificate.ts';
import type { Tls } from '../reference/http-server.ts';
import { startNullServer } from '../reference/null-servers.ts';
import { startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn, scratch } from '../testing/cli/program.ts';
import { counting, deadPort, hello } from '../testing/cli/servers.ts';

const env = { CRDB_PASSWORD: 'a-password', CRDB_USER: 'somebody' };
const asking = (target: string, ...more: readonly string[]) =>
  program(['run', '--target', target, '--clause', 'read.status.200', ...more], { env, cwd: freshFolder() });

const clock = realClock();
const cluster = (tls?: Tls) =>
  startReference({
    clock,
    epochMs: Date.now(),
    user: env.CRDB_USER,
    password: env.CRDB_PASSWORD,
    ...(tls ? { tls } : {}),
  });

describe.concurrent('a target that is not there', () => {
  test('connection refused', async () => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    expectSaid(await asking(url), 3, [url, 'connection refused', '--target']);
  });

  test('unknown host', async () => {
    expectSaid(await asking('http://no-such-host.invalid'), 3, ['its host is unknown']);
  });

  test('no HTTP server', async () => {
    await using server = await hello();
    expectSaid(await asking(`http://127.0.0.1:${server.port}`), 3, ['it is not an HTTP server']);
  });

  test('a server that closes every connection', async () => {
    await using server = await startNullServer('close', { clock });
    expectSaid(await asking(server.url), 3, [server.url, 'closed it without a response', 'ECONNRESET']);
  });

  test('a server that never answers', async () => {
    await using server = await startNullServer('silent', { clock });
    const words = ['it accepted the connection and sent no response', 'no answer within 0.3 s', '--timeout'];
    expectSaid(await asking(server.url, '--timeout-s', '0.3'), 3, words);
  });

  test('a proxy without a server behind it', async () => {
    await using server = await counting((response) => response.writeHead(503).end());
    expectSaid(await asking(server.url), 3, [server.url, 'answered 503']);
  });
});

test.each(['http', 'https'] as const)('a target may be an address of IPv6: %s://[::1]', async (scheme) => {
  const made = await selfSigned('six', ['::1']);
  const file = join(freshFolder(), 'six.pem');
  writeFileSync(file, made.cert);
  await using server = await startReference({
    clock,
    epochMs: Date.now(),
    user: env.CRDB_USER,
    password: env.CRDB_PASSWORD,
    host: '::1',
    ...(scheme === 'https' ? { tls: made } : {}),
  });
  expect(server.url).toMatch(/\/\/\[::1\]:\d+$/);
  const cwd = freshFolder();
  const args = ['run', '--target', server.url, '--ca', file, '--clause', 'read.status.200', 'auth.malformed'];
  expectSaid(await program(args, { env, cwd }), 0, []);
  const { verdict, target } = reportIn(cwd);
  expect([verdict, target.url, target.provisioner]).toEqual(['conformant', `${server.url}/`, 'control']);
});

describe.concurrent('credentials', () => {
  test('a login that is refused is tried once, and it is said that It was tried once', async () => {
    await using server = await counting((response) => response.writeHead(401).end());
    const ended = await asking(server.url);
    expectSaid(ended, 3, ['refused the login of somebody (401)', 'It was tried once', 'tried once']);
    expect(ended.err).not.toContain(env.CRDB_PASSWORD);
    expect(server.requests).toHaveLength(1);
  });

  test('--no-auth where credentials are asked for', async () => {
    await using server = await counting((response) => response.writeHead(401).end());
    expectSaid(await asking(server.url, '--no-auth'), 3, ['requires credentials (401)', '--user']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('a 307 to another host is not followed: it is named, and is sent nothing', async () => {
    await using master = await counting((response) => response.end('[]'));
    await using node = await counting((response) =>
      response.writeHead(307, { Location: `${master.url}/v1/crdb_tasks` }).end(),
    );
    expectSaid(await asking(node.url), 3, [`answered 307 to ${new URL(master.url).host}`, master.url]);
    expect(node.requests.length).toBeGreaterThan(0);
    expect(master.requests).toEqual([]);
  });
});

describe.concurrent('TLS', async () => {
  const secure = await selfSigned('localhost', ['127.0.0.1']);
  const ca = join(scratch, 'ca.pem');
  writeFileSync(ca, secure.cert);

  test('a certificate of an unknown authority: --ca and --insecure are named', async () => {
    await using server = await cluster(secure);
    expectSaid(await asking(server.url), 3, ['its certificate is not trusted', '--ca FILE', '--insecure']);
  });

  test.for([
    { trust: '--ca', args: ['--ca', ca], says: [] },
    { trust: '--insecure', args: ['--insecure'], says: ['Warning: --insecure'] },
  ])(
    'with $trust the same target is tested, and --insecure is said in the report too',
    async ({ args, says }) => {
      await using server = await cluster(secure);
      const ended = await asking(server.url, ...args);
      expectSaid(ended, 0, says);
      expect(ended.out.includes('Insecure: the certificate was not verified')).toBe(says.length > 0);
    },
  );

  test('a target that asks for a client certificate is tested with --cert and --key, and without them says so', async () => {
    await using server = await cluster({ ...secure, clientCa: secure.cert });
    const key = join(scratch, 'key.pem');
    writeFileSync(key, secure.key);
    expectSaid(await asking(server.url, '--ca', ca), 3, ['it requires a client certificate', '--cert FILE']);
    const cwd = freshFolder();
    const shown = ['--ca', ca, '--cert', ca, '--key', key];
    const ended = await program(['run', '--target', server.url, '--clause', 'read.status.200', ...shown], {
      env,
      cwd,
    });
    expectSaid(ended, 0, []);
    expect(reportIn(cwd).run.settings).toMatchObject({ cert: ca, key });
  });

  test('https:// to a port that speaks plain HTTP', async () => {
    await using server = await cluster();
    expectSaid(await asking(server.url.replace('http:', 'https:')), 3, [
      'does not speak TLS there (wrong version number).\n',
      'http://',
    ]);
  });

  test('http:// to a port that speaks TLS', async () => {
    await using server = await cluster(secure);
    expectSaid(await asking(server.url.replace('https:', 'http:')), 3, [
      'closed it without a response',
      'TLS needs https://',
    ]);
  });
});

describe.concurrent('provisioners', () => {
  test('--provision control on a target that does not speak the protocol', async () => {
    await using server = await startNullServer('empty-list', { clock });
    const words = ['does not speak the task control protocol', 'GET /_control/v1', 'README'];
    expectSaid(await asking(server.url, '--provision', 'control'), 2, words);
  });

  test('a target that can not be tested leaves no report', async () => {
    const cwd = freshFolder();
    await program(['run', '--target', `http://127.0.0.1:${await deadPort()}`], { env, cwd });
    expect(existsSync(join(cwd, 'reports/out/report.json'))).toBe(false);
  });

  test('--provision fixed takes the tasks of the configuration', async () => {
    await using server = await cluster();
    const ids = phases.map((phase) => `mine-${phase}`);
    for (const phase of phases) server.tasks.create({ id: `mine-${phase}`, phase });
    const cwd = freshFolder();
    const tasks = phases.map((phase) => `  ${phase}: [mine-${phase}]\n`).join('');
    const config = `target: ${server.url}\nprovision: fixed\nclause: [read.status.200]\ntasks:\n${tasks}`;
    writeFileSync(join(cwd, 'conformance.yaml'), config);
    expectSaid(await program(['run', '--config', 'conformance.yaml'], { env, cwd }), 0, []);
    const { target, exchanges } = reportIn(cwd);
    expect(target).toMatchObject({ provisioner: 'fixed', capabilities: phases });
    const asked = exchanges.map(({ request }) => request.path);
    for (const id of ids) expect(asked).toContain(`/v1/crdb_tasks/${id}`);
    expect(new Set(exchanges.map(({ request }) => request.method))).toEqual(new Set(['GET']));
    expect(ids.filter((id) => !server.tasks.get(id))).toEqual([]);
  });
});
