import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckResult } from '../../harness/model/report.ts';
import { type Credentials, credentialKinds } from '../../harness/model/requests.ts';
import { cancelled, exchange, sampleReport } from '../../harness/testing/reports/sample.ts';
import { printable } from './escape.ts';
import { curl, evidenceOf, quoted, repeatLines } from './evidence.ts';

const report = sampleReport({
  clauses: [],
  exchanges: [
    exchange('read-1'),
    cancelled('cancel-1', 200),
    exchange('read-2'),
    exchange('read-3', { lost: 'answered 503' }),
    exchange('read-4', { lost: 'connection reset' }),
  ],
});
const check = (...exchanges: string[]): CheckResult => ({
  name: 'case',
  suite: 'cancel',
  verdict: 'fail',
  reason: '',
  exchanges,
});

test('a request that was sent again at once is one line', () => {
  const twice = evidenceOf(report)({ ...check('read-1', 'read-2', 'cancel-1'), verdict: 'inconclusive' });
  expect(twice.repeats.map(({ line, times }) => [line.split('/').at(-1), times])).toEqual([
    ['7', 2],
    ['cancel', 1],
  ]);
});

describe('the lines of a broken check begin with the making of its task', () => {
  const made = exchange('control-1', {
    operation: 'control',
    sentAt: 900,
    sentFor: 'case',
    request: {
      method: 'POST',
      path: '/_control/v1/tasks',
      headers: {},
      credentials: 'own',
      body: '{"phase":"committing","id":"7"}',
    },
  });
  const reads = Array.from({ length: 9 }, (_, n) => ({
    ...exchange(`read-${n}`, { sentAt: 1000 + n, sentFor: 'case' }),
    request: { method: 'GET', path: `/v1/crdb_tasks/7?n=${n}`, headers: {}, credentials: 'own' as const },
  }));
  const cancel = { ...cancelled('cancel-1', 200), sentFor: 'case' };
  const whole = sampleReport({ clauses: [], exchanges: [made, ...reads, cancel] });
  const lines = (verdict: CheckResult['verdict'], most: number) =>
    repeatLines(evidenceOf(whole)({ ...check('cancel-1'), verdict }), most);

  test('in the order of sending, up to the request that shows the fault', () => {
    const all = lines('fail', 20);
    expect(all).toHaveLength(11);
    expect(all[0]).toContain('/_control/v1/tasks');
    expect(all.at(-1)).toContain('/actions/cancel');
  });

  test('what does not fit is left out after the first line', () => {
    const some = lines('warn', 3);
    expect(some).toHaveLength(4);
    expect(some[0]).toContain('/_control/v1/tasks');
    expect(some[1]).toBe('# and 8 more requests: see report.json');
    expect(some.at(-1)).toContain('/actions/cancel');
  });

  test('of very many, those about its own task are left', () => {
    const others = Array.from({ length: 30 }, (_, n) => {
      const body = `{"phase":"running","id":"other-${n}"}`;
      return { ...made, id: `control-${n + 2}`, sentAt: 800 + n, request: { ...made.request, body } };
    });
    const many = sampleReport({ clauses: [], exchanges: [...others, made, cancel] });
    const [first, more, last, ...rest] = repeatLines(evidenceOf(many)(check('cancel-1')), 20);
    expect(first).toContain('"id":"7"');
    expect(more).toBe('# and 30 more requests: see report.json');
    expect(last).toContain('/actions/cancel');
    expect(rest).toEqual([]);
  });

  test('a pause between two is a line, but not one between polls', () => {
    const at = (sentAt: number) => ({ sentAt, receivedAt: sentAt + 100 });
    const read = (id: string, sentAt: number) => exchange(id, { ...at(sentAt), sentFor: 'case' });
    const polls = [5060, 6200, 7300].map((ms) => read(`read-${ms}`, ms));
    const sent = [{ ...made, ...at(900) }, { ...cancel, ...at(4950) }, ...polls, read('read-9', 13_400)];
    const { repeats } = evidenceOf(sampleReport({ clauses: [], exchanges: sent }))(check('read-9'));
    expect(repeats.map(({ line, times }) => [/-X (\w+)|sleep.*/.exec(line)?.at(-1) ?? line, times])).toEqual([
      ['POST', 1],
      ['sleep 4', 1],
      ['POST', 1],
      ['GET', 1],
      ['sleep 1', 1],
      ['GET', 2],
      ['sleep 6', 1],
      ['GET', 1],
    ]);
  });

  test('of very many about one task, the making and the latest are left, and no pause where some are left out', () => {
    const request = { method: 'PATCH', path: '/v1/crdbs/7', credentials: 'own' as const };
    const patch = exchange('crdbs-1', {
      operation: 'crdbs',
      sentAt: 100,
      receivedAt: 110,
      sentFor: 'case',
      request: { ...request, headers: { 'X-Task-ID': '7' } },
    });
    const polls = Array.from({ length: 40 }, (_, n) =>
      exchange(`read-${n}`, { sentAt: 200 + 500 * n, receivedAt: 210 + 500 * n, sentFor: 'case' }),
    );
    const last = exchange('read-99', { sentAt: 30_000, receivedAt: 30_010, sentFor: 'case' });
    const late = { ...cancel, sentAt: 20_600, receivedAt: 20_610 };
    const many = sampleReport({ clauses: [], exchanges: [patch, ...polls, late, last] });
    const all = repeatLines(evidenceOf(many)(check('read-99')), 20);
    expect(all.map((line) => /^#.*|sleep.*|-X \w+|# \d+ times/.exec(line)?.[0] ?? line)).toEqual([
      '-X PATCH',
      '# and 19 more requests: see report.json',
      '-X GET',
      '-X POST',
      'sleep 9',
      '-X GET',
    ]);
  });

  test('a removal is one of them where its task is made again, and not at the end', () => {
    const request = {
      method: 'DELETE',
      path: '/_control/v1/tasks/7',
      headers: {},
      credentials: 'own' as const,
    };
    const removal = (sentAt: number) =>
      exchange(`control-${sentAt}`, { operation: 'control', sentAt, sentFor: 'case', request });
    const again = { ...made, id: 'control-2', sentAt: 960 };
    const used = sampleReport({ clauses: [], exchanges: [made, removal(950), again, removal(999), cancel] });
    const methods = (sent: typeof used) =>
      evidenceOf(sent)(check('cancel-1')).repeats.map(({ line }) => /-X (\w+)/.exec(line)?.[1]);
    expect(methods(used)).toEqual(['POST', 'DELETE', 'POST', 'DELETE', 'POST']);
    const once = sampleReport({ clauses: [], exchanges: [made, cancel, removal(cancel.sentAt)] });
    expect(methods(once)).toEqual(['POST', 'POST']);
  });

  test('where nothing is broken, the request that shows it is enough', () =>
    expect(lines('inconclusive', 20)).toHaveLength(1));
});

