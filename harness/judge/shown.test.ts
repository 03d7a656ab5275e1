import { describe, expect, test } from 'vitest';
import { finding, judgeLost } from '../model/verdict.ts';
import {
  cancelOf,
  hostileBodies,
  listOf,
  lost,
  otherOf,
  readOf,
  readShows,
} from '../testing/exchange-samples.ts';
import { prerequisiteStatus, shownRows, shownStatus, shownTask, showsStatus, valueText } from './shown.ts';

describe('a task is made out from as little as is needed', () => {
  test.each([
    { body: '{"id":"7","status":"queued"}', status: 'queued', why: 'id and status' },
    { body: '{"id":"","status":"failed","x":1}', status: 'failed', why: 'whatever else there is' },
    { body: '{"id":7,"status":"queued"}', status: undefined, why: 'an id is a text' },
    { body: '{"id":"7","status":"Queued"}', status: undefined, why: 'a status is a documented one' },
    { body: '{"id":"7"}', status: undefined, why: 'there is a status' },
    { body: '{"__proto__":{"id":"7","status":"queued"}}', status: undefined, why: 'fields are its own' },
    { body: '[{"id":"7","status":"queued"}]', status: undefined, why: 'a list is no task' },
  ])('$status: $why', ({ body, status }) => {
    const read = readOf({ body });
    const shown = shownTask(read, true);
    expect('what' in shown ? shown.what.status : undefined).toBe(status);
    expect(shownStatus(read)).toBe(status);
  });

  test('nulls are taken out of its fields', () => {
    const shown = shownTask(readShows('started', { ended: null, errors: [null] }), true);
    expect('what' in shown && shown.what.fields).toEqual({
      id: '7',
      crdb_guid: 'guid-7',
      status: 'started',
      errors: [null],
    });
  });

  test('a field that is named like the prototype is a field like any other', () => {
    const shown = shownTask(readOf({ body: '{"id":"7","status":"started","__proto__":{"a":1}}' }), true);
    expect('what' in shown && Object.keys(shown.what.fields)).toEqual(['id', 'status', '__proto__']);
    expect('what' in shown && 'a' in shown.what.fields).toBe(false);
  });

  test('a body that was cut shows nothing', () => {
    expect(shownTask(readOf({ truncated: true }), true)).toMatchObject({
      inconclusive: { because: 'read.schema' },
    });
  });
});

test('only a 200 shows a status', () => {
  expect(shownStatus(readOf({ status: 404 }))).toBeUndefined();
  expect(shownStatus(readOf(lost))).toBeUndefined();
  expect(showsStatus('started')(readOf())).toBe(true);
  expect(showsStatus('failed')(readOf())).toBe(false);
});

test('one row that is no task spoils the list, for nobody knows what it hides', () => {
  expect(shownRows(listOf([{ id: '7', status: 'queued' }, null]))).toMatchObject({
    inconclusive: { because: 'list.schema' },
  });
  expect(shownRows(listOf([]))).toEqual({ what: [] });
});

test.each(hostileBodies)('nothing is thrown: $what', ({ body }) => {
  expect(() => shownTask(readOf({ body }), true)).not.toThrow();
  expect(() => shownRows(listOf(body))).not.toThrow();
  expect(() => shownStatus(readOf({ body }))).not.toThrow();
});

describe('an unexpected status is inconclusive', () => {
  test.each([
    { exchange: cancelOf(404), clause: 'c', because: 'c', why: 'a documented status is the clause’s' },
    { exchange: cancelOf(418), clause: 'c', because: 'cancel.statuses', why: 'any other is the operation’s' },
    { exchange: otherOf(418), clause: 'c', because: 'c', why: 'no operation documents it' },
  ])('because of $because: $why', ({ exchange, clause, because }) => {
    expect(prerequisiteStatus(exchange, [200], clause, true)).toMatchObject({
      because,
      attributedTo: because,
    });
    expect(prerequisiteStatus(exchange, [200], clause, false)).not.toHaveProperty('attributedTo');
  });

  test('an expected one is none', () => {
    expect(prerequisiteStatus(cancelOf(409), [406, 409], 'c', true)).toBeUndefined();
  });
});

test.each([
  { value: 'guid', is: 'guid' },
  { value: 7, is: '7' },
  { value: undefined, is: 'undefined' },
  { value: { toString: 1 }, is: '{"toString":1}' },
])('a value is said as $is', ({ value, is }) => expect(valueText(value)).toBe(is));

describe('a finding', () => {
  test('holds one exchange or many', () => {
    const [one, two] = [readOf(), readOf()];
    expect(finding('pass', 'x', one).exchanges).toEqual([one]);
    expect(finding('pass', 'x', [one, two]).exchanges).toEqual([one, two]);
  });

  test('a lost response is inconclusive, a response is not', () => {
    expect(judgeLost(readOf(lost))?.reason).toBe('GET /v1/crdb_tasks/7: read ECONNRESET');
    expect(judgeLost(readOf())).toBeUndefined();
  });
});
