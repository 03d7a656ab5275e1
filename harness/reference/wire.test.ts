import { describe, expect, test } from 'vitest';
import { rules } from './contract.ts';
import { FakeClock } from './fake-clock.ts';
import { type Rules, startReference } from './reference.ts';
import { ask } from './requests-in.ts';

const one = '/v1/crdb_tasks/';

describe('the wire, by the rules', () => {
  const transport = (change: Partial<Rules['transport']>): Rules => ({
    ...rules,
    transport: { ...rules.transport, ...change },
  });
  async function seenWith(change: Partial<Rules['transport']>, path = '/v1/crdb_tasks') {
    await using other = await startReference({ clock: new FakeClock(), rules: transport(change) });
    return await ask(other, 'GET', path, undefined, { 'Accept-Encoding': 'gzip' });
  }

  test('chunked', async () => {
    const { headers, text } = await seenWith({ framing: 'chunked' });
    expect([headers['transfer-encoding'], headers['content-length'], text]).toEqual([
      'chunked',
      undefined,
      '[]',
    ]);
  });
  test('gzip', async () => {
    expect((await seenWith({ gzip: true })).headers['content-encoding']).toBe('gzip');
  });
  test('lower-case header names', async () => {
    expect((await seenWith({ headerNames: 'lower' })).rawHeaders).toContain('content-type');
  });
  test('mixed-case header names', async () => {
    expect((await seenWith({ headerNames: 'mixed' })).rawHeaders).toContain('cOnTeNt-tYpE');
  });
  test('HTTP/1.0, which knows no chunks, and ends the connection', async () => {
    const { version, headers, text } = await seenWith({ version: '1.0', framing: 'chunked' });
    expect([version, headers['content-length'], text]).toEqual(['1.0', '2', '[]']);
  });
  test('refusals without a body', async () => {
    const { headers, text } = await seenWith({ refusalBody: 'none' }, `${one}no`);
    expect([headers['content-type'], text]).toEqual([undefined, '']);
  });
  test('refusals as problem documents', async () => {
    const { headers, json } = await seenWith({ refusalBody: 'problem' }, `${one}no`);
    expect([headers['content-type'], json]).toEqual([
      'application/problem+json',
      expect.objectContaining({ status: 404 }),
    ]);
  });

  test('an answer that takes its time sleeps on the clock that was handed in', async () => {
    const own = new FakeClock();
    await using other = await startReference({
      clock: own,
      rules: transport({ afterMs: { list: 200, read: 0, cancel: 0 } }),
    });
    const answer = ask(other, 'GET', '/v1/crdb_tasks');
    await expect.poll(() => own.sleeping).toBe(1);
    own.pass(200);
    expect((await answer).status).toBe(200);
  });

  test('closing ends open connections, and the sleep over them', async () => {
    const own = new FakeClock();
    const other = await startReference({
      clock: own,
      rules: transport({ afterMs: { list: 200, read: 0, cancel: 0 } }),
    });
    const answer = ask(other, 'GET', '/v1/crdb_tasks').catch((error: unknown) => error);
    await expect.poll(() => own.sleeping).toBe(1);
    await other.close();
    await expect.poll(() => own.sleeping).toBe(0);
    expect(await answer).toBeInstanceOf(Error);
  });
});

test('rules may change from one request to the next', async () => {
  const gone: Rules = { ...rules, list: { ...rules.list, status: 500 } };
  await using other = await startReference({
    clock: new FakeClock(),
    rules: ({ turn }) => (turn === 1 ? gone : rules),
  });
  const answers = [];
  for (let turn = 0; turn < 3; turn++) answers.push((await ask(other, 'GET', '/v1/crdb_tasks')).status);
  expect(answers).toEqual([200, 500, 200]);
});
