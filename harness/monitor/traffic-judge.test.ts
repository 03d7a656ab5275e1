/** Traffic of faithful servers is never accused, however it is cut and delayed; that of faulty ones is. */
import { beforeAll, describe, expect, test } from 'vitest';
import { oracleTimes } from '../judge/oracle/guard.ts';
import { defaultSettings } from '../model/settings.ts';
import { type Contract, loadContract } from '../run/contract.ts';
import { gather } from '../run/report.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { simulated } from '../testing/cli/simulated.ts';
import {
  brokenIn,
  isPublic,
  judgedAsTraffic,
  type SeenAs,
  withIdsUsedOnce,
} from '../testing/traffic-samples.ts';
import { exchangeIds, exchangeOf, type Message } from './exchange.ts';
import { TrafficJudge } from './traffic-judge.ts';

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract();
});

const ways: readonly (readonly [name: string, way: SeenAs])[] = [
  ['with its control traffic', { soleClient: true, control: true, every: 7 }],
  ['with its control traffic, while others act', { soleClient: false, control: true, every: 50 }],
  ['without its control traffic', { soleClient: false, control: false, passes: isPublic, every: 50 }],
  ['with control traffic that is not believed', { soleClient: true, control: false, every: 50 }],
  ['with wide brackets', { soleClient: true, control: true, resolutionMs: 20, every: 50 }],
];

const exercised = [
  'cancel.running.accepted',
  'cancel.commit-phase.refused',
  'expiry.default.gone',
  'expiry.on-read.gone',
  'list.holds-running',
  'status.ended-stays',
  'verbose.keeps-fields',
];

describe('the traffic of a run', () => {
  test('of the reference cluster breaks nothing', async () => {
    const events = await simulate((clock) => withIdsUsedOnce(withoutNetwork({ clock })), {
      contract,
      selection: exercised,
    });
    const { exchanges } = gather(events);
    for (const [name, way] of ways) {
      const verdict = judgedAsTraffic(exchanges, way, contract);
      expect({ name, broken: brokenIn(verdict) }).toEqual({ name, broken: [] });
    }
    const known = judgedAsTraffic(exchanges, ways[0]?.[1] ?? { soleClient: true, control: true }, contract);
    expect([...known.upheld.keys()]).toEqual(
      expect.arrayContaining(['cancel.running.accepted', 'expiry.default.gone', 'status.ended-stays']),
    );
  });

  test.each([
    { mutant: 'cancels-in-commit', clause: 'cancel.commit-phase.refused' },
    { mutant: 'list-always-empty', clause: 'list.holds-running' },
  ])('of $mutant breaks $clause', async ({ mutant, clause }) => {
    const { exchanges } = await simulated({ mutant, clauses: [clause] });
    const verdict = judgedAsTraffic(exchanges, { soleClient: true, control: true, every: 50 }, contract);
    expect(brokenIn(verdict)).toContain(clause);
  });
});

/** What a client did to one task, a second between two answers unless a step says otherwise. */
interface Step extends Partial<Message> {
  readonly atMs?: number;
}

const reading = (status: string | number, more: Step = {}): Step => ({
  path: '/v1/crdb_tasks/t-1',
  ...(typeof status === 'number'
    ? { status }
    : {
        responseBody: JSON.stringify({ id: 't-1', status }),
        responseHeaders: [['Content-Type', 'application/json']],
      }),
  ...more,
});
const making = (ttl?: string): Step => ({
  method: 'POST',
  path: '/v1/crdbs',
  requestHeaders: ttl === undefined ? [] : [['X-Result-TTL', ttl]],
  responseBody: JSON.stringify({ id: 't-1', status: 'queued' }),
});
const cancelling = (status: number): Step => ({
  method: 'POST',
  path: '/v1/crdb_tasks/t-1/actions/cancel',
  status,
});

