/** What the tap gives to the judge: everything, in time, or word that something is missing. */
import { expect, test } from 'vitest';
import { type Batch, Tap } from './tap.ts';

function tapped() {
  const given: Batch[] = [];
  const clock = { nowMs: 1000, wallMs: 50_000 };
  const tap = new Tap({
    give: (batch) => given.push(batch),
    nowMs: () => clock.nowMs,
    wallMs: () => clock.wallMs,
  });
  const pass = (ms: number): void => {
    clock.nowMs += ms;
    clock.wallMs += ms;
  };
  const head = { method: 'GET', path: '/v1/crdb_tasks', headers: [] };
  return { tap, given, pass, clock, begin: () => tap.look(head) };
}

test('a message has its bodies, its head and its bracket', () => {
  const { tap, given, pass, begin } = tapped();
  const one = begin();
  pass(5);
  one.request(Buffer.from('ask'));
  one.head(200, [['A', 'b']]);
  one.response(Buffer.from('an'));
  one.response(Buffer.from('swer'));
  one.end();
  tap.flush();
  const [{ messages, ...batch } = { messages: [] }] = given;
  expect(batch).toEqual({ type: 'batch', untilMs: 1005 });
  expect(
    messages.map((message) => ({
      ...message,
      requestBody: String(message.requestBody),
      responseBody: String(message.responseBody),
    })),
  ).toEqual([
    {
      ...{ method: 'GET', path: '/v1/crdb_tasks', requestHeaders: [], requestBody: 'ask', isCut: false },
      ...{
        status: 200,
        responseHeaders: [['A', 'b']],
        responseBody: 'answer',
        sentAt: 1000,
        receivedAt: 1005,
      },
    },
  ]);
});

test('nothing is judged beyond a request that is still in flight; after a minute that counts as lost', () => {
  const { tap, given, pass, begin } = tapped();
  const hanging = begin();
  pass(30_000);
  tap.flush();
  expect(given.at(-1)).toMatchObject({ messages: [], untilMs: 1000 });
  pass(31_000);
  tap.flush();
  expect(given.at(-1)).toMatchObject({ messages: [{ lost: 'no answer within 60 s' }], untilMs: 62_000 });
  hanging.end();
  tap.flush();
  expect(given.at(-1)).toMatchObject({ messages: [] });
});

test('where the judge falls behind, messages are left out and counted', () => {
  const { tap, given, begin } = tapped();
  const big = Buffer.alloc(10 * 2 ** 20);
  for (let sent = 0; sent < 9; sent++) {
    const one = begin();
    one.response(big);
    one.end();
  }
  tap.flush();
  expect(given.at(-1)).toMatchObject({ skipped: 3, gap: expect.stringContaining('judging fell behind') });
  expect(given.at(-1)?.messages).toHaveLength(6);
  tap.judged();
  begin().end();
  tap.flush();
  expect(given.at(-1)?.gap).toBeUndefined();
  expect(given.at(-1)?.messages).toHaveLength(1);
});

test('a body beyond the limit is cut, and what it holds is let go', () => {
  const { tap, given, begin } = tapped();
  const one = begin();
  for (let chunk = 0; chunk < 3; chunk++) one.response(Buffer.alloc(8 * 2 ** 20));
  one.end();
  tap.flush();
  expect(given.at(-1)?.messages).toMatchObject([{ isCut: true, responseBody: { byteLength: 0 } }]);
});

test.each([
  { what: 'slept', partsMs: 3_600_000 },
  { what: 'set its clock back', partsMs: -2000 },
])('a machine that $what may have missed something', ({ partsMs }) => {
  const { tap, given, clock } = tapped();
  tap.flush();
  clock.wallMs += partsMs;
  tap.flush();
  tap.flush();
  expect(given.map(({ gap }) => gap !== undefined)).toEqual([false, true, false]);
});
