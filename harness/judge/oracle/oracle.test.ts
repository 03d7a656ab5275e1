/** The contract of one task, row by row: what breaks it, and what is fair. */
import { describe, expect, test } from 'vitest';
import {
  agedBy,
  cancelByGetAnswered,
  created,
  historyOf,
  later,
  listed,
  lost,
  movedTo,
  removed,
  type SampleStep,
  wasCancelled,
  wasRead,
} from '../../testing/history-samples.ts';
import { explain } from './explain.ts';
import { judgeHistory } from './oracle.ts';

const settings = { graceMs: 2000, settleMs: 10_000, defaultTtlS: 500 };

const judged = (steps: readonly SampleStep[], waived: readonly string[] = []) =>
  judgeHistory(historyOf(...steps), { settings, unknown: 'absent', waived: new Set(waived) });
const clausesOf = (steps: readonly SampleStep[], waived: readonly string[] = []) =>
  judged(steps, waived).violations.map(({ clause }) => clause);

const guid = (value: string) => ({ fields: { crdb_guid: value } });
const worker = (value: string) => ({ fields: { worker_name: value } });
const other = 'task-2';

/** Each rule by a history that breaks it: with its guard removed, the same history is fair. */
const broken: readonly (readonly [clause: string, ...steps: SampleStep[]])[] = [
  ['status.queued', created('queued'), wasRead('started')],
  ['status.started', created('committing'), wasRead('finished')],
  ['status.finished', created('finished'), wasRead('failed')],
  ['status.failed', created('failed'), wasRead('finished')],
  ['status.change-shows', created('queued'), movedTo('finished'), later(10.1, wasRead('queued'))],
  [
    'status.change-shows-at-once',
    created('queued'),
    movedTo('finished'),
    wasRead('queued'),
    wasRead('finished'),
  ],
  ['status.forward-only', created('queued'), movedTo('running'), wasRead('started'), wasRead('queued')],
  ['status.ended-stays', created('finished'), wasRead('finished'), wasRead('failed')],
  ['status.ended-stays', created('failed'), wasRead('failed', worker('a')), wasRead('failed', worker('b'))],
  ['cancel.ended.refused', created('finished'), agedBy(250), wasCancelled(404)],
  ['expiry.default.kept', created('finished'), agedBy(250), wasCancelled(404)],
  ['cancel.leaves', created('running'), wasRead('started'), wasCancelled(200), wasRead('queued')],
  ['status.queued', created('queued'), listed('started'), removed()],
  [
    'cancel.that-task-alone',
    created('finished'),
    created('running', {}, other),
    wasCancelled(200, { task: other }),
    wasRead(404),
  ],
  ['expiry.unfinished', created('running'), agedBy(503), wasRead('started', { ttl: '60' }), wasRead(404)],
  ['read.status.200', created('finished', { result_ttl: 0 }), created('running'), wasRead(404)],
  ['read.status.404', created('running'), removed(), wasRead('started')],
  ['read.named-guid', { ...created('running'), body: { crdb_guid: 'g' } }, wasRead('started', guid('h'))],
  [
    'read.changes-nothing',
    created('running'),
    wasRead('started', worker('a')),
    wasRead('started', worker('b')),
  ],
  ['list.holds-running', created('running'), wasRead('started'), listed(), wasRead('started')],
  [
    'list.holds-running',
    created('running'),
    { ...movedTo('committing'), tookMs: 30 },
    { ...listed(), pauseMs: -20 },
    wasRead('started'),
  ],
  ['list.agrees-with-read', created('running'), listed('queued'), wasRead('started')],
  ['list.no-duplicates', created('running'), listed('started', 'started'), wasRead('started')],
  ['list.empty', created('running'), removed(), listed('started')],
  ['expiry.list', created('finished'), agedBy(503), listed('finished'), wasRead(404)],
  [
    'verbose.keeps-fields',
    created('running'),
    wasRead('started', worker('a')),
    wasRead('started', { verbose: 'true' }),
  ],
  [
    'verbose.false-is-plain',
    created('running'),
    wasRead('started', worker('a')),
    wasRead('started', { verbose: 'false' }),
  ],
  ['expiry.default.kept', created('finished'), agedBy(498), wasRead(404)],
  ['expiry.default.gone', created('finished'), agedBy(503), wasRead('finished')],
  ['expiry.at-creation.kept', created('finished', { result_ttl: 60 }), agedBy(58), wasRead(404)],
  ['expiry.at-creation.gone', created('finished', { result_ttl: 60 }), agedBy(63), wasRead('finished')],
  [
    'expiry.on-read.kept',
    created('finished'),
    wasRead('finished', { ttl: '1000' }),
    agedBy(600),
    wasRead(404),
  ],
  [
    'expiry.on-read.gone',
    created('finished'),
    wasRead('finished', { ttl: '60' }),
    agedBy(63),
    wasRead('finished'),
  ],
  ['expiry.failed.kept', created('failed'), agedBy(498), wasRead(404)],
  ['expiry.default.kept', created('failed'), agedBy(498), wasRead(404)],
  ['read.status.200', created('finished'), wasRead(404)],
  [
    'expiry.cancelled.kept',
    created('running'),
    wasCancelled(200),
    wasRead('failed'),
    agedBy(480),
    wasRead(404),
  ],
  ['expiry.unfinished', created('running'), agedBy(600), wasRead(404)],
  ['expiry.cancel', created('finished'), agedBy(503), wasCancelled(406)],
  ['expiry.malformed-ttl', created('finished'), wasRead(400, { ttl: '-1' }), wasRead(404)],
  ['cancel.queued.accepted', created('queued'), wasCancelled(406)],
  ['cancel.running.accepted', created('running'), wasCancelled(404)],
  ['cancel.forced.accepted', created('running'), wasCancelled(406, { force: 'true' })],
  ['cancel.commit-phase.refused', created('committing'), wasCancelled(200, { force: 'false' })],
  ['cancel.commit-phase.forced', created('committing'), wasCancelled(406, { force: 'true' })],
  ['cancel.commit-phase.untouched', created('committing'), wasCancelled(406), later(3, wasRead('failed'))],
  ['cancel.commit-phase.untouched', created('committing'), wasCancelled(406), wasRead('queued')],
  ['cancel.ended.refused', created('finished'), wasCancelled(200)],
  ['cancel.ended.untouched', created('finished'), wasCancelled(406), wasRead('failed')],
  ['cancel.ended.untouched', created('failed'), wasCancelled(406), wasRead('queued')],
  ['cancel.status.404', removed(), wasCancelled(200)],
  ['cancel.status.409', created('running', { cancel_fails: true }), wasCancelled(200)],
  ['cancel.leaves', created('running'), wasCancelled(200), later(10.1, wasRead('started'))],
  ['cancel.stays-out', created('running'), wasCancelled(200), wasRead('failed'), wasRead('started')],
  ['cancel.not-finished', created('running'), wasCancelled(200), wasRead('finished')],
  ['cancel.still-readable', created('running'), wasCancelled(200), wasRead(404)],
  ['cancel.by-get.no-effect', created('running'), cancelByGetAnswered(405), wasRead('failed')],
  ['auth.no-effect', created('running'), wasCancelled(401, { credentials: 'none' }), wasRead('failed')],
  [
    'auth.read-no-effect',
    created('finished'),
    wasRead(401, { credentials: 'none', ttl: '2' }),
    later(5, wasRead(404)),
  ],
];