function judgeOf(steps: readonly Step[], { soleClient = false, untilMs = 0 } = {}) {
  const judge = new TrafficJudge(
    { settings: oracleTimes(defaultSettings), soleClient, control: false },
    contract.validators,
  );
  const idOf = exchangeIds();
  for (const [index, { atMs = index * 1000, ...step }] of steps.entries()) {
    const message: Message = {
      method: 'GET',
      path: '/v1/crdb_tasks',
      requestHeaders: [],
      status: 200,
      responseHeaders: [],
      responseBody: '',
      sentAt: atMs,
      receivedAt: atMs + 10,
      ...step,
    };
    judge.add(exchangeOf(message, idOf, (text) => text));
  }
  if (untilMs > 0) judge.advance(untilMs);
  judge.finish();
  return judge;
}

const broken = (steps: readonly Step[], options?: { readonly soleClient: boolean }) => [
  ...judgeOf(steps, options).verdict.violations.keys(),
];

describe('what one client sees of a task', () => {
  test.each([
    { saw: ['started', 'queued'], clause: 'status.forward-only' },
    { saw: ['finished', 'failed'], clause: 'status.ended-stays' },
  ])('$saw breaks $clause, also while others act', ({ saw, clause }) => {
    expect(broken(saw.map((status) => reading(status)))).toEqual([clause]);
  });

  test('a task that is not yet there, for others make it, breaks nothing', () => {
    expect(broken([reading(404), reading('queued'), reading('finished')])).toEqual([]);
    expect(broken([reading(404), reading('queued')], { soleClient: true })).toEqual(['read.status.404']);
  });

  test('retention is judged for a sole client alone: others may set it', () => {
    const kept = [making(), reading('finished'), reading(404, { atMs: 300_000 })];
    const gone = [making('60'), reading('finished'), reading('finished', { atMs: 300_000 })];
    expect(broken(kept)).toEqual([]);
    expect(broken(gone)).toEqual([]);
    expect(broken(kept, { soleClient: true })).toEqual(['expiry.default.kept']);
    expect(broken(gone, { soleClient: true })).toEqual(['expiry.at-creation.gone']);
  });

  test('a cancel that has no effect is seen once the settle time is over', () => {
    const ignored = [making(), reading('started'), cancelling(200), reading('started', { atMs: 20_000 })];
    expect(broken(ignored)).toEqual(['cancel.leaves']);
    expect(broken([...ignored.slice(0, 3), reading('started'), reading('failed')])).toEqual([]);
  });

  test('a cancel of an ended task that is accepted may be a second one where others act', () => {
    const late = [making(), reading('finished'), cancelling(200)];
    expect(broken(late)).toEqual([]);
    expect(broken(late, { soleClient: true })).toEqual(['cancel.ended.refused']);
  });

  test('a list counts too', () => {
    const listing = (status: string): Step => ({
      responseBody: JSON.stringify([{ id: 't-1', status }]),
      responseHeaders: [['Content-Type', 'application/json']],
    });
    expect(broken([listing('started'), listing('queued')])).toEqual(['list.agrees-with-read']);
    expect(broken([listing('queued'), listing('started'), reading('finished')])).toEqual([]);
  });

  test('answers of gateways, refused logins and lost answers say nothing of a task', () => {
    const steps = [
      reading('started'),
      reading(503),
      reading(403),
      reading(302),
      reading(401, { responseHeaders: [['WWW-Authenticate', 'Basic']] }),
      reading(404, { lost: 'no answer' }),
      reading('finished'),
    ];
    const judge = judgeOf(steps);
    expect(brokenIn(judge.verdict)).toEqual([]);
    expect(Object.fromEntries(judge.verdict.unused)).toEqual({
      'not judged: answered 302': 1,
      'not judged: answered 403': 1,
      'not judged: answered 503': 1,
      'not judged: no answer': 1,
    });
  });

  test('what another monitor answers is not held against the target', () => {
    const own = { responseHeaders: [['Server', 'crdb-conformance-monitor']] } as const;
    const { verdict } = judgeOf([reading(508, own), reading(501, own)]);
    expect(brokenIn(verdict)).toEqual([]);
    expect([...verdict.unused]).toEqual([['not judged: answered by a monitor, not by the target', 2]]);
  });

  test.each([
    { shown: { id: 't-2', status: 'started' }, broken: ['read.asked-id'] },
    { shown: { id: 'T-1', status: 'started' }, broken: [] },
    { shown: { id: 't-1', status: 'started', started: '2026-11-29 10:00:00' }, broken: ['read.timestamps'] },
    { shown: { id: 't-1', status: 'started', started: '2026-11-29T10:00:00Z' }, broken: [] },
  ])('a read that shows $shown breaks $broken', ({ shown, broken: clauses }) => {
    const { verdict } = judgeOf([reading('started', { responseBody: JSON.stringify(shown) })]);
    expect(brokenIn(verdict)).toEqual(clauses);
  });

  test('a 401 without a challenge breaks its clause', () => {
    const refused = (responseHeaders: Message['responseHeaders']) =>
      judgeOf([reading(401, { responseHeaders })]).verdict.structural.get('auth.www-authenticate');
    expect(refused([['WWW-Authenticate', 'Basic']])).toMatchObject({ answers: 1, faults: 0 });
    expect(refused([])).toMatchObject({ answers: 1, faults: 1 });
  });

  test('a body that is cut proves nothing, and is counted', () => {
    const { verdict } = judgeOf([reading('started', { isCut: true })]);
    expect([...verdict.structural.keys()].toSorted()).toEqual(['read.media-type', 'read.statuses']);
    expect([...verdict.unused]).toEqual([['bodies that are cut, or could not be decoded', 1]]);
  });

  test('undocumented statuses and bodies break structural clauses; a malformed request may get 400', () => {
    expect(brokenIn(judgeOf([reading(410)]).verdict)).toEqual(['read.statuses']);
    expect(brokenIn(judgeOf([reading('completed')]).verdict)).toEqual(['read.schema']);
    const odd = { path: '/v1/crdb_tasks/t-1?verbose=maybe', status: 400 };
    expect(brokenIn(judgeOf([odd]).verdict)).toEqual([]);
  });
});

