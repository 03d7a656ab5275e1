/** A target whose control protocol deviates: a run and doctor say so, and never blame its API. */
import { describe, expect, test } from 'vitest';
import { called, ran } from '../testing/cli/called.ts';
import { startDeviating } from '../testing/cli/deviating.ts';

const answering = (isMeant: (path: string, method: string) => boolean, status: number) =>
  startDeviating(async (call, ask) => {
    const answer = await ask(call);
    return isMeant(call.path, call.method) && answer.status < 300 ? { ...answer, status } : answer;
  });
const creates = (path: string, method: string) => method === 'POST' && path === '/_control/v1/tasks';
const moves = (path: string) => path.endsWith('/phase');

describe('200 for 201', () => {
  const line = 'your control protocol answers 200 to POST /tasks {"phase":"running"}; 201 is required';

  test('ends a run with 2 before anything is tested, and leaves no task', async () => {
    await using target = await answering(creates, 200);
    const env = { CRDB_PASSWORD: target.password };
    const { code, err, out } = await ran(['--target', target.url, '--user', target.user], { env });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err).toContain('docs/mocks.md');
    expect(target.tasks.size).toBe(0);
  });

  test('is a problem for doctor', async () => {
    await using target = await answering(creates, 200);
    const env = { CRDB_PASSWORD: target.password };
    const { code, out } = await called(['doctor', '--target', target.url, '--user', target.user], { env });
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining(line) });
    expect(target.tasks.size).toBe(0);
  });
});

test('200 for 204 is named and accepted', async () => {
  await using target = await answering(moves, 200);
  const env = { CRDB_PASSWORD: target.password };
  const args = [
    '--target',
    target.url,
    '--user',
    target.user,
    '--clause',
    'status.finished',
    'status.change-shows',
  ];
  const { code, err, out } = await ran(args, { env });
  expect(err).toContain('Accepted: your control protocol answers 200 to POST /tasks/{id}/phase');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('CONFORMANT') });
});