describe('a history that breaks a rule', () => {
  test.each(broken.map(([clause, ...steps]) => ({ clause, steps })))('$clause', ({ clause, steps }) => {
    expect(judged(steps).violations.flatMap(({ suspects }) => suspects)).toContain(clause);
    expect(clausesOf(steps, [clause])).toEqual([]);
  });
});

/** By name: of what is fair, one step beside what is not. */
const fair: Readonly<Record<string, readonly SampleStep[]>> = {
  'an old status within the settle time after a cancel': [
    created('running'),
    wasCancelled(200),
    later(9.8, wasRead('started')),
    wasRead('failed'),
  ],
  'a late status of the phase between': [
    created('queued'),
    movedTo('running'),
    movedTo('finished'),
    wasRead('finished'),
  ],
  'kept until a second before the retention is over': [created('finished'), agedBy(498), wasRead('finished')],
  'gone within the last second': [created('finished'), agedBy(499), wasRead(404)],
  'kept for the grace': [created('finished'), agedBy(501), wasRead('finished')],
  'failed and cancelled tasks never expire': [created('failed'), agedBy(9999), wasRead('failed')],
  'a TTL that counts from the end': [
    created('finished'),
    agedBy(30),
    wasRead('finished', { ttl: '60' }),
    agedBy(31),
    wasRead(404),
  ],
  'a TTL that counts from that read': [
    created('finished'),
    agedBy(30),
    wasRead('finished', { ttl: '60' }),
    agedBy(31),
    wasRead('finished'),
  ],
  'of two explicit TTLs the first': [
    created('finished', { result_ttl: 60 }),
    wasRead('finished', { ttl: '900' }),
    agedBy(100),
    wasRead(404),
  ],
  'of two explicit TTLs the second': [
    created('finished', { result_ttl: 60 }),
    wasRead('finished', { ttl: '900' }),
    agedBy(100),
    wasRead('finished'),
  ],
  'a TTL on an unfinished task that does not count': [
    created('running'),
    wasRead('started', { ttl: '60' }),
    movedTo('finished'),
    agedBy(100),
    wasRead('finished'),
  ],
  'a TTL of 0, gone at once': [created('finished'), wasRead('finished', { ttl: '0' }), wasRead(404)],
  'a TTL of 0, kept': [
    created('finished'),
    wasRead('finished', { ttl: '0' }),
    agedBy(400),
    wasRead('finished'),
  ],
  'a shorter TTL that has expired the task already': [
    created('finished'),
    agedBy(100),
    wasRead(404, { ttl: '60' }),
  ],
  'a malformed TTL that is ignored': [
    created('finished'),
    wasRead('finished', { ttl: 'soon' }),
    wasRead('finished'),
  ],
  'a malformed verbose, shown as it likes': [
    created('running'),
    wasRead('started', worker('a')),
    wasRead('started', { verbose: 'maybe' }),
  ],
  'undocumented fields of an ended task that change': [
    created('finished'),
    wasRead('finished', { fields: { left: 3 } }),
    wasRead('finished', { fields: { left: 2 } }),
  ],
  'a second cancel with any answer': [
    created('running'),
    wasCancelled(200),
    wasCancelled(409),
    wasCancelled(406),
    wasRead('failed'),
  ],
  'a forced cancel that came too late to stop the commit': [
    created('committing'),
    wasCancelled(200, { force: 'true' }),
    wasRead('finished'),
  ],
  'a cancel that fails, and one that ends the task': [
    created('running', { cancel_fails: true }),
    wasCancelled(409),
    wasRead('failed'),
  ],
  'a lost cancel that had its effect': [
    created('running'),
    lost(wasCancelled(200)),
    later(20, wasRead('failed')),
  ],
  'a lost cancel that had none': [created('running'), lost(wasCancelled(200)), later(20, wasRead('started'))],
  'a lost creation': [lost(created('running')), wasRead(404), wasRead('started')],
  'an undocumented answer, which is judged elsewhere': [
    created('running'),
    wasCancelled(500),
    wasRead('failed'),
  ],
  'a cancel of an ended task that may have expired': [created('finished'), agedBy(500), wasCancelled(404)],
  'a queued task that is not listed': [created('queued'), listed(), wasRead('queued')],
  'an ended task that is listed': [created('finished'), listed('finished'), wasRead('finished')],
  'the effect of a cancel that overlaps a read': [
    created('running'),
    wasCancelled(200, { tookMs: 500 }),
    wasRead('failed', { pauseMs: -400 }),
    wasRead('failed'),
  ],
  'a list beside the move that ends the task': [
    created('running'),
    { ...movedTo('finished'), tookMs: 30 },
    { ...listed(), pauseMs: -20 },
    wasRead('finished'),
  ],
  'an id that is used again': [
    created('finished', { result_ttl: 60 }),
    removed(),
    wasRead(404),
    created('running'),
    wasRead('started'),
  ],
  'a database guid that comes later': [
    created('running'),
    wasRead('started'),
    movedTo('finished'),
    wasRead('finished', guid('g')),
  ],
};

