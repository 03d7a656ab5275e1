import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { loadDocument, resolvedSchema } from './edition.ts';
import { loadValidators } from './validators.ts';

const { operations, validate, withoutNulls } = loadValidators();
const task = (fields: object = {}): object => ({ id: '7', status: 'started', ...fields });
const read = (value: unknown): string[] => validate('read', 200, value);
const list = (value: unknown): string[] => validate('list', 200, value);

test('the documented statuses and media types are those of the docs', () => {
  expect(operations).toEqual({
    list: { statuses: [200, 401], mediaType: 'application/json' },
    read: { statuses: [200, 401, 404], mediaType: 'application/json' },
    cancel: { statuses: [200, 401, 404, 406, 409], mediaType: undefined },
  });
});

test('every schema is one of JSON Schema 2020-12', () => {
  const document = loadDocument();
  const ajv = new Ajv2020({ strict: true });
  for (const schema of Object.values(document.components.schemas)) {
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(resolvedSchema(document, schema))).not.toThrow();
  }
});

describe('a body that the docs allow has no problem', () => {
  test.each([
    { what: 'id and status alone', value: task() },
    {
      what: 'every field',
      value: task({
        crdb_guid: 'g',
        started: 'now',
        ended: 'then',
        operation: 'o',
        worker_name: 'w',
        errors: [{ cluster_name: '', description: 'd', error_code: 'e' }],
        progress: { clusters: [{ name: 'n', progress: 'p' }], worker: 'w' },
      }),
    },
    { what: 'an undocumented field', value: task({ extra: { deep: [1] } }) },
    { what: 'an error without its fields', value: task({ errors: [{}] }) },
    {
      what: 'a key named __proto__',
      value: JSON.parse('{"id":"7","status":"failed","__proto__":{"status":5}}'),
    },
  ])('$what', ({ value }) => expect(read(value)).toEqual([]));

  test('an empty list, and one with a task', () => {
    expect(list([])).toEqual([]);
    expect(list([task()])).toEqual([]);
  });

  test.each([401, 404, 500])('anything with status %i, for no body is documented', (status) => {
    expect(validate('read', status, { odd: true })).toEqual([]);
  });

  test('anything with a cancel', () => expect(validate('cancel', 200, 'done')).toEqual([]));
});

describe('a body that the docs do not allow gives one line', () => {
  test.each([
    {
      value: task({ status: 'running' }),
      line: '`status` is "running"; the docs allow queued, started, finished, failed',
    },
    { value: task({ status: 5 }), line: '`status` is 5; the docs allow queued, started, finished, failed' },
    { value: { status: 'queued' }, line: '`id` is missing' },
    { value: { task_id: '7', status: 'queued' }, line: '`id` is missing; there is `task_id`' },
    { value: { id: '7', state: 'queued' }, line: '`status` is missing; there is `state`' },
    { value: task({ progress: 45.5 }), line: '`progress` is 45.5; the docs say object' },
    { value: task({ errors: 'no space left' }), line: '`errors` is "no space left"; the docs say array' },
    { value: task({ errors: ['no'] }), line: '`errors[0]` is "no"; the docs say object' },
    {
      value: task({ errors: [{ error_code: 7 }] }),
      line: '`errors[0].error_code` is 7; the docs say string',
    },
    {
      value: task({ progress: { clusters: [{}, { name: {} }] } }),
      line: '`progress.clusters[1].name` is an object; the docs say string',
    },
    { value: task({ id: 7 }), line: '`id` is 7; the docs say string' },
    { value: task({ ended: null }), line: '`ended` is null; the docs say string' },
    { value: [], line: 'the answer is an empty array; the docs say object' },
    { value: null, line: 'the answer is null; the docs say object' },
  ])('$line', ({ value, line }) => expect(read(value)).toEqual([line]));

  test.each([
    { value: [task(), {}], lines: ['`[1].id` is missing', '`[1].status` is missing'] },
    { value: [null], lines: ['`[0]` is null; the docs say object'] },
    { value: [[]], lines: ['`[0]` is an empty array; the docs say object'] },
    {
      value: { tasks: [] },
      lines: ['the answer is an object with the list under `tasks`; the docs say a JSON array'],
    },
    { value: task({ errors: [] }), lines: ['the answer is an object; the docs say array'] },
    { value: {}, lines: ['the answer is an object; the docs say array'] },
  ])('$lines', ({ value, lines }) => expect(list(value)).toEqual(lines));
});

test('the first five problems are listed and the rest counted', () => {
  const lines = list(Array.from({ length: 4 }, () => ({ errors: 1 })));
  expect(lines).toHaveLength(6);
  expect(lines[5]).toBe('and 7 more');
});

describe('values from a hostile target are safe to print', () => {
  test('long values are cut, control and bidirectional characters escaped', () => {
    expect(read(task({ status: `\u001b[2J\u202e\n${'x'.repeat(500)}` }))[0]).toMatch(
      /^`status` is "\\u001b\[2J\\u202e\\nx{40,60}…"; the docs/,
    );
  });

  test('a name has no backtick and no control character', () => {
    expect(list({ '`\u0007\n': [] })[0]).toContain("under `'\\u0007\\u000a`;");
  });

  test('nesting of 100,000 does no harm', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    const deeper: unknown = JSON.parse(`${'{"errors":'.repeat(100_000)}[]${'}'.repeat(100_000)}`);
    expect(read(task({ extra: deep, errors: deep }))).toEqual([
      '`errors[0]` is an array; the docs say object',
    ]);
    expect(list(deep)).toEqual(['`[0]` is an array; the docs say object']);
    expect(read(deeper)).toHaveLength(3);
    expect(withoutNulls(deeper)).toEqual({ value: deeper, nulls: [] });
  });
});

describe('nulls', () => {
  test('of documented fields are taken out and named; the value itself is left alone', () => {
    const value = [task(), task({ ended: null, errors: [{ description: null }, null], extra: null })];
    const before = structuredClone(value);
    const { value: after, nulls } = withoutNulls(value);
    expect(after).toEqual([task(), task({ errors: [{}, null], extra: null })]);
    expect(nulls).toEqual(['[1].ended', '[1].errors[0].description']);
    expect(value).toEqual(before);
    expect(list(after)).toEqual(['`[1].errors[1]` is null; the docs say object']);
  });

  test('of a single task have no index', () => {
    expect(withoutNulls(task({ progress: { worker: null } }))).toEqual({
      value: task({ progress: {} }),
      nulls: ['progress.worker'],
    });
  });

  test('that are not there leave the very same value', () => {
    const value = [task()];
    expect(withoutNulls(value).value).toBe(value);
  });

  test('a required field that is null is missing then', () => {
    expect(read(withoutNulls(task({ id: null })).value)).toEqual(['`id` is missing']);
  });

  test('are counted beyond five', () => {
    const { nulls } = withoutNulls(Array.from({ length: 9 }, () => task({ ended: null })));
    expect(nulls).toHaveLength(6);
    expect(nulls[5]).toBe('and 4 more');
  });

  test('a key named __proto__ stays a key', () => {
    const { value } = withoutNulls(JSON.parse('{"id":"7","ended":null,"__proto__":{"status":"queued"}}'));
    expect(read(value)).toEqual(['`status` is missing']);
  });
});

test('of a list of 100,000 wrong rows the faults are counted, and no line is kept for each', () => {
  const rows = Array.from({ length: 100_000 }, (_, n) => ({ id: String(n), status: 1, errors: [1, 2] }));
  expect(list(rows)[5]).toBe('and 299995 more');
});
