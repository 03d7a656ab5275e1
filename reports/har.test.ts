import { Ajv } from 'ajv';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import addFormats from 'ajv-formats';
import type { Har } from 'har-format';
import schemas from 'har-schema';
import { describe, expect, test } from 'vitest';
import { reports } from '../harness/testing/reports/reports.ts';
import { evilWords, exchange, hostile, sampleReport } from '../harness/testing/reports/sample.ts';
import { har } from './har.ts';

const ajv = new Ajv({ strict: false });
ajv.addMetaSchema(draft6);
addFormats.default(ajv);
for (const schema of Object.values(schemas)) ajv.addSchema(schema);
const isHar = ajv.getSchema('har.json#');

const archive = (report: Parameters<typeof har>[0]): Har => JSON.parse(har(report));

const strange = sampleReport({
  target: { url: 'http://127.0.0.1:4010/prefix' },
  run: { startedAt: '2026-12-31T23:59:60Z' },
  clauses: [],
  exchanges: [
    exchange('read-1', {
      sentAt: 1e300,
      receivedAt: 0,
      request: {
        method: 'GET',
        path: '/prefix/v1/crdb_tasks/%zz"[#]\u{1b}\u{d800} é',
        headers: {},
        credentials: 'none',
      },
    }),
  ],
});

describe('is valid against the schema of HAR 1.2', () => {
  test.each([
    ...Object.entries(reports),
    ['hostile', hostile(reports.nonConformant, evilWords)] as const,
    ['strange', strange] as const,
  ])('%s', (_, report) => {
    expect(isHar?.(archive(report)) ? [] : isHar?.errors).toEqual([]);
  });

  test('which refuses what is wrong', () => {
    const wrong = archive(reports.nonConformant);
    expect(isHar?.({ ...wrong, log: { ...wrong.log, entries: [{}] } })).toBe(false);
  });
});

test('an exchange is an entry, at its instant of the clock on the wall', () => {
  const [entry] = archive(reports.conformant).log.entries;
  expect(entry).toMatchObject({
    startedDateTime: '2026-11-24T03:12:46.123Z',
    time: 12.5,
    request: { method: 'GET', url: 'http://127.0.0.1:4010/v1/crdb_tasks/7', comment: 'credentials: own' },
    response: {
      status: 200,
      content: { mimeType: 'application/json', text: '{"id":"7","status":"started"}' },
    },
    comment: 'read-1',
  });
});

test('a lost exchange has status 0 and says why', () => {
  const [entry] = archive(reports.dead).log.entries;
  expect(entry?.response).toMatchObject({ status: 0, comment: 'connect ECONNREFUSED 127.0.0.1:4010' });
});

test('a body that was cut says so, with the length and hash of the whole', () => {
  const shortened = { bytes: 5_000_000, sha256: 'a'.repeat(64) };
  const report = sampleReport({
    clauses: [],
    exchanges: [exchange('read-1', { response: { status: 200, headers: {}, body: '{', shortened } })],
  });
  expect(archive(report).log.entries[0]?.response.content).toEqual({
    size: 5_000_000,
    mimeType: '',
    text: '{',
    comment: `the beginning of 5000000 bytes with the SHA-256 ${'a'.repeat(64)}`,
  });
});

test('what no address can hold is percent-encoded, and nothing else', () => {
  expect(archive(strange).log.entries[0]?.request.url).toBe(
    'http://127.0.0.1:4010/prefix/v1/crdb_tasks/%25zz%22%5B%23%5D%1B%EF%BF%BD%20%C3%A9',
  );
});
