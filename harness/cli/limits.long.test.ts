/** What a target takes: its login, its rate, and how many requests at once. */
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn } from '../testing/cli/program.ts';
import { counting } from '../testing/cli/servers.ts';

const env = { CRDB_PASSWORD: 'a-password', CRDB_USER: 'somebody' };
const own = `Basic ${Buffer.from('somebody:a-password').toString('base64')}`;

async function run(...args: readonly string[]) {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'fixed.yaml'), fixed);
  return { ended: await program(['run', ...args], { env, cwd }), cwd };
}

const fixed = 'provision: fixed\ntasks: { queued: [mine-1], running: [mine-2], finished: [mine-3] }\n';

/** Answers the login of the run as `refusal` says: from the start, or from the first read of a task on. */
function refusing(from: 'the start' | 'the first task', refusal: (response: ServerResponse) => void) {
  let isRefusing = from === 'the start';
  return counting((response) => {
    const { url = '', headers } = response.req;
    const isOfTask = url.startsWith('/v1/crdb_tasks/mine-');
    const json = (body: unknown) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (headers.authorization !== own) {
      response.writeHead(401).end();
      return;
    }
    isRefusing ||= isOfTask;
    if (isRefusing) refusal(response);
    else if (url === '/v1/crdb_tasks') json([]);
    else response.writeHead(404).end();
  });
}

describe.concurrent('what a target lets in', () => {
  test('a login that is refused in the middle is tried twice: no failure, exit 3, and the reports are there', async () => {
    let refusals = 0;
    await using server = await refusing('the first task', (response) => {
      refusals++;
      response.writeHead(401).end();
    });
    const { ended, cwd } = await run(
      '--target',
      server.url,
      '--config',
      'fixed.yaml',
      '--clause',
      'read.status.200',
    );
    expect(ended.code).toBe(3);
    expect(refusals).toBeGreaterThanOrEqual(2);
    expect(refusals).toBeLessThan(5);
    const { run: about, summary, verdict } = reportIn(cwd);
    expect(about.cutShort).toMatch(
      /refused the login of somebody twice \(401\).*five refusals lock an account/,
    );
    expect({ verdict, fail: summary.fail, warn: summary.warn }).toEqual({
      verdict: 'incomplete',
      fail: 0,
      warn: 0,
    });
    expect(ended.out).toContain('refused the login of somebody twice');
  });

  test('a server that answers 429 to everything is told to limit the rate, and is not tested', async () => {
    await using server = await refusing('the start', (response) =>
      response.writeHead(429, { 'Retry-After': '3600' }).end(),
    );
    const { ended } = await run('--target', server.url);
    const words = ['it limits the rate of requests', 'answered 429', 'Retry-After 3600 s', '--max-rps'];
    expectSaid(ended, 3, words);
    expect(server.requests).toHaveLength(1);
  });

  test('a server that answers 429 from some request on is not conformant, and nothing of it fails', async () => {
    await using server = await refusing('the first task', (response) => response.writeHead(429).end());
    const args = ['--config', 'fixed.yaml', '--clause', 'read.status.200', '--max-duration-s', '4'];
    const { ended, cwd } = await run('--target', server.url, ...args);
    const { summary, verdict } = reportIn(cwd);
    expect({ verdict, fail: summary.fail, warn: summary.warn }).toEqual({
      verdict: 'incomplete',
      fail: 0,
      warn: 0,
    });
    expect([3, 4]).toContain(ended.code);
    expect(ended.out).toMatch(/responses were lost.*rate limit \(429\).*--max-rps/s);
  });

  test('--max-rps and --concurrency hold on a real connection, and the report states them', async () => {
    const clock = realClock();
    await using server = await startReference({
      clock,
      epochMs: Date.now(),
      user: env.CRDB_USER,
      password: env.CRDB_PASSWORD,
    });
    const [rps, width] = [25, 2];
    const limits = ['--max-rps', `${rps}`, '--concurrency', `${width}`];
    const { ended, cwd } = await run('--target', server.url, '--clause', 'read.status.200', ...limits);
    expectSaid(ended, 0, []);
    const { exchanges, run: about } = reportIn(cwd);
    expect(about.settings).toMatchObject({ maxRps: rps, concurrency: width });
    const sent = exchanges.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
    const gaps = sent.slice(1).map((at, index) => at - (sent[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / rps);
    const atOnce = exchanges.map(
      ({ sentAt }) => exchanges.filter((other) => other.sentAt <= sentAt && other.receivedAt > sentAt).length,
    );
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(width);
  });

  test.each([
    { args: ['--max-rps', '0'], says: 'It must be a number above 0' },
    { args: ['--concurrency', '0'], says: 'It must be a whole number, 1 or more' },
    { args: ['--concurrency', '1.5'], says: 'It must be a whole number, 1 or more' },
  ])('$args is told to be none', async ({ args, says }) => {
    expectSaid((await run(...args)).ended, 2, [says]);
  });
});
