/** What a reader is told: every judgement in words, with its exchanges. The other tests beside it hold its verdict. */
import { expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import { bracket } from '../model/bracket.ts';
import { type Finding, judgeLost } from '../model/verdict.ts';
import { cancelOf, listOf, lost, readOf, readShows, shownAs, taskIn } from '../testing/exchange-samples.ts';
import { judgeAnswer } from './global-checks.ts';
import {
  judgeCancel,
  judgeFound,
  judgeHeader,
  judgeRetention,
  judgeStatus,
  observeStatus,
  prerequisiteFinding,
} from './judge.ts';
import { judgeAdds, judgeEqual, judgeKeepsFields, judgeTimestamps, observeFields } from './judge-fields.ts';
import {
  judgeAgreement,
  judgeEmpty,
  judgeListed,
  judgeListShows,
  judgeNoDuplicates,
  judgeUnlisted,
  observeListed,
} from './judge-list.ts';
import {
  judgeAskedId,
  judgeForward,
  judgeLeftAlone,
  judgeNamedGuid,
  judgeNever,
  judgeShows,
  judgeUnchanged,
} from './judge-task.ts';

const validators = loadValidators();

const held = taskIn('running');
const free = taskIn('running', { held: false });
const ended = taskIn('finished');
const queued = taskIn('queued');
const started = readShows('started');

/** A finding on a line: all that a report makes of it. */
const told = ({
  verdict,
  reason,
  expected,
  seen,
  because,
  attributedTo,
  byChance,
  exchanges,
}: Finding): string =>
  [
    `${verdict}: ${reason}`,
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(seen === undefined ? [] : [`seen ${seen}`]),
    ...(because === undefined ? [] : [`because ${because}`]),
    ...(attributedTo === undefined ? [] : [`attributedTo ${attributedTo}`]),
    ...(byChance === undefined ? [] : ['by chance']),
    `${exchanges.length} exchanges`,
  ].join(' | ');

const all = (...found: readonly (Finding | undefined)[]): readonly string[] =>
  found.map((one) => (one ? told(one) : 'nothing'));

test('a lost answer', () => {
  const silent = readOf(lost);
  const { response: _, ...unanswered } = readOf();
  expect(
    all(
      judgeLost(silent),
      judgeLost(readOf({ ...lost, attempt: 3 })),
      judgeLost(unanswered),
      judgeLost(readOf()),
      judgeStatus(silent, [200]),
      judgeRetention(silent, bracket(900, 910), 'kept', { ttlMs: 60_000, graceMs: 2000 }),
      judgeHeader(silent, 'WWW-Authenticate'),
      observeStatus(silent),
      judgeAnswer(silent, 'read.schema', validators),
    ),
  ).toMatchInlineSnapshot(`
    [
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET at try 3 | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: no response | by chance | 1 exchanges",
      "nothing",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
    ]
  `);
});

test('a status', () => {
  expect(
    all(
      judgeStatus(readOf(), [200]),
      judgeStatus(cancelOf(200), [404, 406]),
      observeStatus(cancelOf(409)),
      prerequisiteFinding(judgeStatus(readOf(), [200]), 'read.status.200'),
      prerequisiteFinding(judgeStatus(readOf({ status: 404 }), [200]), 'read.status.200'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks/7 answered 200, expected 200 | expected 200 | seen 200 | 1 exchanges",
      "fail: POST /v1/crdb_tasks/7/actions/cancel answered 200, expected 404 or 406 | expected 404 or 406 | seen 200 | 1 exchanges",
      "observed: POST /v1/crdb_tasks/7/actions/cancel answered 409 | seen 409 | 1 exchanges",
      "nothing",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because read.status.200 | 1 exchanges",
    ]
  `);
});

test('a cancel of a task that moves by itself', () => {
  expect(
    all(
      ...[200, 404, 406, 409, 500].map((status) => judgeCancel(cancelOf(status), free, [202])),
      judgeCancel(cancelOf(406), free, [406]),
      judgeCancel(cancelOf(406), held, [200]),
    ),
  ).toMatchInlineSnapshot(`
    [
      "fail: POST /v1/crdb_tasks/7/actions/cancel answered 200, expected 202 | expected 202 | seen 200 | 1 exchanges",
      "inconclusive: POST /v1/crdb_tasks/7/actions/cancel answered 404, expected 202; the task is not held and may have left its phase | expected 202 | seen 404 | by chance | 1 exchanges",
      "inconclusive: POST /v1/crdb_tasks/7/actions/cancel answered 406, expected 202; the task is not held and may have left its phase | expected 202 | seen 406 | by chance | 1 exchanges",
      "inconclusive: POST /v1/crdb_tasks/7/actions/cancel answered 409, expected 202; the task is not held and may have left its phase | expected 202 | seen 409 | by chance | 1 exchanges",
      "fail: POST /v1/crdb_tasks/7/actions/cancel answered 500, expected 202 | expected 202 | seen 500 | 1 exchanges",
      "pass: POST /v1/crdb_tasks/7/actions/cancel answered 406, expected 406 | expected 406 | seen 406 | 1 exchanges",
      "fail: POST /v1/crdb_tasks/7/actions/cancel answered 406, expected 200 | expected 200 | seen 406 | 1 exchanges",
    ]
  `);
});

test('a task that is there', () => {
  expect(
    all(
      judgeFound(readOf(), held),
      judgeFound(readOf({ status: 404 }), held),
      judgeFound(readOf({ status: 404 }), free),
      judgeFound(readOf({ status: 500 }), free),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks/7 answered 200, expected 200 | expected 200 | seen 200 | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200; the task is not held and may have expired | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 answered 500, expected 200 | expected 200 | seen 500 | 1 exchanges",
    ]
  `);
});

test('a retention', () => {
  const limits = { ttlMs: 60_000, graceMs: 2000 };
  const at = (ms: number, status: number) => readOf({ sentAt: ms, receivedAt: ms + 10, status });
  const over = bracket(1000, 1200);
  expect(
    all(
      judgeRetention(at(50_000, 200), over, 'kept', limits),
      judgeRetention(at(50_000, 404), over, 'kept', limits),
      judgeRetention(at(61_000, 404), over, 'kept', limits),
      judgeRetention(at(70_000, 200), over, 'gone', limits),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks/7 answered 200, expected 200: at an age of 48.8 s, ageing included; the status is kept for 60 s | expected 200 | seen 200 | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 answered 404, expected 200: at an age of 48.8 s, ageing included; the status is kept for 60 s | expected 200 | seen 404 | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: the read was too close to the expiry to prove anything | by chance | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 answered 200, expected 404: at an age of 68.8 s, ageing included; the status is kept for 60 s | expected 404 | seen 200 | 1 exchanges",
    ]
  `);
});

test('a header', () => {
  const refused = readOf({ status: 401, headers: { 'www-authenticate': 'Basic' } });
  expect(
    all(judgeHeader(refused, 'WWW-Authenticate'), judgeHeader(readOf({ status: 401 }), 'WWW-Authenticate')),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks/7 answered 401 with WWW-Authenticate | expected WWW-Authenticate in the response | seen Basic | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 answered 401 without WWW-Authenticate | expected WWW-Authenticate in the response | seen no such header | 1 exchanges",
    ]
  `);
});

test('an answer against a structural clause', () => {
  expect(
    all(
      judgeAnswer(started, 'read.schema', validators),
      judgeAnswer(readOf({ body: [] }), 'read.schema', validators),
      judgeAnswer(readOf({ status: 404 }), 'read.schema', validators),
      judgeAnswer(readOf({ body: '<html>' }), 'read.absent-not-null', validators),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks/7 → 200: valid | expected a body valid against the documented schema | seen a valid body | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 → 200: the answer is an empty array; the docs say object | expected a body valid against the documented schema | seen the answer is an empty array; the docs say object | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because read.status.200 | attributedTo read.status.200 | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: the body is not JSON | because read.schema | 1 exchanges",
    ]
  `);
});

test('a task in the list, or not', () => {
  const rows = listOf([shownAs('started'), { ...shownAs('queued'), id: '8' }]);
  expect(
    all(
      judgeListed(rows, held),
      judgeListed(listOf([]), held),
      judgeListed(listOf([]), free),
      judgeListed(rows, free),
      judgeListShows(rows, held, 'started'),
      judgeListShows(rows, held, 'finished'),
      judgeListShows(listOf([]), held, 'started'),
      judgeListShows(listOf([]), ended, 'finished'),
      judgeUnlisted(listOf([]), ended),
      judgeUnlisted(rows, ended),
      observeListed(rows, ended),
      observeListed(listOf([]), queued),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks shows the task, expected the task 7 (running) | expected the task 7 (running) | seen the task | 1 exchanges",
      "fail: GET /v1/crdb_tasks shows 0 rows without the task 7, expected the task 7 (running) | expected the task 7 (running) | seen 0 rows without the task 7 | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks shows 0 rows without the task 7, expected the task 7 (running); the task is not held and may have moved on | by chance | 1 exchanges",
      "pass: GET /v1/crdb_tasks shows the task, expected the task 7 (running) | expected the task 7 (running) | seen the task | 1 exchanges",
      "pass: GET /v1/crdb_tasks shows status started of the task 7, expected status started | expected status started | seen status started of the task 7 | 1 exchanges",
      "fail: GET /v1/crdb_tasks shows status started of the task 7, expected status finished | expected status finished | seen status started of the task 7 | 1 exchanges",
      "fail: GET /v1/crdb_tasks shows no row of the task 7, expected status started | expected status started | seen no row of the task 7 | 1 exchanges",
      "pass: GET /v1/crdb_tasks shows no row of the task 7, expected status finished, or no row | expected status finished, or no row | seen no row of the task 7 | 1 exchanges",
      "pass: GET /v1/crdb_tasks shows no such row, expected no row of an expired task | expected no row of an expired task | seen no such row | 1 exchanges",
      "fail: GET /v1/crdb_tasks shows the task 7, expected no row of an expired task | expected no row of an expired task | seen the task 7 | 1 exchanges",
      "observed: a finished task is listed | seen listed | 1 exchanges",
      "observed: a queued task is not listed | seen not listed | 1 exchanges",
    ]
  `);
});

test('a list as a whole', () => {
  const one = listOf();
  const twice = listOf([shownAs('started'), shownAs('started')]);
  expect(
    all(
      judgeNoDuplicates(one, held),
      judgeNoDuplicates(twice, held),
      judgeNoDuplicates(listOf([]), held),
      judgeEmpty(listOf([]), new Set(['7'])),
      judgeEmpty(one, new Set(['7'])),
      judgeEmpty(one, new Set()),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks shows 1 rows, expected no task twice | expected no task twice | seen 1 rows | 1 exchanges",
      "fail: GET /v1/crdb_tasks shows the task 7 more than once, expected no task twice | expected no task twice | seen the task 7 more than once | 1 exchanges",
      "inconclusive: the task 7 is not in the list | because list.holds-running | 1 exchanges",
      "pass: GET /v1/crdb_tasks shows [] | expected [] | seen [] | 1 exchanges",
      "fail: GET /v1/crdb_tasks shows the task 7, which was removed; expected [] | expected [] | seen 1 rows | 1 exchanges",
      "skip: tasks exist that this run did not remove, so the list cannot be empty | 1 exchanges",
    ]
  `);
});

test('a list between two reads', () => {
  const [queuedRead, otherGuid] = [readShows('queued'), readShows('started', { crdb_guid: 'guid-8' })];
  const { crdb_guid: _, ...bare } = shownAs('started');
  expect(
    all(
      judgeAgreement(started, listOf(), started, held),
      judgeAgreement(queuedRead, listOf(), started, held),
      judgeAgreement(started, listOf([shownAs('failed')]), started, held),
      judgeAgreement(queuedRead, listOf([shownAs('failed')]), started, held),
      judgeAgreement(otherGuid, listOf(), otherGuid, held),
      judgeAgreement(otherGuid, listOf([bare]), otherGuid, held),
      judgeAgreement(started, listOf([]), started, held),
      judgeAgreement(started, listOf([]), started, queued),
      judgeAgreement(readOf(lost), listOf(), started, held),
      judgeAgreement(started, listOf(), readOf(lost), held),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: the list shows id 7, status started, crdb_guid guid-7; single reads before and after show id 7, status started, crdb_guid guid-7 and id 7, status started, crdb_guid guid-7 | expected id 7, status started, crdb_guid guid-7 | seen id 7, status started, crdb_guid guid-7 | 3 exchanges",
      "pass: the list shows id 7, status started, crdb_guid guid-7; single reads before and after show id 7, status queued, crdb_guid guid-7 and id 7, status started, crdb_guid guid-7 | expected id 7, status queued, crdb_guid guid-7 | seen id 7, status started, crdb_guid guid-7 | 3 exchanges",
      "fail: the list shows id 7, status failed, crdb_guid guid-7; single reads before and after show id 7, status started, crdb_guid guid-7 and id 7, status started, crdb_guid guid-7 | expected id 7, status started, crdb_guid guid-7 | seen id 7, status failed, crdb_guid guid-7 | 3 exchanges",
      "inconclusive: the list shows id 7, status failed, crdb_guid guid-7; single reads before and after show id 7, status queued, crdb_guid guid-7 and id 7, status started, crdb_guid guid-7 | expected id 7, status queued, crdb_guid guid-7 | seen id 7, status failed, crdb_guid guid-7 | by chance | 3 exchanges",
      "fail: the list shows id 7, status started, crdb_guid guid-7; single reads before and after show id 7, status started, crdb_guid guid-8 and id 7, status started, crdb_guid guid-8 | expected id 7, status started, crdb_guid guid-8 | seen id 7, status started, crdb_guid guid-7 | 3 exchanges",
      "pass: the list shows id 7, status started; single reads before and after show id 7, status started and id 7, status started | expected id 7, status started | seen id 7, status started | 3 exchanges",
      "inconclusive: the task 7 is not in the list | because list.holds-running | 3 exchanges",
      "pass: the task 7 is not in the list, and need not be | 3 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
    ]
  `);
});

test('what a read shows', () => {
  const another = readOf({ body: { ...shownAs('started'), id: 'elsewhere' } });
  expect(
    all(
      judgeShows(started, held, ['started', 'queued']),
      judgeShows(readShows('queued'), held, ['started']),
      judgeShows(readShows('finished'), free, ['queued', 'started']),
      judgeShows(readShows('queued'), free, ['started']),
      judgeShows(another, held, ['started']),
      judgeAskedId(started, held),
      judgeAskedId(another, held),
      judgeNamedGuid([started], held),
      judgeNamedGuid([started], { ...held, guid: 'guid-7' }),
      judgeNamedGuid([started], { ...held, guid: 'guid-8' }),
      observeFields(readShows('failed', { started: 's', ended: 'e', errors: [], worker_name: 'w' }), ended),
      observeFields(started, held),
      judgeTimestamps(readShows('started', { started: '2026-11-24T12:00:00Z' }), held),
      judgeTimestamps(readShows('started', { started: 'noon', ended: 'night' }), held),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: GET /v1/crdb_tasks/7 shows status started, expected status started or queued | expected status started or queued | seen status started | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 shows status queued, expected status started | expected status started | seen status queued | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 shows status finished, expected status queued or started; the task is not held and may have moved on | expected status queued or started | seen status finished | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 shows status queued, expected status started | expected status started | seen status queued | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 shows another task, elsewhere | expected id 7 | seen id elsewhere | because read.asked-id | attributedTo read.asked-id | 1 exchanges",
      "pass: GET /v1/crdb_tasks/7 shows id 7, expected id 7 | expected id 7 | seen id 7 | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 shows id elsewhere, expected id 7 | expected id 7 | seen id elsewhere | 1 exchanges",
      "pass: GET /v1/crdb_tasks/7 shows crdb_guid guid-7, expected the same crdb_guid in each read | expected the same crdb_guid in each read | seen crdb_guid guid-7 | 1 exchanges",
      "pass: GET /v1/crdb_tasks/7 shows crdb_guid guid-7, expected crdb_guid guid-7 | expected crdb_guid guid-7 | seen crdb_guid guid-7 | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 shows crdb_guid guid-7, expected crdb_guid guid-8 | expected crdb_guid guid-8 | seen crdb_guid guid-7 | 1 exchanges",
      "observed: at status failed: started, ended, errors, worker_name | seen started, ended, errors, worker_name | 1 exchanges",
      "observed: at status started: none of them | seen none of them | 1 exchanges",
      "pass: GET /v1/crdb_tasks/7 shows timestamps, expected RFC 3339 timestamps in started and ended | expected RFC 3339 timestamps in started and ended | seen timestamps | 1 exchanges",
      "fail: GET /v1/crdb_tasks/7 shows started noon, ended night, expected RFC 3339 timestamps in started and ended | expected RFC 3339 timestamps in started and ended | seen started noon, ended night | 1 exchanges",
    ]
  `);
});

test('what several reads show', () => {
  const [gone, finished] = [readOf({ status: 404 }), readShows('finished')];
  const more = readShows('started', { worker_name: 'w' });
  expect(
    all(
      judgeUnchanged([started, started], held),
      judgeUnchanged([started, finished], held),
      judgeUnchanged([started, finished], free),
      judgeUnchanged([], held),
      judgeLeftAlone([started, started], held),
      judgeLeftAlone([started, gone], held),
      judgeLeftAlone([gone, started], held),
      judgeLeftAlone([started, gone], free),
      judgeEqual([finished, finished], ended),
      judgeEqual([started, more], held),
      judgeEqual([finished, gone], ended),
      judgeEqual([readShows('failed'), gone], taskIn('failed')),
      judgeEqual([started, gone], held),
      judgeForward([readShows('queued'), started, finished], held),
      judgeForward([finished, started], held),
      judgeForward([finished, readShows('failed')], held),
      judgeNever([started, started], held, ['failed', 'finished']),
      judgeNever([finished], held, ['failed', 'finished']),
      judgeNever([finished], free, ['finished']),
      judgeNever([started], free, ['finished']),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: 2 reads, GET /v1/crdb_tasks/7 shows status started, expected id, crdb_guid and status as at first (status started) | expected id, crdb_guid and status as at first (status started) | seen status started | 2 exchanges",
      "fail: 2 reads, GET /v1/crdb_tasks/7 shows status started, status finished, expected id, crdb_guid and status as at first (status started) | expected id, crdb_guid and status as at first (status started) | seen status started, status finished | 2 exchanges",
      "pass: 2 reads, GET /v1/crdb_tasks/7 shows status started, status finished, expected id, crdb_guid and status as at first (status started) | expected id, crdb_guid and status as at first (status started) | seen status started, status finished | 2 exchanges",
      "inconclusive: no read was recorded | 0 exchanges",
      "pass: 2 reads, GET /v1/crdb_tasks/7 shows status started, expected id, crdb_guid and status as at first (status started) | expected id, crdb_guid and status as at first (status started) | seen status started | 2 exchanges",
      "fail: GET /v1/crdb_tasks/7 answered 404, but the task was found before | expected the task as it was | seen no task | 2 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because read.status.200 | attributedTo read.status.200 | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because read.status.200 | 1 exchanges",
      "pass: 2 reads, GET /v1/crdb_tasks/7 shows the same fields, expected the same fields | expected the same fields | seen the same fields | 2 exchanges",
      "fail: 2 reads, GET /v1/crdb_tasks/7 shows a difference in worker_name, expected the same fields | expected the same fields | seen a difference in worker_name | 2 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because expiry.default.kept | attributedTo expiry.default.kept | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because expiry.failed.kept | attributedTo expiry.failed.kept | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 answered 404, expected 200 | expected 200 | seen 404 | because read.status.200 | attributedTo read.status.200 | 1 exchanges",
      "pass: 3 reads, GET /v1/crdb_tasks/7 shows queued → started → finished, expected each status at or after the one before it | expected each status at or after the one before it | seen queued → started → finished | 3 exchanges",
      "fail: 2 reads, GET /v1/crdb_tasks/7 shows finished → started, expected each status at or after the one before it | expected each status at or after the one before it | seen finished → started | 2 exchanges",
      "fail: 2 reads, GET /v1/crdb_tasks/7 shows finished → failed, expected each status at or after the one before it | expected each status at or after the one before it | seen finished → failed | 2 exchanges",
      "pass: 2 reads, GET /v1/crdb_tasks/7 shows status started, expected never failed or finished | expected never failed or finished | seen status started | 2 exchanges",
      "fail: GET /v1/crdb_tasks/7 shows status finished, expected never failed or finished | expected never failed or finished | seen status finished | 1 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7 shows status finished, expected never finished; the task is not held and may have moved on | expected never finished | seen status finished | 1 exchanges",
      "pass: GET /v1/crdb_tasks/7 shows status started, expected never finished | expected never finished | seen status started | 1 exchanges",
    ]
  `);
});

test('what verbose adds and keeps', () => {
  const more = readShows('started', { worker_name: 'w' });
  const six = readShows('started', { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 });
  expect(
    all(
      judgeKeepsFields(started, more, held),
      judgeKeepsFields(six, started, held),
      judgeAdds([{ plain: started, verbose: more, task: held }]),
      judgeAdds([
        { plain: started, verbose: started, task: held },
        { plain: started, verbose: started, task: held },
      ]),
      judgeAdds([{ plain: started, verbose: readOf(lost), task: held }]),
      judgeAdds([]),
    ),
  ).toMatchInlineSnapshot(`
    [
      "pass: 2 reads, GET /v1/crdb_tasks/7 shows all fields of the plain answer, expected all fields of the plain answer | expected all fields of the plain answer | seen all fields of the plain answer | 2 exchanges",
      "fail: 2 reads, GET /v1/crdb_tasks/7 shows a, b, c, d, e lost or contradicted, expected all fields of the plain answer | expected all fields of the plain answer | seen a, b, c, d, e lost or contradicted | 2 exchanges",
      "pass: verbose=true shows more | 2 exchanges",
      "fail: verbose=true shows no more than the plain read in any of 2 phases | expected more fields with verbose=true | seen the same fields | 4 exchanges",
      "inconclusive: GET /v1/crdb_tasks/7: read ECONNRESET | by chance | 1 exchanges",
      "inconclusive: no read was recorded | 0 exchanges",
    ]
  `);
});