describe('what HTTP has for a request beyond the docs is fair', () => {
  const cancel = { method: 'POST', path: '/v1/crdb_tasks/t-1/actions/cancel' };
  test.each<Step & { readonly fault?: string }>([
    { ...reading(206, { requestHeaders: [['Range', 'bytes=0-9']] }) },
    { ...reading(416, { requestHeaders: [['Range', 'bytes=900-']] }) },
    { ...reading(206), fault: 'read.statuses' },
    { ...reading(412, { requestHeaders: [['If-Match', '"1"']] }) },
    { ...reading(412), fault: 'read.statuses' },
    { ...cancel, status: 400, requestBody: 'hello' },
    { ...cancel, status: 422, requestBody: '{"force":true}' },
    { ...cancel, status: 400, requestBody: '{}', fault: 'cancel.statuses' },
    { ...cancel, status: 400, fault: 'cancel.statuses' },
  ])('$method $path $requestHeaders $requestBody → $status: $fault', ({ fault, ...step }) => {
    expect(brokenIn(judgeOf([step]).verdict)).toEqual(fault === undefined ? [] : [fault]);
  });
});

describe('what is not known is not judged', () => {
  test('a task that was made twice under one id', () => {
    expect(broken([making(), reading('finished'), making(), reading('queued')])).toEqual([]);
    const judge = judgeOf([making(), reading('finished'), making(), reading('queued')]);
    expect([...judge.verdict.unused.keys()]).toEqual(['tasks that were made twice under one id']);
  });

  test('after a gap everything may have happened', () => {
    const judge = judgeOf([reading('finished')]);
    judge.forgetAll('gap');
    expect(judge.liveTasks).toBe(0);
    expect([...judge.verdict.unused]).toEqual([['gap', 1]]);
  });

  test.each([
    { what: 'a gone task', steps: [reading('finished'), reading(404)], atMs: 590_000, live: 1 },
    { what: 'a gone task', steps: [reading('finished'), reading(404)], atMs: 610_000, live: 0 },
    { what: 'another task', steps: [reading('finished')], atMs: 3_590_000, live: 1 },
    { what: 'another task', steps: [reading('finished')], atMs: 3_610_000, live: 0 },
  ])('$what after $atMs ms: $live are remembered', ({ steps, atMs, live }) => {
    const judge = judgeOf(steps, { soleClient: true, untilMs: atMs });
    expect(judge.liveTasks).toBe(live);
  });
});
