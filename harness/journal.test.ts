import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from './events.ts';
import { readOf } from './exchange-samples.ts';
import { journalReader, journalTo, redacted } from './journal.ts';
import { redactor } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'crdb-journal-'));
let serial = 0;
const newFile = (): string => join(folder, `${++serial}.jsonl`);

const events: readonly RunEvent[] = [
  { type: 'planned', checks: 2 },
  { type: 'begun', clause: 'list.empty', name: 'once' },
  { type: 'waiting', clause: 'list.empty', name: 'once', waitMs: 2.5, why: 'a test' },
  { type: 'exchange', exchange: readOf({ body: 'a line\nand\u2028another ä💥', headers: { a: 'b' } }) },
  { type: 'exchange', exchange: readOf({ lost: 'read ECONNRESET' }) },
  { type: 'task', task: { id: '7', phases: [{ phase: 'running', after: 1, before: 2 }] } },
  { type: 'begun', clause: 'a', name: '7' },
  { type: 'cut-short', reason: 'interrupted', fault: 'interrupted' },
  { type: 'stall', stallMs: 0.25 },
  { type: 'end' },
];

describe('a journal', () => {
  test('gives back what was written, in order', () => {
    const file = newFile();
    const reader = journalReader(file);
    const journal = journalTo(file, (text) => text);
    for (const event of events) journal.record(event);
    expect(reader.read()).toEqual(events);
    journal.close();
    reader.close();
  });

  test('each reading gives what came since the last', () => {
    const file = newFile();
    const reader = journalReader(file);
    const journal = journalTo(file, (text) => text);
    expect(reader.read()).toEqual([]);
    const read = events.map((event) => {
      journal.record(event);
      return reader.read();
    });
    expect(read).toEqual(events.map((event) => [event]));
    expect(reader.read()).toEqual([]);
    journal.close();
    reader.close();
  });

  test('a line that is still being written waits for its end, even in the middle of a character', () => {
    const file = newFile();
    const reader = journalReader(file);
    const line = Buffer.from(`${JSON.stringify({ type: 'begun', clause: 'a', name: 'ä💥' })}\n`);
    const read = [...line].map((byte) => {
      appendFileSync(file, Buffer.of(byte));
      return reader.read();
    });
    expect(read.slice(0, -1).every((found) => found.length === 0)).toBe(true);
    expect(read.at(-1)).toEqual([{ type: 'begun', clause: 'a', name: 'ä💥' }]);
    reader.close();
  });

  test('a last line that was cut off is left out, and what came before it is kept', () => {
    const file = newFile();
    const reader = journalReader(file);
    appendFileSync(file, '{"type":"end"}\n{"type":"remo');
    expect(reader.read()).toEqual([{ type: 'end' }]);
    expect(reader.read()).toEqual([]);
    reader.close();
  });

  test('reading starts anew, writing goes on at the end', () => {
    const file = newFile();
    appendFileSync(file, 'an older run\n');
    const reader = journalReader(file);
    for (const event of events.slice(0, 2)) {
      const journal = journalTo(file, (text) => text);
      journal.record(event);
      journal.close();
    }
    expect(reader.read()).toEqual(events.slice(0, 2));
    reader.close();
  });

  test('holds no secret on disk', () => {
    const file = newFile();
    const journal = journalTo(file, redactor({ user: 'u', password: 'hunter22' }));
    journal.record({ type: 'exchange', exchange: readOf({ body: { echo: 'hunter22' } }) });
    journal.close();
    expect(readFileSync(file, 'utf8')).not.toContain('hunter22');
  });
});

describe('redaction', () => {
  const redact = (text: string): string => text.replaceAll('pass', '[redacted]');

  test('takes secrets out of bodies, headers and losses', () => {
    const answered = readOf({
      body: 'a pass b',
      headers: { 'set-cookie': 'pass', 'www-authenticate': 'x pass' },
    });
    expect(redacted({ type: 'exchange', exchange: answered }, redact)).toMatchObject({
      exchange: {
        response: {
          body: 'a [redacted] b',
          headers: { 'set-cookie': '[redacted]', 'www-authenticate': 'x [redacted]' },
        },
      },
    });
    const lost = readOf({ lost: 'redirected to pass.example' });
    expect(redacted({ type: 'exchange', exchange: lost }, redact)).toMatchObject({
      exchange: { lost: 'redirected to [redacted].example' },
    });
  });

  test('takes secrets out of reasons, and never touches a verdict or a name', () => {
    const check = {
      clause: 'pass.clause',
      name: 'pass',
      suite: 'pass',
      verdict: 'pass',
      reason: 'got pass',
      expected: 'a pass',
      seen: 'the pass',
      because: 'pass.other',
      exchanges: ['pass-1'],
    } as const;
    expect(redacted({ type: 'check', check }, redact)).toEqual({
      type: 'check',
      check: { ...check, reason: 'got [redacted]', expected: 'a [redacted]', seen: 'the [redacted]' },
    });
  });

  test('takes secrets out of why a run was cut short, for it may say what a target said', () => {
    const event = {
      type: 'cut-short',
      reason: 'the target stopped answering: pass',
      fault: 'target',
    } as const;
    expect(redacted(event, redact)).toEqual({
      ...event,
      reason: 'the target stopped answering: [redacted]',
    });
  });

  test('leaves an event as it is where nothing is secret', () => {
    for (const event of events) expect(redacted(event, redact)).toEqual(event);
  });
});
