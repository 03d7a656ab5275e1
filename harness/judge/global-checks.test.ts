import { describe, expect, test } from 'vitest';
import { loadRegister } from '../../spec/register.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Verdict } from '../model/verdict.ts';
import {
  cancelOf,
  controlOf,
  hostileBodies,
  listOf,
  lost,
  otherOf,
  readOf,
  readShows,
} from '../testing/exchange-samples.ts';
import { documented } from './documented.ts';
import { globalClauses, globalFindings, judgeAnswer } from './global-checks.ts';

/** What an exchange says, by clause. */
const said = (exchange: Exchange, tolerates: readonly number[] = []) =>
  Object.fromEntries(
    globalFindings(exchange, tolerates, documented()).map(({ clause, verdict }) => [clause, verdict]),
  );

const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;

describe('every exchange', () => {
  test.each<{ what: string; exchange: Exchange; says: Record<string, Verdict> }>([
    {
      what: 'a valid read',
      exchange: readOf(),
      says: {
        'read.statuses': 'pass',
        'read.media-type': 'pass',
        'read.schema': 'pass',
        'read.absent-not-null': 'pass',
      },
    },
    {
      what: 'a valid list',
      exchange: listOf(),
      says: {
        'list.statuses': 'pass',
        'list.media-type': 'pass',
        'list.schema': 'pass',
        'list.absent-not-null': 'pass',
      },
    },
    {
      what: 'a 404, whatever its body',
      exchange: readOf({ status: 404, body: '<' }),
      says: { 'read.statuses': 'pass' },
    },
    { what: 'an undocumented status', exchange: readOf({ status: 500 }), says: { 'read.statuses': 'fail' } },
    {
      what: 'a cancel, whatever its body',
      exchange: cancelOf(200, { body: '<' }),
      says: { 'cancel.statuses': 'pass' },
    },
    { what: 'an undocumented cancel', exchange: cancelOf(202), says: { 'cancel.statuses': 'fail' } },
    { what: 'a lost answer', exchange: readOf(lost), says: {} },
    { what: 'a lost 503', exchange: { ...readOf({ status: 503 }), lost: 'answered 503' }, says: {} },
    { what: 'the control protocol', exchange: controlOf(500), says: {} },
    { what: 'none of the three operations', exchange: otherOf(405), says: {} },
    {
      what: 'no JSON',
      exchange: readOf({ body: '' }),
      says: { 'read.statuses': 'pass', 'read.media-type': 'pass', 'read.schema': 'fail' },
    },
    {
      what: 'a body longer than the limit',
      exchange: readOf({ truncated: true }),
      says: { 'read.statuses': 'pass', 'read.media-type': 'pass', 'read.schema': 'inconclusive' },
    },
    {
      what: 'a body nested too deeply to be read',
      exchange: readOf({ body: `{"id":"7","x":${deep}}` }),
      says: { 'read.statuses': 'pass', 'read.media-type': 'pass', 'read.schema': 'inconclusive' },
    },
    {
      what: 'a body with more values than are read',
      exchange: readOf({ body: `[${'1,'.repeat(250_000)}1]` }),
      says: { 'read.statuses': 'pass', 'read.media-type': 'pass', 'read.schema': 'inconclusive' },
    },
    {
      what: 'a body with as many values as are read',
      exchange: readOf({ body: `[${'1,'.repeat(249_999)}1]` }),
      says: {
        'read.statuses': 'pass',
        'read.media-type': 'pass',
        'read.schema': 'fail',
        'read.absent-not-null': 'pass',
      },
    },
    {
      what: 'a body of which only the beginning is recorded',
      exchange: readOf({ body: '{"id"', shortened: { bytes: 9e6, sha256: '0'.repeat(64) } }),
      says: { 'read.statuses': 'pass', 'read.media-type': 'pass', 'read.schema': 'inconclusive' },
    },
    {
      what: 'a null instead of an absent value',
      exchange: readShows('started', { ended: null }),
      says: {
        'read.statuses': 'pass',
        'read.media-type': 'pass',
        'read.schema': 'pass',
        'read.absent-not-null': 'warn',
      },
    },
  ])('$what', ({ exchange, says }) => {
    expect(said(exchange)).toEqual(says);
  });

  test('a status that is fair for that very request is no fault', () => {
    expect(said(readOf({ status: 400 }), [400])).toEqual({ 'read.statuses': 'pass' });
    expect(said(readOf({ status: 500 }), [400])).toEqual({ 'read.statuses': 'fail' });
  });

  test.each<{ type: string | undefined; verdict: Verdict }>([
    { type: 'application/json', verdict: 'pass' },
    { type: 'Application/JSON ; charset=utf-8', verdict: 'pass' },
    { type: 'application/json; charset="a;b"', verdict: 'pass' },
    { type: 'application/problem+json', verdict: 'fail' },
    { type: 'text/plain; application/json', verdict: 'fail' },
    { type: '', verdict: 'fail' },
  ])('the media type $type: $verdict', ({ type, verdict }) => {
    expect(said(readOf({ headers: { 'content-type': type ?? '' } }))['read.media-type']).toBe(verdict);
  });

  test('no content type at all is a fault', () => {
    const read = readOf();
    const bare = { ...read, response: { status: 200, headers: {}, body: '{}' } };
    expect(said(bare)['read.media-type']).toBe('fail');
  });

  test.each(hostileBodies)('nothing is thrown: $what', ({ body }) => {
    expect(() => said(readOf({ body }))).not.toThrow();
    expect(() => said(listOf(body))).not.toThrow();
    expect(() => said(listOf(`[${body}]`))).not.toThrow();
  });

  test('speaks for clauses that are in the register', () => {
    const { byId } = loadRegister();
    expect(globalClauses.filter((id) => !byId.has(id))).toEqual([]);
  });
});

describe('one answer against one structural clause', () => {
  test.each<{ exchange: Exchange; clause: string; verdict: Verdict; because?: string; why: string }>([
    { exchange: readOf(), clause: 'read.schema', verdict: 'pass', why: 'it keeps it' },
    { exchange: readOf({ body: {} }), clause: 'read.schema', verdict: 'fail', why: 'it breaks it' },
    { exchange: readOf({ status: 500 }), clause: 'read.statuses', verdict: 'fail', why: 'it breaks it' },
    { exchange: readOf(lost), clause: 'read.schema', verdict: 'inconclusive', why: 'the answer was lost' },
    {
      exchange: readOf({ status: 404 }),
      clause: 'read.schema',
      verdict: 'inconclusive',
      because: 'read.status.200',
      why: 'a 404 has no body to judge',
    },
    {
      exchange: listOf([], { status: 500 }),
      clause: 'list.schema',
      verdict: 'inconclusive',
      because: 'list.statuses',
      why: 'an undocumented status is the fault of the statuses',
    },
    {
      exchange: readOf({ body: '<' }),
      clause: 'read.absent-not-null',
      verdict: 'inconclusive',
      because: 'read.schema',
      why: 'what is no JSON has no nulls',
    },
  ])('$clause $verdict: $why', ({ exchange, clause, verdict, because }) => {
    const found = judgeAnswer(exchange, clause);
    expect([found.verdict, found.because]).toEqual([verdict, because]);
    expect(found).not.toHaveProperty('clause');
  });
});
