import { describe, expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import type { Phase } from '../model/task.ts';
import type { Finding, Verdict } from '../model/verdict.ts';
import {
  hostileBodies,
  listOf,
  lost,
  readOf,
  readShows,
  shownAs,
  taskIn,
} from '../testing/exchange-samples.ts';
import {
  judgeAgreement,
  judgeEmpty,
  judgeListed,
  judgeListShows,
  judgeNoDuplicates,
  judgeUnlisted,
  observeListed,
} from './judge-list.ts';
import { attributedStatus } from './shown.ts';

const validators = loadValidators();

const running = taskIn('running');
const started = readShows('started');
const other = { ...shownAs('started'), id: '8' };

type Judge = (listing: ReturnType<typeof listOf>) => Finding;

const judges: readonly { name: string; judge: Judge }[] = [
  { name: 'judgeListed', judge: (listing) => judgeListed(listing, running) },
  { name: 'judgeListShows', judge: (listing) => judgeListShows(listing, running, 'started') },
  { name: 'judgeUnlisted', judge: (listing) => judgeUnlisted(listing, running) },
  { name: 'observeListed', judge: (listing) => observeListed(listing, running) },
  { name: 'judgeNoDuplicates', judge: (listing) => judgeNoDuplicates(listing, running) },
  { name: 'judgeAgreement', judge: (listing) => judgeAgreement(started, listing, started, running) },
  { name: 'judgeEmpty', judge: (listing) => judgeEmpty(listing, new Set(['7'])) },
];

describe.each(judges)('$name', ({ judge }) => {
  test('a lost list is inconclusive and attributed to no clause', () => {
    const found = judge(listOf([], lost));
    expect(found.verdict).toBe('inconclusive');
    expect(found.because).toBeUndefined();
    expect(found.attributedTo).toBeUndefined();
  });

  test.each([
    { status: 404, clause: 'list.statuses', why: 'the list has no such status' },
    { status: 503, clause: 'list.statuses', why: 'nor this one' },
  ])('$status is inconclusive because of $clause and attributed to it: $why', ({ status, clause }) => {
    expect(attributedStatus(judge(listOf([], { status })), validators)).toMatchObject({
      verdict: 'inconclusive',
      because: clause,
      attributedTo: clause,
    });
  });

  test.each([
    { what: 'an object around the list', body: { tasks: [shownAs('started')] } },
    { what: 'one row that is no task', body: [shownAs('started'), { id: 9 }] },
    { what: 'no JSON', body: '<html>' },
  ])('$what is inconclusive because of list.schema', ({ body }) => {
    expect(judge(listOf(body))).toMatchObject({ verdict: 'inconclusive', because: 'list.schema' });
  });

  test.each(hostileBodies)('throws nothing: $what', ({ body }) => {
    expect(() => judge(listOf(body))).not.toThrow();
    expect(() => judge(listOf(`[${body}]`))).not.toThrow();
  });
});

describe('a task in the list', () => {
  test.each<{ rows: unknown[]; listed: Verdict; unlisted: Verdict }>([
    { rows: [other, shownAs('started')], listed: 'pass', unlisted: 'fail' },
    { rows: [other], listed: 'fail', unlisted: 'pass' },
    { rows: [], listed: 'fail', unlisted: 'pass' },
  ])('listed $listed, unlisted $unlisted', ({ rows, listed, unlisted }) => {
    expect(judgeListed(listOf(rows), running).verdict).toBe(listed);
    expect(judgeUnlisted(listOf(rows), running).verdict).toBe(unlisted);
  });

  test.each<{ phase: Phase; rows: unknown[]; status: 'queued' | 'started'; verdict: Verdict; why: string }>([
    { phase: 'running', rows: [shownAs('started')], status: 'started', verdict: 'pass', why: 'as it is' },
    { phase: 'running', rows: [shownAs('queued')], status: 'started', verdict: 'fail', why: 'with another' },
    {
      phase: 'committing',
      rows: [],
      status: 'started',
      verdict: 'fail',
      why: 'a running one must be listed',
    },
    { phase: 'queued', rows: [], status: 'queued', verdict: 'pass', why: 'a queued one may be left out' },
    {
      phase: 'queued',
      rows: [shownAs('started')],
      status: 'queued',
      verdict: 'fail',
      why: 'but not be wrong',
    },
  ])('a $phase one is $verdict: $why', ({ phase, rows, status, verdict }) => {
    expect(judgeListShows(listOf(rows), taskIn(phase), status).verdict).toBe(verdict);
  });

  test('is observed, for a clause that judges nothing', () => {
    expect(observeListed(listOf(), taskIn('finished'))).toMatchObject({
      verdict: 'observed',
      seen: 'listed',
    });
    expect(observeListed(listOf([]), taskIn('finished')).seen).toBe('not listed');
  });
});

describe('no task twice', () => {
  test.each<{ rows: unknown[]; verdict: Verdict; because?: string; why: string }>([
    { rows: [shownAs('started'), other], verdict: 'pass', why: 'each once' },
    {
      rows: [shownAs('started'), other, shownAs('queued')],
      verdict: 'fail',
      why: 'one twice, whatever it shows',
    },
    { rows: [shownAs('started'), other, other], verdict: 'fail', why: 'another task twice' },
    { rows: [], verdict: 'inconclusive', because: 'list.holds-running', why: 'an empty list shows nothing' },
    {
      rows: [other],
      verdict: 'inconclusive',
      because: 'list.holds-running',
      why: 'nor does one without the task',
    },
  ])('$verdict: $why', ({ rows, verdict, because }) => {
    const found = judgeNoDuplicates(listOf(rows), running);
    expect([found.verdict, found.because]).toEqual([verdict, because]);
  });
});

describe('a list without a task that moves by itself, which may have ended before it, accuses no clause', () => {
  const moving = taskIn('committing', { held: false });
  const byChance = expect.objectContaining({ verdict: 'inconclusive', byChance: true });

  test('where duplicates are looked for', () => {
    const found = judgeNoDuplicates(listOf([other]), moving);
    expect([found, found.because]).toEqual([byChance, undefined]);
  });

  test('where it is compared with reads, of which the later one shows the end; a task that goes on had to be listed', () => {
    const found = judgeAgreement(started, listOf([other]), readShows('finished'), moving);
    expect([found, found.because]).toEqual([byChance, undefined]);
    expect(judgeAgreement(started, listOf([other]), started, moving).because).toBe('list.holds-running');
  });
});

describe('a row agrees with single reads around it', () => {
  const finished = readShows('finished');
  test.each<{ row: object | undefined; after: object; phase: Phase; verdict: Verdict; why: string }>([
    { row: {}, after: started, phase: 'running', verdict: 'pass', why: 'in all three' },
    {
      row: { status: 'finished' },
      after: started,
      phase: 'running',
      verdict: 'fail',
      why: 'both reads differ',
    },
    { row: { crdb_guid: 'x' }, after: started, phase: 'running', verdict: 'fail', why: 'another guid' },
    {
      row: { crdb_guid: undefined },
      after: started,
      phase: 'running',
      verdict: 'pass',
      why: 'a guid left out',
    },
    {
      row: { status: 'finished' },
      after: finished,
      phase: 'running',
      verdict: 'pass',
      why: 'with the later read',
    },
    { row: {}, after: finished, phase: 'running', verdict: 'pass', why: 'with the earlier read' },
    {
      row: { status: 'failed' },
      after: finished,
      phase: 'running',
      verdict: 'inconclusive',
      why: 'with neither, while the task moved',
    },
    { row: undefined, after: started, phase: 'queued', verdict: 'pass', why: 'a queued one may be left out' },
    {
      row: undefined,
      after: started,
      phase: 'running',
      verdict: 'inconclusive',
      why: 'a running one may not',
    },
    {
      row: { crdb_guid: { toString: 1, valueOf: 1 } },
      after: started,
      phase: 'running',
      verdict: 'fail',
      why: 'a guid that can be made no text',
    },
  ])('$verdict: $why', ({ row, after, phase, verdict }) => {
    const listing = listOf(row === undefined ? [other] : [shownAs('started', { ...row })]);
    expect(judgeAgreement(started, listing, { ...started, ...after }, taskIn(phase)).verdict).toBe(verdict);
  });

  test('a running task that is missing is a fault of list.holds-running', () => {
    expect(judgeAgreement(started, listOf([]), started, running).because).toBe('list.holds-running');
  });

  test.each([
    { name: 'before', reads: [readOf(lost), started] as const },
    { name: 'after', reads: [started, readOf(lost)] as const },
  ])('a lost read $name is inconclusive', ({ reads: [before, after] }) => {
    expect(judgeAgreement(before, listOf(), after, running).verdict).toBe('inconclusive');
  });
});

describe('an empty list', () => {
  test.each<{ rows: unknown[]; verdict: Verdict; why: string }>([
    { rows: [], verdict: 'pass', why: 'nothing is about' },
    { rows: [shownAs('started')], verdict: 'fail', why: 'a task of this run that was removed' },
    { rows: [other], verdict: 'skip', why: 'a task of somebody else' },
    { rows: [other, shownAs('started')], verdict: 'fail', why: 'one of both' },
  ])('$verdict: $why', ({ rows, verdict }) => {
    expect(judgeEmpty(listOf(rows), new Set(['7'])).verdict).toBe(verdict);
  });
});

test.each([
  { after: readShows('started'), verdict: 'fail', why: 'it had to be listed in between' },
  { after: readShows('finished'), verdict: 'inconclusive', why: 'it may have ended before the list' },
])(
  'a task that is not held and not listed, and then shows $after.response.body: $verdict, $why',
  ({ after, verdict }) => {
    expect(judgeListed(listOf([]), { ...running, held: false }, [after]).verdict).toBe(verdict);
  },
);
