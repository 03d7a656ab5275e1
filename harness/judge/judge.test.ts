import { describe, expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import { bracket } from '../model/bracket.ts';
import { finding, type Verdict } from '../model/verdict.ts';
import { cancelOf, lost, otherOf, readOf, readShows, taskIn } from '../testing/exchange-samples.ts';
import {
  judgeCancel,
  judgeHeader,
  judgeRefused,
  judgeRetention,
  judgeShowsNone,
  judgeStatus,
  observeStatus,
  prerequisite,
  prerequisiteFinding,
  requires,
} from './judge.ts';
import { attributedStatus } from './shown.ts';

const validators = loadValidators();

describe('a status', () => {
  test.each<{ exchange: ReturnType<typeof readOf>; verdict: Verdict; why: string }>([
    { exchange: readOf({ status: 404 }), verdict: 'pass', why: 'an expected one' },
    { exchange: readOf({ status: 400 }), verdict: 'pass', why: 'the other expected one' },
    { exchange: readOf({ status: 200 }), verdict: 'fail', why: 'none of them' },
    { exchange: readOf(lost), verdict: 'inconclusive', why: 'the answer was lost' },
    {
      exchange: { ...readOf({ status: 404 }), lost: 'answered 503' },
      verdict: 'inconclusive',
      why: 'a lost one proves nothing, whatever was received',
    },
  ])('$verdict: $why', ({ exchange, verdict }) => {
    const found = judgeStatus(exchange, [404, 400]);
    expect(found.verdict).toBe(verdict);
    expect(found.exchanges).toEqual([exchange]);
  });

  test('the reason says what was asked, what was got, what was expected', () => {
    expect(judgeStatus(cancelOf(200), [406])).toMatchObject({
      reason: 'POST /v1/crdb_tasks/7/actions/cancel answered 200, expected 406',
      expected: '406',
      seen: '200',
    });
  });

  test('a lost answer says how, and at which try', () => {
    expect(judgeStatus(readOf({ ...lost, attempt: 3 }), [200]).reason).toBe(
      'GET /v1/crdb_tasks/7: read ECONNRESET at try 3',
    );
  });

  test('an exchange with neither response nor loss is inconclusive', () => {
    const { response: _, ...bare } = readOf();
    expect(judgeStatus(bare, [200]).verdict).toBe('inconclusive');
  });
});

test.each<{ exchange: ReturnType<typeof readOf>; verdict: Verdict; why: string }>([
  { exchange: readOf({ status: 404 }), verdict: 'pass', why: 'it is not found' },
  { exchange: readOf({ status: 301 }), verdict: 'pass', why: 'a redirect' },
  { exchange: readOf({ body: [{ id: '7', status: 'started' }] }), verdict: 'pass', why: 'the list' },
  { exchange: readOf({ body: '<html>' }), verdict: 'pass', why: 'a page' },
  { exchange: readShows('started'), verdict: 'fail', why: 'a task' },
  { exchange: readOf({ status: 500 }), verdict: 'fail', why: 'a server error' },
  { exchange: readOf(lost), verdict: 'inconclusive', why: 'no answer' },
])('a path without an id, $verdict: $why', ({ exchange, verdict }) => {
  expect(judgeShowsNone(exchange).verdict).toBe(verdict);
});

describe('a cancel of a task that may have moved by itself', () => {
  test.each<{ status: number; held: boolean; verdict: Verdict; why: string }>([
    { status: 200, held: false, verdict: 'pass', why: 'it was answered as its phase asks' },
    { status: 406, held: false, verdict: 'inconclusive', why: 'it may be in its commit phase' },
    { status: 409, held: false, verdict: 'inconclusive', why: 'it may have ended' },
    { status: 404, held: false, verdict: 'inconclusive', why: 'it may have ended and expired' },
    { status: 500, held: false, verdict: 'fail', why: 'that is right for no phase' },
    { status: 406, held: true, verdict: 'fail', why: 'a held one can not have moved' },
    { status: 404, held: true, verdict: 'fail', why: 'a held one can not have gone' },
  ])('$status, held: $held, is $verdict: $why', ({ status, held, verdict }) => {
    expect(judgeCancel(cancelOf(status), taskIn('running', { held }), [200]).verdict).toBe(verdict);
  });
});

describe('a phase that was made out from words alone', () => {
  const guessed = taskIn('committing', { held: false, uncertain: true });
  test.each<{ status: number; verdict: Verdict; why: string }>([
    { status: 406, verdict: 'pass', why: 'it was answered as its phase asks' },
    { status: 200, verdict: 'inconclusive', why: 'it may not have been in that phase' },
    { status: 500, verdict: 'inconclusive', why: 'the same, and every exchange is judged by itself too' },
  ])('$status is $verdict: $why', ({ status, verdict }) => {
    expect(judgeCancel(cancelOf(status), guessed, [406]).verdict).toBe(verdict);
  });
});

describe('a refusal because of the phase', () => {
  test.each<{ held: boolean; status: number; after: readonly string[]; verdict: Verdict; why: string }>([
    { held: true, status: 406, after: [], verdict: 'pass', why: 'a held task stays in it' },
    { held: false, status: 406, after: ['started'], verdict: 'pass', why: 'it was in it afterwards too' },
    {
      held: false,
      status: 406,
      after: ['finished'],
      verdict: 'inconclusive',
      why: 'it may have ended before',
    },
    { held: false, status: 406, after: [], verdict: 'inconclusive', why: 'nobody looked' },
    { held: false, status: 200, after: ['started'], verdict: 'fail', why: 'it was not refused' },
  ])('held: $held, $status, then $after: $verdict, for $why', ({ held, status, after, verdict }) => {
    const reads = after.map((shown) => readShows(shown));
    expect(judgeRefused(cancelOf(status), taskIn('committing', { held }), [406], reads).verdict).toBe(
      verdict,
    );
  });
});

describe('retention', () => {
  // The task ended between 1000 and 1200 ms and is kept for 60 s, with 2 s of grace.
  const ended = bracket(1000, 1200);
  const limits = { ttlMs: 60_000, graceMs: 2000 };
  const early = { sentAt: 59_900, receivedAt: 59_999 };
  const near = { sentAt: 59_900, receivedAt: 60_000 };
  const late = { sentAt: 63_201, receivedAt: 63_300 };
  test.each<{ at: object; status: number; due: 'kept' | 'gone'; verdict: Verdict; why: string }>([
    { at: early, status: 200, due: 'kept', verdict: 'pass', why: 'still there when it must be' },
    { at: early, status: 404, due: 'kept', verdict: 'fail', why: 'gone too early' },
    { at: late, status: 404, due: 'gone', verdict: 'pass', why: 'gone when it must be' },
    { at: late, status: 200, due: 'gone', verdict: 'fail', why: 'kept too long' },
    { at: late, status: 410, due: 'gone', verdict: 'fail', why: 'gone with another status' },
    { at: near, status: 404, due: 'kept', verdict: 'inconclusive', why: 'within a second of the expiry' },
    { at: near, status: 200, due: 'gone', verdict: 'inconclusive', why: 'the grace is not over' },
    { at: late, status: 404, due: 'kept', verdict: 'inconclusive', why: 'the read came too late to show it' },
    {
      at: early,
      status: 200,
      due: 'gone',
      verdict: 'inconclusive',
      why: 'the read came too early to show it',
    },
    { at: { ...late, ...lost }, status: 0, due: 'gone', verdict: 'inconclusive', why: 'the read was lost' },
  ])('$due, $status is $verdict: $why', ({ at, status, due, verdict }) => {
    expect(judgeRetention(readOf({ ...at, status }), ended, due, limits).verdict).toBe(verdict);
  });

  test('the reason says how old the task was, and how long it is kept', () => {
    expect(judgeRetention(readOf({ ...late, status: 200 }), ended, 'gone', limits).reason).toBe(
      'GET /v1/crdb_tasks/7 answered 200, expected 404: at an age of 62.0 s, ageing included; the status is kept for 60 s',
    );
  });
});

describe('what a check stands on', () => {
  const judged = finding('pass', 'judged', []);
  const unproven = finding('inconclusive', 'not proven', []);

  test('where every prerequisite is proven, it judges', () => {
    expect(requires([undefined, undefined], () => [judged])).toEqual([judged]);
  });

  test('unproven prerequisites are all it returns', () => {
    expect(requires([undefined, unproven, unproven], () => [judged])).toEqual([unproven, unproven]);
  });

  test('a response with the expected status is a proven prerequisite', () => {
    expect(prerequisite(cancelOf(406), [406], 'cancel.status.406')).toBeUndefined();
  });

  test.each([
    { status: 404, is: 'read.status.200', why: 'a documented status breaks the named clause' },
    { status: 410, is: 'read.statuses', why: 'an undocumented one breaks the statuses' },
  ])('$status is attributed to $is: $why', ({ status, is }) => {
    const found = prerequisite(readOf({ status }), [200], 'read.status.200');
    expect(found && attributedStatus(found, validators)).toMatchObject({
      verdict: 'inconclusive',
      because: is,
      attributedTo: is,
    });
  });

  test('for what is no documented operation, no status is undocumented', () => {
    const found = prerequisite(otherOf(418), [405], 'cancel.by-get.refused');
    expect(found && attributedStatus(found, validators).attributedTo).toBe('cancel.by-get.refused');
  });

  test('a lost response is inconclusive and attributed to no clause', () => {
    const found = prerequisite(readOf(lost), [200], 'read.status.200');
    expect(found?.verdict).toBe('inconclusive');
    expect(found?.attributedTo).toBeUndefined();
    expect(found?.because).toBeUndefined();
  });

  test('a passed finding is a proven prerequisite; any other is inconclusive because of the clause', () => {
    expect(prerequisiteFinding(judged, 'cancel.leaves')).toBeUndefined();
    expect(prerequisiteFinding(finding('fail', 'it stayed', []), 'cancel.leaves')).toMatchObject({
      verdict: 'inconclusive',
      because: 'cancel.leaves',
    });
  });
});

test('a clause that judges nothing says what it saw, and nothing of a lost answer', () => {
  expect(observeStatus(readOf({ status: 418 }))).toMatchObject({ verdict: 'observed', seen: '418' });
  expect(observeStatus(readOf(lost)).verdict).toBe('inconclusive');
});

test('a header is there by any spelling of its name, or missing, or unknown', () => {
  const answer = readOf({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
  expect(judgeHeader(answer, 'WWW-Authenticate').verdict).toBe('pass');
  expect(judgeHeader(readOf({ status: 401 }), 'WWW-Authenticate')).toMatchObject({
    verdict: 'fail',
    seen: 'no such header',
  });
  expect(judgeHeader(readOf(lost), 'WWW-Authenticate').verdict).toBe('inconclusive');
});