test('it says why the last answer that was lost was lost', () => {
  expect(evidenceOf(report)(check('read-3', 'read-4', 'read-1'))).toHaveProperty('lost', 'connection reset');
  expect(evidenceOf(report)(check('read-1'))).not.toHaveProperty('lost');
});

test('the lines trust the certificate as the run did', () => {
  const line = (settings: Record<string, boolean | string>) =>
    evidenceOf({ ...report, run: { ...report.run, settings } })(check('read-1')).repeats[0]?.line;
  expect(line({ insecure: true })).toContain(' -k ');
  expect(line({ ca: 'ca.pem' })).toContain(' --cacert ca.pem ');
  expect(line({ insecure: false })).not.toMatch(/ -k |--cacert/);
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials?: Credentials;
}

const line = (
  { method = 'GET', path = '/v1/crdb_tasks', headers = {}, body, credentials = 'own' }: Sent,
  url: string,
) => curl({ request: { method, path, headers, credentials, ...(body === undefined ? {} : { body }) } }, url);

test('an ordinary cancel reads well', () => {
  const cancel = {
    method: 'POST',
    path: '/v1/crdb_tasks/7/actions/cancel',
    headers: { 'Content-Type': 'application/json' },
  };
  expect(line(cancel, 'https://cluster.example:9443')).toBe(
    `curl -isSg --path-as-is -X POST -u "$CRDB_USER:$CRDB_PASSWORD" -H 'Content-Type: application/json' --data-raw '' https://cluster.example:9443/v1/crdb_tasks/7/actions/cancel`,
  );
});

test('a recorded path holds the prefix of the target already', () => {
  expect(line({ path: '/prefix/v1/crdb_tasks' }, 'http://h/prefix')).toMatch(
    / http:\/\/h\/prefix\/v1\/crdb_tasks$/,
  );
});

test('the certificate is trusted as the run trusted it', () => {
  const request = { method: 'GET', path: '/', headers: {}, credentials: 'none' } as const;
  expect(curl({ request }, 'https://h', { insecure: true })).toContain(' -k ');
  expect(curl({ request }, 'https://h', { ca: 'my ca.pem' })).toContain(" --cacert 'my ca.pem' ");
  const shown = { cert: 'my cert.pem', key: 'key.pem' };
  expect(curl({ request }, 'https://h', { shown })).toContain(" --cert 'my cert.pem' --key key.pem ");
});

const hasCurl = (() => {
  try {
    return execFileSync('curl', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

describe.runIf(hasCurl)('a server gets from the line what the run had sent', () => {
  let url = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      response.end(JSON.stringify({ method, path, headers, body: Buffer.concat(chunks).toString() }));
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `http://127.0.0.1:${address.port}`;
  });
  afterAll(() => server.close());

  async function got(
    sent: Sent,
  ): Promise<{ method: string; path: string; headers: Record<string, string>; body: string }> {
    const env = { ...process.env, CRDB_USER: 'me@x', CRDB_PASSWORD: 'pä$s"w\'d' };
    const { stdout } = await promisify(execFile)('sh', ['-c', line(sent, url)], { env });
    return JSON.parse(stdout.slice(stdout.indexOf('\r\n\r\n'))); // -i shows the head first
  }

  test.each([
    '/v1/crdb_tasks/a%2Fb',
    '/v1/crdb_tasks/../../etc',
    "/v1/crdb_tasks/'$(id)`id`\\",
    '/v1/crdb_tasks/{a,b}[1-3]*?verbose=true&x=1#!~',
    `/v1/crdb_tasks/${'a'.repeat(2000)}`,
  ])('path %#', async (path) =>
    expect(await got({ path })).toMatchObject({ method: 'GET', path: path.split('#')[0] }),
  );

  test('headers, an empty one too', async () => {
    const { headers } = await got({ headers: { 'X-Result-TTL': '', 'X-Odd': `"it's" $HOME` } });
    expect(headers).toMatchObject({ 'x-result-ttl': '', 'x-odd': `"it's" $HOME` });
  });

  test('a body', async () => {
    const body = JSON.stringify({ at: '@file', quote: `it's "x"`, bidi: '\u{202e}', line: '\n' });
    expect((await got({ method: 'POST', body, headers: { 'Content-Type': 'application/json' } })).body).toBe(
      body,
    );
  });

  test('a POST without a body says so, and claims no type', async () => {
    const { headers } = await got({ method: 'POST' });
    expect(headers).toMatchObject({ 'content-length': '0' });
    expect(headers).not.toHaveProperty('content-type');
  });

  const own = Buffer.from('me@x:pä$s"w\'d').toString('base64');
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const authorizations: Readonly<Record<Credentials, string | undefined>> = {
    own: `Basic ${own}`,
    none: undefined,
    malformed: 'Basic %%% this is no base64 %%%',
    'scheme alone': 'Basic',
    'no UTF-8': 'Basic /zr+',
    'unknown user': `Basic ${Buffer.from('no-such-user:no-password').toString('base64')}`,
    'empty login': basic(':'),
    'wrong password': `Basic ${Buffer.from('me@x:pä$s"w\'d-but-wrong').toString('base64')}`,
    'lower-case scheme': `basic ${own}`,
    Bearer: 'Bearer no-such-token',
    'password cut': basic('me@x:pä$s"w\''),
    'password in other case': basic('me@x:Pä$S"W\'D'),
    'blank before password': basic('me@x: pä$s"w\'d'),
    'blank after password': basic('me@x:pä$s"w\'d '),
    'NUL after password': basic('me@x:pä$s"w\'d\0'),
    'letter beyond ASCII after password': basic('me@x:pä$s"w\'dé'),
    'colon after password': basic('me@x:pä$s"w\'d:'),
    'escape in password': basic('me@x:%70ä$s"w\'d'),
    'no password': basic('me@x:'),
    'no user': basic(':pä$s"w\'d'),
    'other user': basic('no-such-user:pä$s"w\'d'),
    'other domain': basic('me@elsewhere.invalid:pä$s"w\'d'),
    'blank after user': basic('me@x :pä$s"w\'d'),
    'user alone': basic('me@x'),
    'Bearer with login': `Bearer ${own}`,
    'login not encoded': 'Basic me@x:p??$s"w\'d',
    'letter before scheme': `XBasic ${own}`,
    'other scheme before': `Bearer x, Basic ${own}`,
    'no scheme': own,
  };
  test.each(credentialKinds)('credentials: %s', async (credentials) =>
    expect((await got({ credentials })).headers.authorization).toBe(authorizations[credentials]),
  );
});

/** What sh makes of a word. The full stop keeps a newline at the end from being lost on our side. */
const read = (shell: string): string =>
  execFileSync('sh', ['-c', `printf '%s.' ${shell}`])
    .toString()
    .slice(0, -1);

test.each([
  '',
  '/v1/crdb_tasks/7',
  "it's",
  `'"'"''`,
  '$HOME `id` $(id) $IFS \\ \\n %s !!',
  '~ * ? [a-z] {a,b} # & | ; < > ( )',
  '-X',
  '=ls',
  'a\nb\n',
  'tab\there',
  '\u{1b}[31m\u{7}\u{7f}',
  '\u{202e}café👍\u{200b}',
  `/v1/crdb_tasks/${'a'.repeat(2000)}/x`,
  '0'.repeat(100),
  "'".repeat(150),
  '%'.repeat(150),
])('sh reads back word %#', (word) => expect(read(quoted(word))).toBe(word));

test('a word without a special character stays as it is', () => {
  expect(quoted('/v1/crdb_tasks/7')).toBe('/v1/crdb_tasks/7');
});

test('a quoted word can be shown', () => {
  const shell = quoted('a\u{1b}[2J\u{202e}');
  expect(printable(shell)).toBe(shell);
});

test('a very long id is short to show', () => {
  expect(quoted('a'.repeat(2000))).toBe('"$(printf %02000d 0 | tr 0 a)"');
});
