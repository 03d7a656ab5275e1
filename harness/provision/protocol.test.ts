import { describe, expect, test } from 'vitest';
import type { Call } from '../http/client.ts';
import { SimulatedClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import type { RecordedResponse } from '../model/exchange.ts';
import { phases } from '../model/task.ts';
import { mutants } from '../reference/mutants.ts';
import type { RulesInTime } from '../reference/rules.ts';
import { variants } from '../reference/variants.ts';
import { withoutNetwork } from '../simulate/simulation.ts';
import { guarding } from './guard.ts';
import { checkProtocol, protocolContext, removing } from './protocol.ts';
import { resourceLogInMemory } from './resource-log.ts';

type Answer = (call: Call) => Promise<RecordedResponse>;
interface Deviation {
  readonly rules?: RulesInTime;
  /** Answers in place of the target, which it may ask. */
  readonly answer?: (call: Call, ask: Answer) => RecordedResponse | Promise<RecordedResponse>;
}

/** What the check finds on a reference cluster that deviates, and what it leaves there. */
async function checked({ rules, answer = (call, ask) => ask(call) }: Deviation = {}) {
  const clock = new SimulatedClock();
  const server = withoutNetwork({ clock: clock.forServer, ...(rules ? { rules } : {}) });
  const resourceLog = resourceLogInMemory('0badcafe');
  const adopted = new Set<string>();
  let requests = 0;
  const environment = httpEnvironment({
    target: { url: new URL(server.url), login: server, insecure: false },
    clock,
    timeoutMs: 10_000,
    concurrency: 16,
    record: () => requests++,
    inFlight: (work) => clock.inFlight(work),
    guard: removing(adopted, guarding(resourceLog)),
    carry(call) {
      const ask: Answer = (asked) => server.carry?.(asked).answer ?? Promise.reject(new Error('no carrier'));
      return { answer: Promise.resolve(answer(call, ask)), abandon: () => {} };
    },
  });
  const found = await checkProtocol(protocolContext(environment, resourceLog, adopted), {
    phases: new Set(phases),
    age: true,
    cancelFailure: true,
  });
  return { ...found, requests, left: resourceLog.openTasks, tookMs: clock.nowMs() };
}

const ofControl = ({ path }: Call): boolean => path.startsWith('/_control/v1');
const creates = (call: Call): boolean => call.method === 'POST' && call.path === '/_control/v1/tasks';
const answering = (isMeant: (call: Call) => boolean, change: Partial<RecordedResponse>): Deviation => ({
  answer: async (call, ask) => {
    const answer = await ask(call);
    return isMeant(call) && answer.status < 300 ? { ...answer, ...change } : answer;
  },
});

test('a target that keeps the protocol: some twenty requests, no waiting, nothing left', async () => {
  expect(await checked()).toEqual({ faults: [], harmless: [], requests: 24, left: [], tookMs: 0 });
});

test.each([...variants.map(({ id, rules }) => ({ id, rules })), ...mutants])(
  'whatever the three operations do, the protocol is not blamed: $id',
  async ({ rules }) => {
    expect(await checked({ rules })).toMatchObject({ faults: [], harmless: [], left: [] });
  },
);

describe('a fault that would make the results untrustworthy', () => {
  test.each<{ says: string } & Deviation>([
    {
      says: 'your control protocol answers 200 to POST /tasks {"phase":"running"}; 201 is required',
      ...answering(creates, { status: 200 }),
    },
    {
      says: 'your control protocol ignores the id of POST /tasks',
      answer: (call, ask) =>
        ask(
          creates(call)
            ? { ...call, body: JSON.stringify({ phase: JSON.parse(call.body ?? '').phase }) }
            : call,
        ),
    },
    {
      says: 'POST /tasks {"phase":"committing"}; 201 is required',
      answer: (call, ask) =>
        creates(call) && call.body?.includes('committing')
          ? { status: 400, headers: {}, body: '' }
          : ask(call),
    },
    {
      says: 'POST /tasks {"phase":"failed"} makes a task in another phase',
      answer: (call, ask) =>
        ask(creates(call) && call.body ? { ...call, body: call.body.replace('failed', 'queued') } : call),
    },
    {
      says: 'POST /tasks/{id}/phase {"phase":"failed"} has no effect',
      answer: (call, ask) =>
        call.path.endsWith('/phase') ? { status: 204, headers: {}, body: '' } : ask(call),
    },
    {
      says: 'POST /tasks/{id}/age has no effect',
      answer: (call, ask) =>
        call.path.endsWith('/age') ? { status: 204, headers: {}, body: '' } : ask(call),
    },
    {
      says: 'your control protocol answers 500 to POST /tasks/{id}/age; 204 is required',
      answer: (call, ask) =>
        call.path.endsWith('/age') ? { status: 500, headers: {}, body: '' } : ask(call),
    },
    {
      says: '404 to the next request for that task',
      answer: (call, ask) =>
        creates(call)
          ? { status: 201, headers: {}, body: JSON.stringify({ id: JSON.parse(call.body ?? '').id }) }
          : ask(call),
    },
    {
      says: 'GET /_control/v1 says "phases": "all"; a list of queued, running',
      answer: (call, ask) =>
        call.path === '/_control/v1'
          ? { status: 200, headers: {}, body: '{"protocol":1,"phases":"all"}' }
          : ask(call),
    },
  ])('$says', async ({ says, ...deviation }) => {
    const { faults } = await checked(deviation);
    expect(faults.join('\n')).toContain(says);
  });
});

describe('a deviation without consequences', () => {
  test.each<{ says: string } & Deviation>([
    {
      says: 'your control protocol answers 200 to POST /tasks/{id}/phase {"phase":"failed"}; 204 is required',
      ...answering(({ path }) => path.endsWith('/phase'), { status: 200 }),
    },
    {
      says: 'your control protocol answers 200 to DELETE /tasks/{id}; 204 is required',
      ...answering(({ method }) => method === 'DELETE', { status: 200 }),
    },
    { says: 'does not hold {"id":"…"}', ...answering(creates, { body: '' }) },
    {
      says: 'GET /_control/v1 says "age": "yes"; true or false is required, so it is not used',
      ...answering(({ path }) => path === '/_control/v1', {
        body: JSON.stringify({ protocol: 1, phases, age: 'yes' }),
      }),
    },
    {
      says: 'answers 422 to POST /tasks with an unknown phase; 400 is required',
      answer: async (call, ask) => {
        const answer = await ask(call);
        return ofControl(call) && answer.status === 400 ? { ...answer, status: 422 } : answer;
      },
    },
  ])('$says', async ({ says, ...deviation }) => {
    const { faults, harmless } = await checked(deviation);
    expect([faults, harmless.join('\n')]).toEqual([[], expect.stringContaining(says)]);
  });
});

test.each([
  { id: 'new', status: 'started', isRemoved: true },
  { id: 'new', status: 'queued', isRemoved: false },
  { id: 'new', status: 'finished', isRemoved: false },
  { id: 'foreign', status: 'started', isRemoved: false },
])(
  'a task that the target made under the id $id, $status, is removed: $isRemoved',
  async ({ id, status, isRemoved }) => {
    const removed: string[] = [];
    const json = (code: number, body: unknown): RecordedResponse => ({
      status: code,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await checked({
      answer(call, ask) {
        if (call.method === 'DELETE') removed.push(call.path);
        if (creates(call)) return json(201, { id });
        if (call.path === '/v1/crdb_tasks') return json(200, [{ id: 'foreign', status: 'started' }]);
        return call.path === `/v1/crdb_tasks/${id}` ? json(200, { id, status }) : ask(call);
      },
    });
    expect(removed.some((path) => path.endsWith(`/${id}`))).toBe(isRemoved);
  },
);

test('a lost answer is no finding', async () => {
  const { faults, harmless } = await checked({
    answer: (call, ask) => (ofControl(call) ? Promise.reject(new Error('socket hang up')) : ask(call)),
  });
  expect([faults, harmless]).toEqual([[], []]);
});
