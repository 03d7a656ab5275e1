/**
 * The journal of a run on disk: one event a line, written soon after it happened, so that a killed run can still be reported.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { field, parsedJson } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';
import { journalSchema, type Recorder, type RunEvent, type Started } from '../model/report.ts';
import type { Assignment } from '../model/task.ts';
import { appendTo, type LineFile, writeError } from '../provision/line-file.ts';

export const journalName = 'journal.ndjson';

/** All events of a run; the first is `started`. */
export interface RunLog {
  readonly started: Started;
  readonly events: readonly RunEvent[];
}

export interface Journal {
  readonly record: Recorder;
  close(): void;
}

/**
 * Starts a journal anew. It replaces an older one in one step, so that a journal never lacks its first line.
 * @throws {UserError} exit 3: the file can't be written
 */
export function startJournal(file: string, started: Started): void {
  try {
    writeFileSync(`${file}.new`, lineOf(started));
    renameSync(`${file}.new`, file);
  } catch (error) {
    rmSync(`${file}.new`, { force: true });
    throw new UserError(
      `The journal ${file} can’t be written (${writeError(error)}), so nothing was tested.`,
      'Free disk space, or choose another folder with --out.',
      3,
      { cause: error },
    );
  }
}

const lineOf = (event: RunEvent): string => `${JSON.stringify(event)}\n`;

/** Events are written together so often: a run makes a thousand in a second. */
const flushEveryMs = 100;

/**
 * Appends to a journal. Recording never throws: a run whose journal can't be written any more must still end well.
 * @param redact takes secrets out of what a target said; nothing else is changed
 * @param onLines is given all lines, some at a time
 * @param onFailure is called once, with the reason in words, if lines can't be written; nothing more is written then
 */
export function journalTo(
  file: string,
  redact: (text: string) => string,
  onLines: (lines: string) => void = () => {},
  onFailure: (reason: string) => void = () => {},
): Journal {
  let journal: LineFile | undefined;
  let failed = false;
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const write = (lines: string): void => {
    if (failed) return;
    try {
      journal ??= appendTo(file);
      journal.append(lines);
    } catch (error) {
      failed = true;
      onFailure(`${unwritten} ${file}: ${writeError(error)}`);
    }
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const lines = waiting.join('');
      waiting = [];
      write(lines); // a failure is one more event
      onLines(lines);
    }
  };
  return {
    record: (event) => {
      waiting.push(lineOf(redacted(event, redact)));
      timer ??= setTimeout(flush, flushEveryMs);
    },
    close: () => {
      flush();
      journal?.close();
    },
  };
}

const unwritten = 'the journal can’t be written:';

/** Whether the journal of a run ended before the run did: then nothing is appended to it. */
export const isJournalCut = (events: readonly RunEvent[]): boolean =>
  events.some((event) => event.type === 'cut-short' && event.reason.startsWith(unwritten));

/** The events of some lines of a journal. */
export const eventsIn = (lines: string): RunEvent[] =>
  lines.split('\n').flatMap((line): RunEvent[] => (line === '' ? [] : [JSON.parse(line)])); // journalTo wrote them

/** An event without secrets: a reason can hold one in a spelling that only judging undid. The client redacts exchanges. */
export function redacted(event: RunEvent, redact: (text: string) => string): RunEvent {
  if (event.type === 'cut-short') return { ...event, reason: redact(event.reason) };
  if (event.type === 'fault')
    return { ...event, fault: { ...event.fault, reason: redact(event.fault.reason) } };
  if (event.type === 'closed') return { ...event, accidents: event.accidents.map(redact) };
  if (event.type === 'assigned')
    return { ...event, assignment: redactedAssignment(event.assignment, redact) };
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

function redactedAssignment(assignment: Assignment, redact: (text: string) => string): Assignment {
  const { given } = assignment;
  if ('outOfReach' in given) return { ...assignment, given: { outOfReach: redact(given.outOfReach) } };
  if ('missed' in given) return { ...assignment, given: { ...given, missed: redact(given.missed) } };
  return assignment;
}

/**
 * Reads the journal of a run that has ended, one way or the other. A last line that was cut off is left out.
 * @throws {UserError} exit 2: it is empty, not ours, of another version, or damaged
 */
export function readJournal(file: string): RunLog {
  const events: RunEvent[] = [];
  for (const line of wholeLines(readFileSync(file))) {
    const event = eventOf(line);
    if (!event) throw notOurs(`${file}: line ${events.length + 1} is not an event of a run.`);
    events.push(event);
  }
  const [started] = events;
  if (!started) throw notOurs(`${file} is empty.`);
  if (started.type !== 'started') throw notOurs(`${file} does not begin with the start of a run.`);
  if (started.schema !== journalSchema)
    throw notOurs(`${file} has the schema ${started.schema}; this program reads ${journalSchema}.`);
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
  const event = parsedJson(line);
  return typeof field(event, 'type') === 'string' ? (event as RunEvent) : undefined; // the schema in the first line says that we wrote it
}

const notOurs = (problem: string): UserError =>
  new UserError(problem, 'Name the folder of a run by this version of the program.', 2);
