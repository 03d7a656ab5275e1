import { expect, test } from 'vitest';
import type { Call } from '../http/client.ts';
import { answerControl, askCaller } from './control-channel.ts';

const call = (path: string): Call => ({ method: 'POST', path, headers: {} });
const echo = async ({ path }: Call) => ({ status: 201, headers: {}, body: path });

test('each question of a run gets its own answer, whichever comes first', async () => {
  const waiting: (() => void)[] = [];
  const answering = answerControl('a', async (asked) => {
    if (asked.path === '/slow') await new Promise<void>((resolve) => waiting.push(resolve));
    else for (const go of waiting) go();
    return echo(asked);
  });
  const { carry, close } = askCaller('a');
  const answers = [carry(call('/slow')).answer, carry(call('/quick')).answer];
  expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['/slow', '/quick']);
  answering.close();
  close();
});

test('a run is answered for itself alone, and not once the answering has ended', async () => {
  const answered: string[] = [];
  const answering = ['b', 'c'].map((tag) =>
    answerControl(tag, async (asked) => {
      answered.push(`${tag} ${asked.path}`);
      return echo(asked);
    }),
  );
  const b = askCaller('b');
  const c = askCaller('c');
  await b.carry(call('/1')).answer;
  answering[0]?.close();
  void b.carry(call('/2'));
  await c.carry(call('/3')).answer;
  expect(answered).toEqual(['b /1', 'c /3']);
  answering[1]?.close();
  b.close();
  c.close();
});
