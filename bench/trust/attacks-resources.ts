/** Attacks on what the run did not make: forged resource logs, targets that answer with what is foreign, runs side by side. */
import { writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { realClock } from '../../harness/http/clock.ts';
import { instant } from '../../harness/reference/crdbs-options.ts';
import { listening } from '../../harness/reference/http-server.ts';
import { type Reference, startReference } from '../../harness/reference/reference.ts';
import { counting } from '../../harness/testing/cli/servers.ts';
import { type Attack, gained, runProgram, startTarget } from './trials.ts';

const tag = '0123abcd';

/** A cluster with a database and a task of somebody else. */
async function cluster(takesMs = instant) {
  const target = await startTarget({ crdbs: { takesMs } });
  const config = { name: 'production', default_db_config: { memory_size: 7 } };
  const guid = `${target.side?.databases.plant(config, '00000000-0000-4000-b000-00000000beef')}`;
  target.tasks.create({ id: 'foreign', phase: 'running', guid });
  return { target, guid, config, [Symbol.asyncDispose]: () => target.close() };
}

/** What has happened to what is foreign, and what is left of the run. */
function harmed({ target, guid, config }: Awaited<ReturnType<typeof cluster>>): readonly string[] {
  const now = target.side?.databases.show(guid);
  const isSame = JSON.stringify(now) === JSON.stringify({ guid, ...config });
  const changes = target.side?.changing.filter(({ path }) => path.includes(guid) || path.includes('foreign'));
  const left = target.side?.databases.shown().filter(({ name }) => `${name}`.startsWith('conformance-'));
  return [
    ...gained(
      !isSame,
      now === undefined ? 'the foreign database is gone' : 'the foreign database was changed',
    ),
    ...gained(target.tasks.get('foreign')?.cancelledMs !== undefined, 'the foreign task was cancelled'),
    ...new Set((changes ?? []).map(({ method, path }) => `${method} ${path} was sent`)),
    ...(left ?? []).map(({ name }) => `the database ${name} is left`),
  ];
}

/** A resource log that an attacker wrote. */
function forged(folder: string, target: string, entries: readonly unknown[], named = tag): string {
  const schema = 'crdb-conformance/resource-log@2';
  const opened = { type: 'opened', schema, target, tag: named, startedAt: '2026-01-01T00:00:00Z' };
  const file = join(folder, 'resources.ndjson');
  writeFileSync(file, [opened, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return file;
}

type Attacked = Pick<Reference, 'url' | 'user' | 'password'>;
const cleanup = ({ url, user, password }: Attacked, file: string) =>
  runProgram(['cleanup', '--resource-log', file, '--user', user, '--target', url], {
    CRDB_PASSWORD: password,
  });

interface Forgery {
  readonly what: string;
  readonly entries: (guid: string) => readonly unknown[];
  readonly tag?: string;
}

const forgeries: readonly Forgery[] = [
  {
    what: 'names the guid of a foreign database',
    entries: (guid) => [{ type: 'made database', name: `conformance-${tag}-db`, guid }],
  },
  {
    what: 'names a foreign database',
    entries: (guid) => [{ type: 'made database', name: 'production', guid }],
  },
  { what: 'names a foreign task', entries: () => [{ type: 'making task', id: 'foreign', by: 'crdbs' }] },
  {
    what: 'has an empty tag, with which every name begins',
    entries: () => [{ type: 'making database', name: 'production', task: 'x' }],
    tag: '',
  },
  {
    what: 'names a task by a path',
    entries: () => [
      { type: 'making task', id: `conformance-${tag}-/../../../v1/crdb_tasks/foreign`, by: 'control' },
    ],
  },
];

const byLog: readonly Attack[] = [
  ...forgeries.map(
    ({ what, entries, tag: named }): Attack => ({
      name: `a forged resource log ${what}`,
      async attempt(folder) {
        await using attacked = await cluster();
        const { target, guid } = attacked;
        await cleanup(target, forged(folder, target.url, entries(guid), named));
        return harmed(attacked);
      },
    }),
  ),
  {
    name: 'a forged resource log names another host, which asks for the login',
    async attempt(folder) {
      await using attacker = await counting((response) => response.writeHead(401).end());
      await using target = await startReference({ clock: realClock() });
      const { code } = await cleanup(target, forged(folder, attacker.url, []));
      return [
        ...gained(attacker.requests.length > 0, 'the other host got the login'),
        ...gained(code !== 2, `exit code ${code}, expected 2`),
      ];
    },
  },
];

/** Changes an answer of the target on its way. */
type Lie = (request: string, body: string) => string;

/** A target that lies about one behind it. */
async function lying(origin: string, lie: Lie) {
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const { 'accept-encoding': _, ...plain } = headers;
    const onward = forward(new URL(url ?? '/', origin), { method, headers: plain }, async (answer) => {
      const body = lie(`${method} ${url}`, await text(answer));
      const { 'content-length': _length, 'transfer-encoding': _coding, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, kept).end(body);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const { url, close } = await listening(server, { host: '127.0.0.1', port: 0, scheme: 'http' });
  return { url, [Symbol.asyncDispose]: close };
}

const asForeign = '00000000-0000-4000-b000-00000000beef';
const lies: readonly { readonly what: string; readonly lie: Lie }[] = [
  {
    what: 'answers a creation with the id of a foreign task',
    lie: (request, body) =>
      /^(POST|PATCH|DELETE) \/v1\/crdbs/.test(request)
        ? body.replace(/"id":"[^"]*"/, '"id":"foreign"')
        : body,
  },
  {
    what: 'answers an update with the id of a foreign task',
    lie: (request, body) =>
      request.startsWith('PATCH') ? JSON.stringify({ id: 'foreign', status: 'queued' }) : body,
  },
  {
    what: 'lists the run’s database under the guid of a foreign one',
    lie: (request, body) =>
      request === 'GET /v1/crdbs'
        ? body.replace(/"guid":"[^"]*"(?=,"name":"conformance-)/g, `"guid":"${asForeign}"`)
        : body,
  },
  {
    what: 'lists the foreign database under the run’s name',
    lie: (request, body) =>
      request === 'GET /v1/crdbs' ? body.replace('"production"', `"conformance-${tag}-db"`) : body,
  },
  {
    what: 'shows tasks of the run as those of a foreign database',
    lie: (request, body) =>
      request.startsWith('GET /v1/crdb_tasks/')
        ? body.replace(/"crdb_guid":"[^"]*"/, `"crdb_guid":"${asForeign}"`)
        : body,
  },
];

const byCrdbs = ['--provision', 'crdbs', '--clause', 'status', 'cancel', '--settle-s', '1'];

const byTarget: readonly Attack[] = [
  ...lies.map(
    ({ what, lie }): Attack => ({
      name: `a target ${what}`,
      async attempt(folder) {
        await using attacked = await cluster({ queued: 5, running: 20, committing: 10 });
        const { target } = attacked;
        await using liar = await lying(target.url, lie);
        const args = ['run', '--target', liar.url, '--user', target.user, '--out', folder, ...byCrdbs];
        await runProgram([...args, '--max-duration-s', '20'], { CRDB_PASSWORD: target.password });
        // A database that the target hides can't be removed.
        return harmed(attacked).filter((line) => !line.startsWith('the database conformance-'));
      },
    }),
  ),
  {
    name: 'somebody changes the database of --crdb during the run',
    async attempt(folder) {
      await using attacked = await cluster({ queued: 5, running: 20, committing: 10 });
      const { target, guid } = attacked;
      const args = ['run', '--target', target.url, '--user', target.user, '--out', folder, ...byCrdbs];
      const run = runProgram([...args, '--crdb', guid], { CRDB_PASSWORD: target.password });
      while (!target.side?.changing.some(({ method }) => method === 'PATCH')) await sleep(5);
      const change = { default_db_config: { memory_size: 8 } };
      target.side?.databases.update(guid, change, { id: 'theirs', resultTtlS: undefined, fails: false });
      await run;
      const now = JSON.stringify(target.side?.databases.show(guid));
      return gained(!now?.includes('"memory_size":8'), `the change was undone: ${now}`);
    },
  },
  {
    name: 'two runs with one --out at the same time',
    async attempt(folder) {
      await using attacked = await cluster({ queued: 50, running: 300, committing: 100 });
      const { target } = attacked;
      const args = ['run', '--target', target.url, '--user', target.user, '--out', folder];
      const run = () =>
        runProgram([...args, '--provision', 'crdbs', '--clause', 'status'], {
          CRDB_PASSWORD: target.password,
        });
      const first = run();
      while (!target.side?.databases.shown().some(({ name }) => name !== 'production')) await sleep(20);
      const second = await run();
      const { code } = await first;
      return [
        ...harmed(attacked),
        ...gained(code !== 0, `the first run ended with ${code}`),
        ...gained(second.code !== 2, `the second run ended with ${second.code}, expected 2`),
        ...gained(!/process \d+ on /.test(second.err), 'nothing says which run uses the folder'),
      ];
    },
  },
];

export const resourceAttacks: readonly Attack[] = [...byLog, ...byTarget];
