/** The journal of a run on disk: one event a line, written as it happens, so that nothing that was found is lost. */
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { UserError } from '../model/errors.ts';
import { journalSchema, type Recorder, type RunEvent, type Started } from '../model/events.ts';
import type { Exchange } from '../model/exchange.ts';

export interface Journal {
  readonly record: Recorder;
  close(): void;
}

/**
 * Starts a journal anew. An older one is there until this one is: at no moment is there half a beginning.
 * @throws the error of the system where the file can't be written
 */
export function startJournal(file: string, started: Started): void {
  writeFileSync(`${file}.new`, lineOf(started));
  renameSync(`${file}.new`, file);
}

const lineOf = (event: RunEvent): string => `${JSON.stringify(event)}\n`;

/**
 * Writes on at the end of a journal.
 * @param redact takes secrets out of what a target said; nothing else is changed
 * @throws the error of the system where the file can't be written
 */
export function journalTo(file: string, redact: (text: string) => string): Journal {
  const descriptor = openSync(file, 'a');
  return {
    record: (event) => {
      writeSync(descriptor, lineOf(redacted(event, redact)));
    },
    close: () => closeSync(descriptor),
  };
}

/** An event without secrets: what a target said, was said of its words, or was sent as a body can hold one. */
export function redacted(event: RunEvent, redact: (text: string) => string): RunEvent {
  if (event.type === 'exchange') return { ...event, exchange: redactedExchange(event.exchange, redact) };
  if (event.type === 'cut-short') return { ...event, reason: redact(event.reason) };
  if (event.type === 'charge')
    return { ...event, charge: { ...event.charge, reason: redact(event.charge.reason) } };
  if (event.type === 'closed') return { ...event, accidents: event.accidents.map(redact) };
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
  const { request, response, lost } = exchange;
  return {
    ...exchange,
    request: { ...request, ...(request.body === undefined ? {} : { body: redact(request.body) }) },
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
 * Reads a journal while it is being written: each call gives the events that came since the last.
 * @throws the error of the system where the file can't be read
 */
export function journalReader(file: string): { read(): RunEvent[]; close(): void } {
  const descriptor = openSync(file, 'r');
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

/**
 * Reads the journal of a run that has ended, one way or the other. A last line that was cut off is left out.
 * @throws {UserError} exit 2: it is empty, not ours, of another version, or damaged
 */
export function readJournal(file: string): { readonly started: Started; readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  for (const line of wholeLines(readFileSync(file))) {
    const event = eventOf(line);
    if (!event) throw notOurs(`${file}: line ${events.length + 1} is no line of a journal.`);
    events.push(event);
  }
  const [started] = events;
  if (!started) throw notOurs(`${file} is empty.`);
  if (started.type !== 'started') throw notOurs(`${file} does not begin as a journal does.`);
  if (started.schema !== journalSchema)
    throw notOurs(`${file} is of the form ${started.schema}, and only ${journalSchema} can be read.`);
  return { started, events };
}

function* wholeLines(content: Buffer): Generator<string> {
  let from = 0;
  for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, from)) {
    yield content.toString('utf8', from, end);
    from = end + 1;
  }
}

function eventOf(line: string): RunEvent | undefined {
  try {
    const event: RunEvent | null = JSON.parse(line); // its schema, in the first line, says that we wrote it
    return typeof event?.type === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

const notOurs = (problem: string): UserError =>
  new UserError(problem, 'Name the folder of a run that this version of the program wrote.', 2);
