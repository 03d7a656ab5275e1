import { describe, expect, test } from 'vitest';
import type { Exchange } from '../model/exchange.ts';
import { cancel, list, type Request, read } from '../model/requests.ts';
import { unguarded } from '../testing/resource-log-samples.ts';
import { answerText, wireServer } from '../testing/wire-samples.ts';
import { SimulatedClock } from './clock.ts';
import { type EnvironmentOptions, httpEnvironment, pacer, semaphore } from './environment.ts';
import { type Lockout, lockout } from './liveness.ts';

/** A environment in simulated time behind a real connection. */
function worldOf(url: URL, more: Partial<EnvironmentOptions> = {}) {
  const clock = new SimulatedClock();
  const over = new AbortController();
  const recorded: Exchange[] = [];
  const environment = httpEnvironment({
    guard: unguarded,
    target: { url, insecure: false },
    clock,
    timeoutMs: 10_000,
    concurrency: 4,
    record: (exchange) => recorded.push(exchange),
    over: over.signal,
    inFlight: (work) => clock.inFlight(work),
    ...more,
  });
  return { environment, clock, over, recorded };
}

/** Sends one request to a server whose nth answer is the nth text, the last one again and again. */
async function sent(request: Request, answers: readonly string[]) {
  await using server = await wireServer((socket, _, turn) => {
    const text = answers[Math.min(turn, answers.length) - 1] ?? '';
    if (text === '') socket.resetAndDestroy();
    else socket.write(text);
  });
  const { environment, clock, recorded } = worldOf(server.url);
  const last = await environment.send(request);
  environment.close();
  return { last, recorded, arrived: server.heads.length, tookMs: clock.nowMs() };
}

const reset = '';

