import { describe, expect, test } from 'vitest';
import { LostRace } from '../model/errors.ts';
import { cancel, read } from '../model/requests.ts';
import { cancelOf, lost, readOf } from '../testing/exchange-samples.ts';
import { recordingEnvironment } from './recording.ts';

const task = { id: '7' };
const forCheck = (check: string) => ({ sentFor: check });
const asking = { ...read(task), ...forCheck('a (once)') };

describe('a recording answers', () => {
  test('what was recorded for the same check, in the order of sending', async () => {
    const later = readOf({ ...forCheck('a (once)'), sentAt: 2000, receivedAt: 2010 });
    const first = readOf({ ...forCheck('a (once)'), sentAt: 1000, receivedAt: 1010 });
    const environment = recordingEnvironment([later, first], '');
    expect([await environment.send(asking), await environment.send(asking)]).toEqual([first, later]);
  });

  test('with the last of several attempts', async () => {
    const first = readOf({ ...forCheck('a (once)'), ...lost, sentAt: 1000, attempt: 1 });
    const second = readOf({ ...forCheck('a (once)'), sentAt: 1300, attempt: 2 });
    const next = readOf({ ...forCheck('a (once)'), sentAt: 1500, receivedAt: 1510 });
    const environment = recordingEnvironment([first, second, next], '');
    expect([await environment.send(asking), await environment.send(asking)]).toEqual([second, next]);
  });

  test('below the path prefix of its target', async () => {
    const recorded = readOf({
      ...forCheck('a (once)'),
      request: { method: 'GET', path: '/mock/v1/crdb_tasks/7', headers: {}, credentials: 'own' },
    });
    expect(await recordingEnvironment([recorded], '/mock').send(asking)).toEqual(recorded);
  });

  test('at once, for everything that was recorded is past', async () => {
    const environment = recordingEnvironment([], '');
    await environment.wait(500_000);
    expect(environment.now().earliestMs).toBe(Number.POSITIVE_INFINITY);
  });
});

test.each([
  { what: 'was sent for another check', request: { ...read(task), ...forCheck('b (once)') } },
  { what: 'names another task', request: { ...read({ id: '8' }), ...forCheck('a (once)') } },
  { what: 'carries another header', request: { ...read(task, { ttl: '60' }), ...forCheck('a (once)') } },
  {
    what: 'is asked by somebody else',
    request: { ...read(task, { credentials: 'none' }), ...forCheck('a (once)') },
  },
  { what: 'is another operation', request: { ...cancel(task), ...forCheck('a (once)') } },
] as const)('what $what is not in the evidence', async ({ request }) => {
  const environment = recordingEnvironment(
    [readOf(forCheck('a (once)')), cancelOf(200, forCheck('b (once)'))],
    '',
  );
  await expect(environment.send(request)).rejects.toThrow(LostRace);
  await expect(environment.send(request)).rejects.toThrow(`${request.path}: it is not in the evidence`);
});
