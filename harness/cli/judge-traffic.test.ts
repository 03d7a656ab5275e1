/** Recorded traffic, judged by the program. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { har } from '../../reports/har.ts';
import type { Report } from '../model/report.ts';
import { calledIn } from '../testing/cli/called.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

let report: Report;
beforeAll(async () => {
  report = await simulated({
    clauses: ['cancel.commit-phase.refused', 'status.finished', 'expiry.default.gone'],
  });
});

/** In simulated time all happens at nearly one instant: here each sending and each receipt is 20 ms after the last. */
function spread(run: Report): Report {
  const instants = run.exchanges.flatMap(({ sentAt, receivedAt }) => [sentAt, receivedAt]);
  const places = new Map(instants.toSorted((a, b) => a - b).map((at, place) => [at, place * 20]));
  const placed = (at: number): number => places.get(at) ?? at;
  return {
    ...run,
    exchanges: run.exchanges.map((one) => ({
      ...one,
      sentAt: placed(one.sentAt),
      receivedAt: placed(one.receivedAt),
    })),
  };
}

async function judged(content: string, ...args: readonly string[]) {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'traffic.har'), content);
  return { cwd, ...(await calledIn(cwd, ['judge', 'traffic.har', ...args])) };
}

test('our own archive of a run is judged', async () => {
  const { cwd, code, out, err } = await judged(
    har(spread(report)),
    '--sole-client',
    '--control',
    '--out',
    'reports/out',
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('INCOMPLETE');
  expect(out).toMatch(/Traffic {4}\d+ exchanges, \d+ tasks/);
  const { run, clauses, target } = reportIn(cwd);
  expect(target).toMatchObject({ provisioner: 'traffic', capabilities: ['sole-client', 'control'] });
  expect(run.traffic?.exercised).toMatchObject({
    'GET /v1/crdb_tasks/{id} → 200 finished': expect.any(Number),
  });
  expect(clauses.find(({ id }) => id === 'expiry.default.gone')?.verdict).toBe('pass');
  expect(clauses.find(({ id }) => id === 'list.empty')?.verdict).toBe('skip');
});

test('a faulty server is non-conformant, with the exchanges that show it', async () => {
  const faulty = await simulated({ mutant: 'cancels-in-commit', clauses: ['cancel.commit-phase.refused'] });
  const { cwd, code, out } = await judged(
    har(spread(faulty)),
    '--sole-client',
    '--control',
    '--out',
    'reports/out',
  );
  expect(code).toBe(1);
  expect(out).toContain('cancel.commit-phase.refused');
  const again = reportIn(cwd);
  const [check] = again.clauses.find(({ id }) => id === 'cancel.commit-phase.refused')?.checks ?? [];
  const ids = again.exchanges.map(({ id }) => id);
  expect(check?.exchanges.length).toBeGreaterThan(1);
  expect(ids).toEqual(expect.arrayContaining([...(check?.exchanges ?? [])]));
});

test('a secret of the recording is in no output', async () => {
  const told = JSON.parse(har(report));
  const password = 'correct-horse-battery';
  for (const { request, response } of told.log.entries) {
    request.headers.push({ name: 'authorization', value: `Basic ${btoa(`me@example.com:${password}`)}` });
    response.headers.push({ name: 'server', value: `you sent ${password}` });
    if (response.content.text === '') response.content.text = `echo ${password}`;
    response.status = response.status === 404 ? 410 : response.status;
  }
  const { cwd, out, err, code } = await judged(JSON.stringify(told), '--out', 'reports/out');
  expect(code).toBe(1);
  const files = ['report.json', 'report.html', 'junit.xml'].map((name) =>
    readFileSync(join(cwd, 'reports/out', name), 'utf8'),
  );
  for (const text of [out, err, ...files]) expect(text).not.toContain(password);
});

test('of several addresses the busiest is judged, or the one that is named', async () => {
  const told = JSON.parse(har(report));
  const [first] = told.log.entries;
  const other = { ...first, request: { ...first.request, url: 'https://other:9443/v1/crdb_tasks' } };
  told.log.entries.push(other);
  const both = JSON.stringify(told);
  expect((await judged(both)).out).toContain('1: exchanges with https://other:9443 (see --target)');
  expect((await judged(both, '--target', 'https://other:9443/')).out).toContain('Traffic    1 exchange');
  const { code, err } = await judged(both, '--target', 'https://nobody');
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringContaining('none is with https://nobody; they are with'),
  });
});

test('an archive of other things is refused', async () => {
  const other = JSON.stringify({
    log: { version: '1.2', entries: [{ request: { method: 'GET', url: 'https://a/' }, response: {} }] },
  });
  expectSaid(await judged(other), 2, ['of 1 exchange, none is with the API', 'Record a client']);
  expectSaid(await judged('{"log":'), 2, ['cut off']);
  expectSaid(await calledIn(freshFolder(), ['judge', 'none.har']), 2, ['none.har can’t be read', 'HAR file']);
});
