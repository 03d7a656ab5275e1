/** The monitor as a user starts it: before the reference cluster, and before faulty ones. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { mutants } from '../reference/mutants.ts';
import { startReference } from '../reference/reference.ts';
import { called } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { counting, deadPort } from '../testing/cli/servers.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const password = 'correct-horse-battery';
const user = 'me@example.com';

function cluster(mutant?: string) {
  const rules = mutants.find(({ id }) => id === mutant)?.rules;
  return startReference({ clock: realClock(), user, password, ...(rules ? { rules } : {}) });
}

/** A client of the API: makes a task in its commit phase, cancels it, and reads it. */
const client = `
  const url = process.env.CRDB_URL;
  const send = async (method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: 'Basic ' + btoa('${user}:${password}') },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    await answer.text();
  };
  await send('POST', '/_control/v1/tasks', { id: 't-1', phase: 'committing' });
  await send('GET', '/v1/crdb_tasks/t-1');
  await send('POST', '/v1/crdb_tasks/t-1/actions/cancel');
  await send('GET', '/v1/crdb_tasks/t-1?verbose=true');
  await send('GET', '/v1/crdb_tasks');
`;
const running = (script: string) => ['--', process.execPath, '--input-type=module', '-e', script];
const strict = ['--control', '--sole-client'];

test('a command is judged by what it did through the proxy', async () => {
  await using target = await cluster();
  const folder = freshFolder();
  const out = join(folder, 'reports/out');
  const {
    code,
    out: said,
    err,
  } = await called(['monitor', '--target', target.url, ...strict, '--out', out, ...running(client)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(said).toContain('Traffic    5 exchanges, 1 task');
  const { clauses } = reportIn(folder);
  const passed = clauses.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id);
  expect(passed).toEqual(
    expect.arrayContaining(['cancel.commit-phase.refused', 'list.holds-running', 'read.schema']),
  );
  const record = readFileSync(join(out, 'traffic.ndjson'), 'utf8');
  for (const text of [said, record, readFileSync(join(out, 'report.html'), 'utf8')]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(btoa(`${user}:${password}`));
  }
});

test('a faulty target is proven non-conformant as it happens, and again from the record', async () => {
  await using target = await cluster('cancels-in-commit');
  const out = join(freshFolder(), 'reports/out');
  const { code, out: said } = await called([
    'monitor',
    '--target',
    target.url,
    ...strict,
    '--out',
    out,
    ...running(client),
  ]);
  expect(code).toBe(1);
  expect(said).toMatch(/^BROKEN cancel\.commit-phase\.refused: create committing → 201; .*expected 406/m);
  const again = await called(['judge', join(out, 'traffic.ndjson')]);
  expect(again.code).toBe(1);
  expect(again.out).toContain('cancel.commit-phase.refused');
  expect(again.out).toContain('Tasks by   traffic (sole-client, control)');
  // The folder is judged by its record; its report alone can't be.
  expect(await called(['judge', out])).toEqual(again);
  expectSaid(await called(['judge', join(out, 'report.json')]), 2, [
    'a report of recorded traffic',
    'traffic.ndjson',
  ]);
});

test('with --fail-fast the first proof ends the command', async () => {
  await using target = await cluster('cancels-in-commit');
  const endless = `${client} setInterval(() => {}, 1000);`;
  const { code } = await called([
    'monitor',
    '--target',
    target.url,
    ...strict,
    '--fail-fast',
    ...running(endless),
  ]);
  expect(code).toBe(1);
});

test('SIGUSR2 brings the reports, and the monitor goes on', async () => {
  await using target = await cluster();
  const folder = freshFolder();
  const [out, done, go] = ['reports/out', 'done', 'go'].map((name) => join(folder, name));
  const inTwoParts = `${client}
    const { existsSync, writeFileSync } = await import('node:fs');
    writeFileSync(process.env.DONE, '');
    while (!existsSync(process.env.GO)) await new Promise((resolve) => setTimeout(resolve, 20));
    await send('GET', '/v1/crdb_tasks');`;
  const ended = called(
    ['monitor', '--target', target.url, ...strict, '--out', out ?? '', ...running(inTwoParts)],
    { env: { DONE: done ?? '', GO: go ?? '' } },
  );
  const present = (file: string) =>
    expect.poll(() => existsSync(file), { timeout: 600_000, interval: 20 }).toBe(true);
  await present(done ?? '');
  process.emit('SIGUSR2');
  await present(join(out ?? '', 'report.html'));
  expect(reportIn(folder).run.traffic?.exchanges).toBe(5);
  writeFileSync(go ?? '', '');
  expect((await ended).code).toBe(0);
  expect(reportIn(folder).run.traffic).toMatchObject({
    exchanges: 6,
    clauses: { 'list.schema': { upheld: 2, broken: 0 } },
  });
});

test('a command that fails fails, where nothing is broken', async () => {
  await using target = await cluster();
  const { code } = await called([
    'monitor',
    '--target',
    target.url,
    ...strict,
    ...running(`${client} process.exitCode = 7;`),
  ]);
  expect(code).toBe(7);
});

test('without traffic nothing is proven', async () => {
  await using target = await cluster();
  const { code, out } = await called(['monitor', '--target', target.url, ...running('0')]);
  expect(code).toBe(4);
  expect(out).toContain('0 of 67 must clauses proven');
});

test('a target that is not there is told once, and ends nothing', async () => {
  const dead = `http://127.0.0.1:${await deadPort()}`;
  const { code, err } = await called(['monitor', '--target', dead, ...running(client)]);
  expect(code).toBe(4);
  expect(err).toContain(`no answer of the target ${dead}: nothing listens there`);
});

test('/metrics counts by clause, on a port of its own', async () => {
  await using target = await cluster('cancels-in-commit');
  const port = String(await deadPort());
  const asking = `${client}
    const text = await (await fetch(process.env.METRICS)).text();
    if (!text.includes('crdb_conformance_requests_total 5')) process.exit(9);`;
  const { code, out } = await called(
    ['monitor', '--target', target.url, ...strict, '--metrics', port, ...running(asking)],
    { env: { METRICS: `http://127.0.0.1:${port}/metrics` } },
  );
  expect(code).toBe(1);
  expect(out).toContain(`Metrics: http://127.0.0.1:${port}/metrics`);
});

test('wrong options are refused in words', async () => {
  await using busy = await counting((response) => response.end());
  const port = new URL(busy.url).port;
  expectSaid(await called(['monitor', '--target', busy.url, '--listen', port]), 2, [
    'another program listens on it',
  ]);
  expectSaid(await called(['monitor', '--target', 'nowhere']), 2, ['--target nowhere']);
  expectSaid(await called(['monitor', '--target', busy.url, '--listen-cert', 'a.pem']), 2, [
    'A certificate needs its key',
  ]);
  expectSaid(await called(['monitor', '--target', busy.url, '--', 'no-such-command-at-all']), 2, [
    'can’t be run',
  ]);
});
