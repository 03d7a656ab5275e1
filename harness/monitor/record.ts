/**
 * The record of a monitor: a line for each exchange and for each thing that was proven, so that it can be judged again.
 * Credentials are in none of them.
 */
import { appendFileSync, createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isRecord, parsedJson } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';

export const recordName = 'traffic.ndjson';
export const recordSchema = 'crdb-conformance/traffic@1';

export interface RecordHead {
  readonly type: 'traffic';
  readonly schema: typeof recordSchema;
  readonly target: { readonly name: string; readonly url: string };
  /** Of instant 0, RFC 3339. */
  readonly startedAt: string;
  readonly soleClient: boolean;
  readonly control: boolean;
}

export type RecordLine =
  | RecordHead
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  /** Everything that was sent before this instant stands above. */
  | { readonly type: 'until'; readonly ms: number }
  | { readonly type: 'gap'; readonly reason: string }
  | {
      readonly type: 'proven';
      readonly clause: string;
      readonly level: string;
      readonly reason: string;
      readonly exchanges: readonly string[];
    };

const textOf = (lines: readonly RecordLine[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** @returns what appends lines; @throws the file can't be written */
export function recordTo(file: string, head: RecordHead): (lines: readonly RecordLine[]) => void {
  writeFileSync(file, textOf([head]));
  return (lines) => {
    if (lines.length > 0) appendFileSync(file, textOf(lines));
  };
}

/**
 * Reads a record, a line at a time. A last line that was cut off is left out.
 * @returns its head
 * @throws {UserError} exit 2: it is no record of this version, or it is damaged
 */
export async function readRecord(
  file: string,
  onLine: (line: Exclude<RecordLine, RecordHead>, head: RecordHead) => void,
): Promise<RecordHead> {
  let head: RecordHead | undefined;
  let number = 0;
  let broken: number | undefined;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    if (broken !== undefined) throw notOurs(`${file}: line ${broken} is no line of a record.`);
    const line = lineOf(text);
    if (!line) broken = number;
    else if (line.type === 'traffic') head = line;
    else if (!head) throw notOurs(`${file} does not begin with the head of a record.`);
    else onLine(line, head);
  }
  if (!head) throw notOurs(`${file} is empty, or is no record of a monitor.`);
  if (head.schema !== recordSchema)
    throw notOurs(`${file} has the schema ${String(head.schema)}; this program reads ${recordSchema}.`);
  return head;
}

function lineOf(text: string): RecordLine | undefined {
  const line = parsedJson(text);
  return isRecord(line) && isWhole(line) ? (line as unknown as RecordLine) : undefined; // what is used of it was looked at
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a line has what is used of it; a file may come from anywhere. */
function isWhole({ type, exchange, target, startedAt, ms, reason }: Fields): boolean {
  if (type === 'traffic')
    return (
      hasTexts(target, 'name', 'url') &&
      URL.canParse(String(target.url)) &&
      Number.isFinite(Date.parse(String(startedAt)))
    );
  if (type === 'exchange') return isRecord(exchange) && isExchange(exchange);
  if (type === 'until') return typeof ms === 'number';
  return type === 'gap' ? typeof reason === 'string' : type === 'proven';
}

const isExchange = ({ id, operation, sentAt, receivedAt, lost, request, response }: Fields): boolean =>
  hasTexts({ id, operation, lost: lost ?? '' }, 'id', 'operation', 'lost') &&
  Number.isFinite(sentAt) &&
  Number.isFinite(receivedAt) &&
  hasTexts(request, 'method', 'path', 'credentials') &&
  isMessage({ body: '', ...request }) &&
  (response === undefined ||
    (isRecord(response) && typeof response.status === 'number' && isMessage(response)));

const isMessage = ({ headers, body }: Fields): boolean =>
  isRecord(headers) &&
  Object.values(headers).every((value) => typeof value === 'string') &&
  typeof body === 'string';

const hasTexts = (value: unknown, ...names: readonly string[]): value is Fields =>
  isRecord(value) && names.every((name) => typeof value[name] === 'string');

const notOurs = (problem: string): UserError =>
  new UserError(problem, 'Name the traffic.ndjson in the folder of a monitor.', 2);
