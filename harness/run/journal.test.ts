import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent, Started } from '../model/report.ts';
import { readOf } from '../testing/exchange-samples.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { eventsIn, isJournalCut, journalTo, readJournal, redacted, startJournal } from './journal.ts';

const folder = freshFolder();
let serial = 0;
const newFile = (text = ''): string => {
  const file = join(folder, `${++serial}.ndjson`);
  writeFileSync(file, text);
  return file;
};

const events: readonly RunEvent[] = [
  { type: 'planned', checks: 2 },
  { type: 'begun', clause: 'list.empty', name: 'once' },
  { type: 'waiting', clause: 'list.empty', name: 'once', waitMs: 2.5, why: 'a test' },
  { type: 'exchange', exchange: readOf({ body: 'a line\nand\u2028another ä💥', headers: { a: 'b' } }) },
  { type: 'exchange', exchange: readOf({ lost: 'read ECONNRESET' }) },
  { type: 'task', task: { id: '7', phases: [{ phase: 'running', after: 1, before: 2 }] } },
  { type: 'begun', clause: 'a', name: '7' },
  {
    type: 'fault',
    fault: { clause: 'a', name: 'seen in b (once)', reason: 'it is wrong', exchanges: ['1'] },
  },
  { type: 'cut-short', reason: 'interrupted', fault: 'interrupted' },
  { type: 'stall', stallMs: 0.25 },
  { type: 'end' },
  { type: 'closed', durationMs: 7, accidents: ['a worker broke'] },
];

const started: Started = {
  type: 'started',
  schema: 'crdb-conformance/journal@2',
  target: { name: 'a', url: 'http://a/', server: null, provisioner: 'none', capabilities: [] },
  run: {
    id: '1',
    startedAt: '2026-11-24T03:12:45.123Z',
    profile: 'quick',
    seed: 1,
    settings: {},
    harnessVersion: '0.1.0',
    docsVersion: '7.8',
    hashes: { suites: 'a', openapi: 'b', clauses: 'c' },
  },
  clauses: [],
  register: [],
  checks: [],
};

describe('a journal', () => {
  test('each line is handed on as it was written', () => {
    const file = newFile();
    const lines: string[] = [];
    const journal = journalTo(
      file,
      (text) => text,
      (line) => lines.push(line),
    );
    for (const event of events) journal.record(event);
    journal.close();
    expect(lines.join('')).toBe(readFileSync(file, 'utf8'));
    expect(eventsIn(lines.join(''))).toEqual(events);
  });

  test('on a full disk: recording goes on, the failure is told once with the file, and nothing is written after it', () => {
    if (!existsSync('/dev/full')) return;
    const file = join(folder, 'full.ndjson');
    symlinkSync('/dev/full', file);
    const lines: string[] = [];
    const failures: string[] = [];
    const journal = journalTo(
      file,
      (text) => text,
      (line) => lines.push(line),
      (why) => failures.push(why),
    );
    for (const event of events) journal.record(event);
    journal.close();
    expect(eventsIn(lines.join(''))).toEqual(events);
    const [reason = ''] = failures;
    expect(failures).toEqual([`the journal can’t be written: ${file}: the disk is full, ENOSPC`]);
    expect(isJournalCut([{ type: 'cut-short', reason, fault: 'harness' }])).toBe(true);
    expect(() => startJournal(join(folder, 'missing', 'journal'), started)).toThrow(
      'can’t be written (ENOENT)',
    );
  });

  test('writing goes on at the end', () => {
    const file = newFile();
    for (const event of events.slice(0, 2)) {
      const journal = journalTo(file, (text) => text);
      journal.record(event);
      journal.close();
    }
    expect(eventsIn(readFileSync(file, 'utf8'))).toEqual(events.slice(0, 2));
  });
});

describe('a journal of a run that is over', () => {
  const lines = (...all: readonly RunEvent[]): string =>
    all.map((event) => `${JSON.stringify(event)}\n`).join('');

  test('gives back what it was started with, and all that came after', () => {
    const file = newFile('an older run\n');
    startJournal(file, started);
    const journal = journalTo(file, (text) => text);
    for (const event of events) journal.record(event);
    journal.close();
    expect(readJournal(file)).toEqual({ started, events: [started, ...events] });
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('wherever its last line is cut off, what came before is kept', () => {
    const whole = lines(started, ...events.slice(0, 4));
    const last = lines(...events.slice(3, 4));
    const bytes = Buffer.from(whole);
    for (let length = bytes.length - Buffer.byteLength(last); length < bytes.length; length += 7) {
      const file = newFile();
      writeFileSync(file, bytes.subarray(0, length));
      expect(readJournal(file).events).toEqual([started, ...events.slice(0, 3)]);
    }
  });

  test.each<{ text: string; says: string; why: string }>([
    { text: '', says: 'is empty', why: 'nothing was written' },
    { text: lines(started).slice(0, 30), says: 'is empty', why: 'half of its first line was written' },
    { text: 'hello\n', says: 'line 1 is not an event of a run', why: 'it is another file' },
    { text: 'null\n', says: 'line 1 is not an event of a run', why: 'it is other JSON' },
    { text: '{"schema":"x"}\n', says: 'line 1 is not an event of a run', why: 'it is another object' },
    {
      text: `${lines(started)}{"typ\n${lines(...events)}`,
      says: 'line 2 is not an event',
      why: 'it is damaged',
    },
    { text: lines(...events), says: 'does not begin with the start of a run', why: 'its beginning is lost' },
    {
      text: lines(started).replace('journal@2', 'journal@3'),
      says: 'has the schema crdb-conformance/journal@3',
      why: 'it is of another version',
    },
  ])('is refused in two lines where $why', ({ text, says }) => {
    const file = newFile(text);
    const refusal = expect.objectContaining({ message: expect.stringContaining(says), exitCode: 2 });
    expect(() => readJournal(file)).toThrow(refusal);
  });
});

describe('redaction', () => {
  const redact = (text: string): string => text.replaceAll('pass', '[redacted]');

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

  test('takes secrets out of faults, and of what broke', () => {
    const fault = { clause: 'pass.clause', name: 'pass', exchanges: ['pass-1'] };
    expect(redacted({ type: 'fault', fault: { ...fault, reason: 'a pass' } }, redact)).toEqual({
      type: 'fault',
      fault: { ...fault, reason: 'a [redacted]' },
    });
    expect(redacted({ type: 'closed', durationMs: 1, accidents: ['a pass'] }, redact)).toMatchObject({
      accidents: ['a [redacted]'],
    });
  });

  test('leaves an event as it is where nothing is secret', () => {
    for (const event of events) expect(redacted(event, redact)).toEqual(event);
  });
});
