import { expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { redirected, unreachable } from './connection-errors.ts';
import { findLeader } from './leader.ts';
import type { Target } from './target.ts';

type Answer = 'fine' | 'dead' | 'refused' | URL;

/** Asks a cluster whose nodes answer as they are told to; whoever isn't told of is dead. */
async function flown(
  answers: Readonly<Record<string, Answer>>,
  named: readonly [string, ...string[]],
  followed: readonly string[] = [],
) {
  const asked: string[] = [];
  const [first, ...others] = named.map((url): Target => ({ url: new URL(url), insecure: false }));
  if (!first) throw new Error('no node');
  const cluster = { ...first, others, followed };
  const chosen = await findLeader(cluster, async (node) => {
    const { origin } = node.url;
    asked.push(origin);
    const answer = answers[origin] ?? 'dead';
    if (answer === 'refused') throw new UserError(`${origin} refused the login`, 'Mend it.', 3);
    if (answer === 'dead') throw unreachable('connect ECONNREFUSED', node);
    if (answer !== 'fine') throw redirected(307, node, answer);
    return {};
  }).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (chosen instanceof UserError) return { asked, error: chosen.message, remedy: chosen.remedy };
  return {
    asked,
    on: chosen.target.url.href,
    passedOver: chosen.passedOver,
    left: Object.keys(chosen.target),
  };
}

const [a, b, c, inside] = [
  'https://a.example:9443',
  'https://b.example',
  'https://c.example',
  'https://10.0.0.1',
];
const toInside = new URL(`${inside}:9443/v1/crdb_tasks`);

test('the first node that answers is taken, and the others are not asked', async () => {
  expect(await flown({ [a]: 'fine', [b]: 'fine' }, [a, b])).toEqual({
    asked: [a],
    on: `${a}/`,
    passedOver: [],
    left: ['url', 'insecure'], // what is handed to a worker knows of no other node
  });
});

test('nodes that are dead or followers are passed over, and it is said why', async () => {
  expect(await flown({ [b]: toInside, [c]: 'fine' }, [a, b, c])).toMatchObject({
    asked: [a, b, c],
    on: `${c}/`,
    passedOver: [
      expect.stringMatching(/^https:\/\/a.example:9443 can’t be tested: nothing listens there/),
      'b.example is not the leader: it answered 307 to 10.0.0.1:9443.',
    ],
  });
});

test('a login that is refused is tried at no other node: more could lock the account', async () => {
  expect(await flown({ [a]: 'refused', [b]: 'fine' }, [a, b])).toMatchObject({
    asked: [a],
    error: /refused/,
  });
});

test('where none can be tested, each is named', async () => {
  const { error, asked } = await flown({ [b]: toInside }, [a, b]);
  expect(asked).toEqual([a, b]);
  expect(error).toMatch(
    /^None of the 2 nodes can be tested\. .*a\.example:9443.* b\.example is not the leader/,
  );
});

test('of one node alone it is said as ever, with the way to allow it', async () => {
  expect(await flown({ [a]: toInside }, [a])).toEqual({
    asked: [a],
    error: 'a.example:9443 is not the leader: it answered 307 to 10.0.0.1:9443.',
    remedy: expect.stringContaining('--follow-leader 10.0.0.1:9443'),
  });
});

test.each([
  { why: 'its host is named', to: `${inside}:9443`, followed: ['10.0.0.1'], follows: true },
  { why: 'its host and port are', to: `${inside}:9443`, followed: ['10.0.0.1:9443'], follows: true },
  { why: 'its usual port is', to: inside, followed: ['10.0.0.1:443'], follows: true },
  { why: 'another port is', to: `${inside}:9443`, followed: ['10.0.0.1:443'], follows: false },
  { why: 'another host is', to: `${inside}:9443`, followed: ['10.0.0.2', 'a.example'], follows: false },
  { why: 'it leads out of TLS', to: 'http://10.0.0.1:9443', followed: ['10.0.0.1'], follows: false },
])('a master is followed to: $follows, where $why', async ({ to, followed, follows }) => {
  const { asked, on } = await flown(
    { [a]: new URL(to), [new URL(to).origin]: 'fine' },
    [`${a}/prefix`],
    followed,
  );
  expect(asked).toEqual(follows ? [a, new URL(to).origin] : [a]);
  expect(on).toBe(follows ? `${new URL(to).origin}/prefix` : undefined);
});

test('a host that sends us on and on is followed once, and a circle ends', async () => {
  const chain = {
    [a]: new URL(`${inside}:1`),
    [`${inside}:1`]: new URL(`${inside}:2`),
    [`${inside}:2`]: toInside,
  };
  expect((await flown(chain, [a], ['10.0.0.1'])).asked).toEqual([a, `${inside}:1`]);
  expect(
    (await flown({ [a]: new URL(b), [b]: new URL(a) }, [a, b], ['a.example', 'b.example'])).asked,
  ).toEqual([a, b]);
});
