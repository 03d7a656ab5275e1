/** The journal of a run on disk: one event a line, written as it happens, so that nothing that was found is lost. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Recorder, RunEvent } from './events.ts';
import type { Exchange } from './exchange.ts';

export interface Journal {
  readonly record: Recorder;
  close(): void;
}

/**
 * Writes on at the end of a journal.
 * @param redact takes secrets out of what a target said; nothing else is changed
 * @throws the error of the system where the file can't be written
 */
export function journalTo(file: string, redact: (text: string) => string): Journal {
  const descriptor = openSync(file, 'a');
  return {
    record: (event) => {
      writeSync(descriptor, `${JSON.stringify(redacted(event, redact))}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

/** An event without secrets: only what a target said, or was said of its words, can hold one. */
export function redacted(event: RunEvent, redact: (text: string) => string): RunEvent {
  if (event.type === 'exchange') return { ...event, exchange: redactedExchange(event.exchange, redact) };
  if (event.type === 'cut-short') return { ...event, reason: redact(event.reason) };
  if (event.type !== 'check') return event;
  const { reason, expected, seen, ...check } = event.check;
  return {
    type: 'check',
    check: {
      ...check,
      reason: redact(reason),
      ...(expected === undefined ? {} : { expected: redact(expected) }),
      ...(seen === undefined ? {} : { seen: redact(seen) }),
    },
  };
}

function redactedExchange(exchange: Exchange, redact: (text: string) => string): Exchange {
  const { response, lost } = exchange;
  return {
    ...exchange,
    ...(lost === undefined ? {} : { lost: redact(lost) }),
    ...(response
      ? {
          response: {
            ...response,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, redact(value)]),
            ),
            body: redact(response.body),
          },
        }
      : {}),
  };
}

/**
 * Starts a journal anew and reads it while it is being written: each call gives the events that came since the last.
 * @throws the error of the system where the file can't be written
 */
export function journalReader(file: string): { read(): RunEvent[]; close(): void } {
  const descriptor = openSync(file, 'w+');
  let position = 0;
  let rest = Buffer.alloc(0);
  return {
    read() {
      const grown = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - position));
      const length = readSync(descriptor, grown, 0, grown.length, position);
      position += length;
      const text = Buffer.concat([rest, grown.subarray(0, length)]);
      const end = text.lastIndexOf(10) + 1; // what follows the last line feed is a line that is still being written
      rest = Buffer.from(text.subarray(end));
      const lines = text.subarray(0, end).toString('utf8').split('\n');
      return lines.filter((line) => line !== '').map((line): RunEvent => JSON.parse(line)); // written by journalTo alone
    },
    close: () => closeSync(descriptor),
  };
}