describe('what is fair', () => {
  test.each(Object.entries(fair))('%s', (_, steps) => expect(clausesOf(steps)).toEqual([]));
});

/** Faults as a reader sees them. */
const explained: Readonly<Record<string, readonly SampleStep[]>> = {
  'create finished → 201; read X-Result-TTL: -1 → 400; read → 404: expected 200, because it ended as finished and is kept for 500 s; seen 404; would also be explained by read.status.200, expiry.default.kept':
    [created('finished'), wasRead('finished'), wasRead(400, { ttl: '-1' }), wasRead(404)],
  'create queued → 201; cancel → 200; read verbose=true → 200 finished: expected status failed, because it ended as failed; seen status finished; would also be explained by verbose.keeps-fields':
    [created('queued'), wasRead('queued'), wasCancelled(200), wasRead('finished', { verbose: 'true' })],
  'create committing → 201; cancel → 406; 3.0 s later read → 200 failed: expected status started, because it is committing; seen status failed; would also be explained by status.started':
    [created('committing'), wasCancelled(406), later(3, wasRead('failed'))],
  'create running → 201; list → no row of it: expected a row of it, because it is running; seen no row of it':
    [created('running'), listed(), wasRead('started')],
  'create finished ttl=60 → 201; age 63 s → 204; read → 200 finished: expected 404, because it is no longer kept: its retention of 60 s is over; seen 200':
    [created('finished', { result_ttl: 60 }), agedBy(63), wasRead('finished')],
  'create running → 201; cancel credentials=none → 401; read → 200 failed: expected status started, because it is running; seen status failed; would also be explained by status.started':
    [created('running'), wasCancelled(401, { credentials: 'none' }), wasRead('failed')],
  'create running → 201; cancel force=true → 406: expected 200, because it is running; seen 406': [
    created('running'),
    wasCancelled(406, { force: 'true' }),
  ],
  'create queued → 201; move finished → 204; 10.1 s later read → 200 queued: expected status finished within 10 s; seen status queued after 10.1 s':
    [created('queued'), movedTo('finished'), later(10.1, wasRead('queued'))],
  'create running → 201; age 600 s → 204; read → 404: expected 200, because it has not ended (running); seen 404':
    [created('running'), agedBy(600), wasRead(404)],
  'create running → 201; GET on the cancel path → 405; read → 200 failed: expected status started, because it is running; seen status failed; would also be explained by status.started':
    [created('running'), cancelByGetAnswered(405), wasRead('failed')],
};

describe('a violation in words: what was done, what is allowed, what was seen, what would also explain it', () => {
  test.each(Object.entries(explained))('%s', (text, steps) => {
    const { violations } = judged(steps);
    expect(violations.map((violation) => explain(violation).reason)).toEqual([text]);
  });
});

test('too many requests without an answer: nothing is decided', () => {
  const steps = Array.from({ length: 12 }, (_, index) => lost(wasRead(200, { ttl: String(60 + index) })));
  const { violations, undecided } = judged([created('finished'), ...steps, agedBy(100), wasRead('started')]);
  expect({ violations, undecided }).toEqual({ violations: [], undecided: ['task-1'] });
});