test.each([
  { what: 'a reset', lost: reset },
  { what: '502', lost: answerText(502) },
  { what: '503', lost: answerText(503) },
  { what: '504', lost: answerText(504) },
  { what: '429', lost: answerText(429) },
])('a read is tried again after $what, and every attempt is recorded', async ({ lost }) => {
  const { last, recorded, arrived } = await sent(read({ id: '7' }), [lost, lost, answerText(200, '{}')]);
  expect([last.attempt, last.response?.status, last.lost]).toEqual([3, 200, undefined]);
  expect(recorded.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(recorded.map((exchange) => exchange.lost === undefined)).toEqual([false, false, true]);
  expect(arrived).toBe(3);
});

test('before a run, a target that stays silent is asked once', async () => {
  await using server = await wireServer(() => {});
  const { environment, clock } = worldOf(server.url, {
    endsAtSilence: true,
    inFlight: (work) => work(), // or time would stand still while it waits
  });
  const { lost, attempt } = await environment.send(list());
  environment.close();
  expect([lost, attempt, clock.nowMs()]).toEqual(['no answer within 10 s', 1, 10_000]);
});

test('before a run, a server that is not there is asked once', async () => {
  const { environment, clock } = worldOf(new URL('http://127.0.0.1:1'), { endsAtSilence: true });
  const { lost, attempt } = await environment.send(list());
  environment.close();
  expect([lost, attempt, clock.nowMs()]).toEqual([expect.stringContaining('ECONNREFUSED'), 1, 0]);
});

test('a server that is not there is not flooded with requests that are sent once', async () => {
  const { environment, clock } = worldOf(new URL('http://127.0.0.1:1'), { concurrency: 1 });
  const all = await Promise.all(Array.from({ length: 9 }, () => environment.send(cancel({ id: '7' }))));
  environment.close();
  expect(all.every(({ lost }) => lost?.includes('ECONNREFUSED'))).toBe(true);
  expect(clock.nowMs()).toBe(9 * 250);
});

test('a read is tried three times at most, with pauses that grow', async () => {
  const { last, recorded, arrived, tookMs } = await sent(list(), [answerText(503)]);
  expect([last.attempt, last.lost, arrived]).toEqual([3, 'answered 503', 3]);
  expect(recorded).toHaveLength(3);
  expect(tookMs).toBe(250 + 500);
});

test.each([
  { what: 'a reset', lost: reset },
  { what: '503', lost: answerText(503) },
])('what changes something is sent once, also after $what', async ({ lost }) => {
  const { last, recorded, arrived } = await sent(cancel({ id: '7' }), [lost, answerText(200)]);
  expect([last.attempt, last.lost === undefined, arrived]).toEqual([1, false, 1]);
  expect(recorded).toHaveLength(1);
});

test('the removal of a task is tried again: the control protocol lets it be done twice', async () => {
  const { arrived } = await sent({ operation: 'control', method: 'DELETE', path: '/x' }, [reset]);
  expect(arrived).toBe(3);
});

const removal: Request = { operation: 'control', method: 'DELETE', path: '/x' };

test.each([
  {
    request: list(),
    fault: 'interrupted',
    arrives: 0,
    why: 'what waits when the run is cut short is never sent',
  },
  { request: cancel({ id: '7' }), fault: 'time', arrives: 0, why: 'nor is a cancel' },
  { request: removal, fault: 'interrupted', arrives: 1, why: 'tasks are removed all the same' },
  { request: removal, fault: 'target', arrives: 0, why: 'but not on a target that is gone' },
])('$why', async ({ request, fault, arrives }) => {
  await using server = await wireServer((socket) => socket.write(answerText(204)));
  const { environment, over, recorded } = worldOf(server.url);
  over.abort(fault);
  const { lost } = await environment.send(request);
  environment.close();
  expect([server.heads.length, recorded.length, lost === undefined]).toEqual([
    arrives,
    arrives,
    arrives === 1,
  ]);
});

test('what is urgent goes first, then what belongs to a check that has begun', async () => {
  const turn = semaphore(1);
  const done: string[] = [];
  const work = (name: string) => async () => void done.push(name);
  const first = Promise.withResolvers<void>();
  const all = [
    turn(() => first.promise),
    turn(work('new')),
    turn(work('begun'), 1),
    turn(work('urgent'), 0),
    turn(work('new too')),
  ];
  first.resolve();
  await Promise.all(all);
  expect(done).toEqual(['urgent', 'begun', 'new', 'new too']);
});

test('what changes something never goes over a connection that was used before', async () => {
  const sockets = new Set<unknown>();
  await using server = await wireServer((socket) => {
    sockets.add(socket);
    socket.write(answerText(200));
  });
  const clock = new SimulatedClock();
  const target = { url: server.url, insecure: false };
  const environment = httpEnvironment({
    guard: unguarded,
    target,
    clock,
    timeoutMs: 10_000,
    concurrency: 4,
    record: () => {},
    inFlight: (work) => clock.inFlight(work),
  });
  await environment.send(list());
  await environment.send(list());
  expect(sockets.size).toBe(1);
  await environment.send(cancel({ id: '7' }));
  await environment.send(cancel({ id: '7' }));
  expect(sockets.size).toBe(3);
  environment.close();
});

test.each([
  { width: 1, most: 1 },
  { width: 3, most: 3 },
  { width: 100, most: 20 },
])(
  'a semaphore of $width lets $most of 20 through at once, first come, first served',
  async ({ width, most }) => {
    const turn = semaphore(width);
    const done: number[] = [];
    let [inside, mostInside] = [0, 0];
    const work = (name: number) => async () => {
      mostInside = Math.max(mostInside, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      done.push(name);
      return name;
    };
    const names = Array.from({ length: 20 }, (_, name) => name);
    expect(await Promise.all(names.map((name) => turn(work(name))))).toEqual(names);
    expect([mostInside, done]).toEqual([most, names]);
    await Promise.all(names.map((name) => turn(work(name))));
    expect(mostInside).toBe(most); // no turn was lost, and none was won
  },
);

test('work that throws gives its turn on', async () => {
  const turn = semaphore(1);
  const broken = turn(() => Promise.reject(new Error('no')));
  const next = turn(async () => 'next');
  await expect(broken).rejects.toThrow('no');
  expect(await next).toBe('next');
});

test.each([
  { says: 'Retry-After: 3', tookMs: 3000 + 3000, arrived: 3, why: 'it is done as the server asks' },
  { says: 'Retry-After: 0', tookMs: 250 + 500, arrived: 3, why: 'and no sooner than by itself' },
  { says: 'Retry-After: 11', tookMs: 0, arrived: 1, why: 'but not beyond the timeout for an answer' },
  { says: 'Retry-After: soon', tookMs: 250 + 500, arrived: 3, why: 'nor where it can’t be understood' },
])('a read that was turned away waits: $why', async ({ says, ...want }) => {
  const { last, recorded, arrived, tookMs } = await sent(list(), [answerText(429, '', [says])]);
  expect({ arrived, tookMs }).toEqual({ arrived: want.arrived, tookMs: want.tookMs });
  expect(recorded).toHaveLength(want.arrived);
  expect(last.lost).toMatch(/^answered 429 \(rate limit\)/);
});

test('a loss says how long the server asks to wait', async () => {
  const { last } = await sent(cancel({ id: '7' }), [answerText(503, '', ['Retry-After: 120'])]);
  expect([last.lost, last.attempt]).toEqual(['answered 503, Retry-After 120 s', 1]);
});

test('no more requests are sent in a second than are allowed, tries again among them, and brackets begin when they are sent', async () => {
  const clock = new SimulatedClock();
  const atMs: number[] = [];
  await using server = await wireServer((socket, _, turn) => {
    atMs.push(clock.nowMs());
    socket.write(answerText(turn === 1 ? 503 : 200, '[]'));
  });
  const recorded: Exchange[] = [];
  const { environment } = worldOf(server.url, {
    clock,
    maxRps: 2,
    inFlight: (work) => clock.inFlight(work),
    record: (exchange) => recorded.push(exchange),
  });
  await Promise.all(Array.from({ length: 5 }, () => environment.send(list())));
  environment.close();
  expect(atMs).toEqual([0, 500, 1000, 1500, 2000, 2500]);
  expect(recorded.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b)).toEqual(atMs);
});

test('what waits for its second when the run is cut short is never sent', async () => {
  await using server = await wireServer((socket) => socket.write(answerText(200, '[]')));
  const { environment, over } = worldOf(server.url, { maxRps: 0.001 });
  const all = Promise.all(Array.from({ length: 3 }, () => environment.send(list())));
  await environment.wait(1);
  over.abort('interrupted');
  const lost = (await all).map((exchange) => exchange.lost);
  environment.close();
  expect(lost.filter((why) => why?.startsWith('not sent'))).toHaveLength(2);
  expect(server.heads).toHaveLength(1);
});

test.each([1, 3])('no more than %i requests are in found at once', async (concurrency) => {
  let [inside, most] = [0, 0];
  const waiting: (() => void)[] = [];
  const answer = async () => {
    most = Math.max(most, ++inside);
    await new Promise<void>((resolve) => waiting.push(resolve));
    inside--;
    return { status: 200, headers: {}, body: '[]' };
  };
  const { environment } = worldOf(new URL('http://reference.invalid'), {
    concurrency,
    carry: () => ({ answer: answer(), abandon: () => {} }),
  });
  let done = 0;
  const all = Array.from({ length: 9 }, () => environment.send(list()).then(() => done++));
  for (let turns = 0; done < 9 && turns < 10_000; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    waiting.shift()?.();
  }
  await Promise.all(all);
  expect(most).toBe(concurrency);
});

describe('a login that is refused', () => {
  const login = { user: 'u', password: 'p' };
  /** Eight reads side by side, of which the nth is answered with the nth status, the last again and again. */
  async function asked(statuses: readonly number[], guard: Lockout | undefined) {
    await using server = await wireServer((socket, _, turn) =>
      socket.write(answerText(statuses[Math.min(turn, statuses.length) - 1] ?? 200, '[]')),
    );
    const { environment } = worldOf(server.url, {
      target: { url: server.url, login, insecure: false },
      concurrency: 3,
      ...(guard ? { lockout: guard } : {}),
    });
    const exchanges = await Promise.all(Array.from({ length: 8 }, () => environment.send(list())));
    environment.close();
    return { arrived: server.heads.length, lost: exchanges.map((exchange) => exchange.lost) };
  }

  test('is a loss, is not tried again, and after two of them nothing more is sent', async () => {
    const { arrived, lost } = await asked([200, 401], lockout(2));
    expect(lost.filter((why) => why === 'the login was refused (401)')).toHaveLength(arrived - 1);
    expect(arrived).toBeLessThan(5); // the fifth would lock the account
    expect(lost.filter((why) => why?.startsWith('not sent'))).toHaveLength(8 - arrived);
  });

  test('that is taken again costs that one request alone', async () => {
    const { arrived, lost } = await asked([401, 200], lockout(2));
    expect([arrived, lost.filter((why) => why !== undefined)]).toEqual([8, ['the login was refused (401)']]);
  });

  test('is an answer like any other of a target that locks nobody out', async () => {
    const { arrived, lost } = await asked([401], undefined);
    expect([arrived, new Set(lost)]).toEqual([8, new Set([undefined])]);
  });
});

const never = () => false;

/** When each of so many requests that come at once may be sent, in milliseconds. */
async function times(maxRps: number | undefined, count: number, isOff: (index: number) => boolean = never) {
  const clock = new SimulatedClock();
  const pace = pacer(clock, maxRps);
  const all = Array.from({ length: count }, (_, index) => {
    return pace(
      async () => clock.nowMs(),
      () => isOff(index),
    );
  });
  return Promise.all(all);
}

test('the first goes at once, and each other a gap after the one before it', async () => {
  expect(await times(4, 5)).toEqual([0, 250, 500, 750, 1000]);
  expect(await times(0.5, 3)).toEqual([0, 2000, 4000]);
});

test('without a limit all go at once', async () => {
  expect(await times(undefined, 3)).toEqual([0, 0, 0]);
});

test('what is not sent after all costs no gap', async () => {
  expect(await times(4, 4, (index) => index === 1 || index === 2)).toEqual([0, 0, 0, 250]);
});

test('one that comes late brings no two close together', async () => {
  const clock = new SimulatedClock();
  const pace = pacer(clock, 4);
  const sent = async () => clock.nowMs();
  await pace(sent, never);
  await clock.sleep(400);
  await pace(sent, () => true);
  expect(await pace(sent, never)).toBe(400);
  expect(await pace(sent, never)).toBe(650);
});

test('one that is lost, or can’t be sent, holds nobody up', async () => {
  const pace = pacer(new SimulatedClock(), 4);
  await expect(pace(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
  expect(await pace(async () => 'sent', never)).toBe('sent');
});

test('between two polls there is the gap that they ask for, an urgent one first, and nothing else waits for them', async () => {
  const clock = new SimulatedClock();
  const sent: string[] = [];
  const environment = httpEnvironment({
    target: { url: new URL('http://reference.invalid'), insecure: false },
    clock,
    timeoutMs: 1000,
    concurrency: 16,
    inFlight: (work) => clock.inFlight(work),
    carry: ({ path }) => ({
      answer: clock.inFlight(async () => {
        sent.push(`${clock.nowMs()} ${path.split('/').at(-1)}`);
        return { status: 200, headers: {}, body: '[]' };
      }),
      abandon: () => {},
    }),
    guard: unguarded,
    record: () => {},
  });
  const poll = (id: string, urgent: object = {}) =>
    environment.send(read({ id }, { pollGapMs: 200, ...urgent }));
  await Promise.all([
    ...['1', '2', '3'].map((id) => poll(id)),
    poll('short', { urgent: true }),
    environment.send(read({ id: 'other' })),
  ]);
  environment.close();
  expect(sent).toEqual(['0 other', '0 1', '200 short', '400 2', '600 3']);
});
