/** On a node of our own, in simulated time. */
import { describe, expect, test } from 'vitest';
import type { Carrier } from '../http/client.ts';
import { SimulatedClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { listDatabases } from '../provision/databases.ts';
import { Forbidden } from '../provision/guard.ts';
import type { CrdbsOptions } from '../reference/crdbs-options.ts';
import { withoutNetwork } from '../simulate/simulation.ts';
import { type Bootstrapping, bootstrap, bootstrapsOnly, CalledOff } from './bootstrap.ts';

const login = { user: 'conformance@test.local', password: 'Secret-1' };

type Answer = Awaited<ReturnType<Carrier>['answer']>;
type Twist = (
  path: string,
  method: string,
  nowMs: number,
) => Partial<Answer> | Error | 'answer lost' | undefined;

/** A node that is no cluster yet. @param twist answers in its place */
function node(quirks: Partial<CrdbsOptions> = {}, twist: Twist = () => undefined) {
  const clock = new SimulatedClock();
  const reference = withoutNetwork({ clock: clock.forServer, crdbs: { bootstrapped: false, ...quirks } });
  const sent: string[] = [];
  const carry: Carrier = (call) => {
    sent.push(`${call.method} ${call.path}`);
    const other = twist(call.path, call.method, clock.nowMs());
    if (other === undefined && reference.carry) return reference.carry(call);
    if (other === 'answer lost') reference.carry?.(call);
    const answer =
      other === 'answer lost' || other instanceof Error
        ? Promise.reject(other === 'answer lost' ? refused : other)
        : Promise.resolve({
            status: 200,
            headers: { 'content-type': 'application/json' },
            body: '',
            ...other,
          });
    return { answer, abandon: () => {} };
  };
  const environment = httpEnvironment({
    target: { url: new URL('http://node.invalid'), login, insecure: false },
    clock,
    timeoutMs: 2000,
    concurrency: 1,
    guard: bootstrapsOnly,
    record: () => {},
    inFlight: (work) => clock.inFlight(work),
    carry,
  });
  const said: string[] = [];
  const about: Bootstrapping = {
    send: environment.send,
    wait: environment.wait,
    nowMs: () => clock.nowMs(),
    limitMs: 60_000,
    cluster: 'test.local',
    login,
    interrupt: new AbortController().signal,
    look: async () => {},
    say: (step) => said.push(step),
  };
  return { about, sent, said, environment, clock };
}

const refused = new Error('connect ECONNREFUSED');

test('it waits for the node, makes it a cluster once, and comes back when that lets the login in', async () => {
  const { about, sent, said, clock } = node({}, (_, __, nowMs) => (nowMs < 5000 ? refused : undefined));
  await bootstrap(about);
  expect(sent.filter((request) => request.startsWith('POST'))).toEqual(['POST /v1/bootstrap/create_cluster']);
  expect(sent.slice(-2)).toEqual(['GET /v1/cluster', 'GET /v1/license']);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(7000); // 5 s until it answers, 2 s until it is a cluster
  expect(said).toEqual(['the API answers; creating the cluster']);
});

test('a node that shows no licence is a cluster all the same', async () => {
  const { about } = node({}, (path) => (path === '/v1/license' ? { status: 404 } : undefined));
  await expect(bootstrap(about)).resolves.toBeUndefined();
});

test.each<{ lost: ReturnType<Twist>; posts: number; why: string }>([
  { lost: refused, posts: 2, why: 'a request that never came is sent again' },
  { lost: 'answer lost', posts: 1, why: 'one whose answer got lost is not: the state tells that it began' },
])('$why', async ({ lost, posts }) => {
  let losses = 0;
  const { about, sent } = node({}, (_, method) => (method === 'POST' && losses++ === 0 ? lost : undefined));
  await bootstrap(about);
  expect(sent.filter((request) => request.startsWith('POST'))).toHaveLength(posts);
});

describe('what comes to nothing is reported in words', () => {
  const shows = (bootstrap_status: object) => ({ body: JSON.stringify({ bootstrap_status }) });
  test.each<{ why: string; quirks?: Partial<CrdbsOptions>; twist?: Twist; says: string }>([
    {
      why: 'it never answers',
      twist: () => refused,
      says: 'it did not become a cluster within 60 s: GET /v1/bootstrap connect ECONNREFUSED',
    },
    {
      why: 'it never gets on',
      quirks: { bootstrapMs: 100_000 },
      says: 'it did not become a cluster within 60 s: GET /v1/bootstrap shows the state creating_cluster',
    },
    {
      why: 'its bootstrap fails',
      quirks: { bootstrapFails: 'path_error' },
      says: 'its bootstrap failed: path_error (An option makes it fail.)',
    },
    { why: 'its licence has expired', quirks: { licenceExpired: true }, says: 'its licence has expired' },
    { why: 'it is a cluster', quirks: { bootstrapped: true }, says: 'it is already a cluster' },
    {
      why: 'it is a cluster, and says so to everybody',
      twist: () => shows({ state: 'completed' }),
      says: 'it is already a cluster',
    },
    {
      why: 'it does not want to be one',
      twist: (_, method) =>
        method === 'POST' ? { status: 400, body: '{"description":"no such path"}' } : undefined,
      says: 'POST /v1/bootstrap/create_cluster answered 400 (no such path)',
    },
    {
      why: 'it refuses every login',
      twist: (path) => (path === '/v1/cluster' ? { status: 401 } : undefined),
      says: 'it refuses the login that it was created with',
    },
  ])('$why', async ({ quirks, twist, says }) => {
    const { about } = node(quirks, twist);
    await expect(bootstrap(about)).rejects.toThrow(says);
  });

  test('a login that is refused is tried twice at most: an account is locked at five', async () => {
    const { about, sent } = node({}, (path) => (path === '/v1/cluster' ? { status: 401 } : undefined));
    await bootstrap(about).catch(() => {});
    expect(sent.filter((request) => request === 'GET /v1/cluster')).toHaveLength(2);
  });

  test('the password is in none of it', async () => {
    const { about } = node({}, (path) =>
      path === '/v1/cluster' ? { status: 500, body: `{"description":"${login.password}"}` } : undefined,
    );
    await expect(bootstrap(about)).rejects.not.toThrow(login.password);
  });
});

test('a node that is gone ends it at once', async () => {
  const { about, clock } = node({}, () => refused);
  const gone = new Error('it exited');
  await expect(bootstrap({ ...about, look: () => Promise.reject(gone) })).rejects.toBe(gone);
  expect(clock.nowMs()).toBeLessThan(2000);
});

test('an interrupt calls it off', async () => {
  const { about } = node({}, () => refused);
  await expect(bootstrap({ ...about, interrupt: AbortSignal.abort() })).rejects.toThrow(CalledOff);
});

test('nothing but create_cluster can be changed by it', async () => {
  const { environment, sent } = node();
  const request = { ...listDatabases(), method: 'POST' } as const;
  await expect(environment.send(request)).rejects.toThrow(Forbidden);
  expect(sent).toEqual([]);
});
