/** A record is read back as it was written; one that is damaged is refused, with its line. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../testing/temporary-folder.ts';
import { type RecordHead, type RecordLine, readRecord, recordSchema, recordTo } from './record.ts';

const head: RecordHead = {
  type: 'traffic',
  schema: recordSchema,
  target: { name: 'a', url: 'http://a' },
  startedAt: '2026-11-29T10:00:00.000Z',
  soleClient: true,
  control: false,
};
const exchange = {
  id: 'read-1',
  operation: 'read',
  sentAt: 1,
  receivedAt: 2,
  attempt: 1,
  request: { method: 'GET', path: '/v1/crdb_tasks/7', headers: {}, credentials: 'own' },
  response: { status: 404, headers: {}, body: '' },
} as const;
const lines: readonly RecordLine[] = [
  { type: 'exchange', exchange },
  { type: 'until', ms: 3 },
  { type: 'gap', reason: 'a gap' },
];

let files = 0;
const folder = freshFolder();

/** What is read of a record with these lines, and then these texts. */
async function read(given: RecordHead, more: readonly RecordLine[], ...texts: readonly unknown[]) {
  const file = join(folder, `${++files}.ndjson`);
  recordTo(file, given)(more);
  for (const text of texts)
    appendFileSync(file, `${typeof text === 'string' ? text : JSON.stringify(text)}\n`);
  const found: RecordLine[] = [];
  const told = await readRecord(file, (line) => found.push(line));
  return { told, found };
}

test('a record is read back; a last line that is cut is left out', async () => {
  expect(await read(head, lines, '{"type":"exch')).toEqual({ told: head, found: lines });
});

test.each([
  '{}',
  'text',
  { type: 'exchange' },
  { type: 'exchange', exchange: { ...exchange, sentAt: 'now' } },
  { type: 'exchange', exchange: { ...exchange, lost: 5 } },
  { type: 'exchange', exchange: { ...exchange, request: { ...exchange.request, path: 5 } } },
  { type: 'exchange', exchange: { ...exchange, response: { status: 200, headers: { a: 1 }, body: '' } } },
  { type: 'until' },
  { type: 'gap' },
])('%j is no line of a record', async (text) => {
  await expect(read(head, [], text, ...lines)).rejects.toThrow('line 2 is no line of a record');
});

test.each([{ target: { name: 'a', url: 'here' } }, { startedAt: 'soon' }])(
  '%j is no head',
  async (change) => {
    await expect(read({ ...head, ...change }, lines)).rejects.toThrow('line 1 is no line of a record');
  },
);
