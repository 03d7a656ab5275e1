/** The thread in which a monitor judges: whatever it does, it delays no request. */
import { parentPort, workerData } from 'node:worker_threads';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { explain } from '../judge/oracle/explain.ts';
import { limits } from '../model/settings.ts';
import { loadContract } from '../run/contract.ts';
import type { RunLog } from '../run/journal.ts';
import { exchangeIds, exchangeOf } from './exchange.ts';
import { metricsText } from './metrics.ts';
import type { Proven } from './proofs.ts';
import { type RecordLine, recordSchema, recordTo } from './record.ts';
import { redactors } from './recorded.ts';
import type { Batch, WireMessage } from './tap.ts';
import { TrafficJudge, type TrafficOptions } from './traffic-judge.ts';
import { trafficLog } from './verdict.ts';

export interface ThreadStart {
  readonly options: TrafficOptions;
  readonly contract: string | undefined;
  readonly requireComplete: boolean;
  readonly target: { readonly name: string; readonly url: string };
  readonly id: string;
  /** Of instant 0, in milliseconds since 1970. */
  readonly epochMs: number;
  readonly record: string | undefined;
}

export type ToThread =
  | Batch
  | { readonly type: 'report' }
  | { readonly type: 'metrics'; readonly passed: number };

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'judged' }
  | { readonly type: 'proven'; readonly clause: string; readonly level: string; readonly reason: string }
  | { readonly type: 'trouble'; readonly line: string }
  | { readonly type: 'report'; readonly log: RunLog }
  | { readonly type: 'metrics'; readonly text: string };

async function serve(port: NonNullable<typeof parentPort>, start: ThreadStart): Promise<void> {
  const contract = await loadContract(start.contract);
  const tell = (message: FromThread): void => port.postMessage(message);
  const lines: RecordLine[] = [];
  const write = recording(start, (line) => tell({ type: 'trouble', line }));
  const judge = new TrafficJudge(start.options, contract.validators, (proven) => {
    const line = lineOf(proven, (clause) => contract.register.byId.get(clause)?.level ?? 'must');
    lines.push(line);
    tell({ type: 'proven', clause: line.clause, level: line.level, reason: line.reason });
  });
  const idOf = exchangeIds();
  const redactFor = redactors();
  let skipped = 0;
  const take = ({ messages, untilMs, gap, skipped: more = 0 }: Batch): void => {
    skipped += more;
    for (const message of messages) {
      const exchange = exchangeOf(decoded(message), idOf, redactFor(message));
      lines.push({ type: 'exchange', exchange });
      judge.add(exchange);
    }
    if (gap !== undefined) {
      judge.forgetAll(gap);
      if (more > 0) judge.unused('exchanges that were left out, because judging fell behind', more);
      lines.push({ type: 'gap', reason: gap });
    }
    judge.advance(untilMs);
    if (messages.length > 0) lines.push({ type: 'until', ms: untilMs });
    write(lines.splice(0));
    tell({ type: 'judged' });
  };
  port.on('message', (message: ToThread) => {
    if (message.type === 'batch') take(message);
    else if (message.type === 'metrics')
      tell({
        type: 'metrics',
        text: metricsText(judge.verdict, { liveTasks: judge.liveTasks, passed: message.passed, skipped }),
      });
    else {
      write(lines.splice(0));
      tell({ type: 'report', log: trafficLog(judge.verdict, start, contract) });
    }
  });
  tell({ type: 'ready' });
}

/** What is proven, as a line of the record. */
function lineOf(
  proven: Proven,
  levelOf: (clause: string) => string,
): Extract<RecordLine, { readonly type: 'proven' }> {
  const said =
    'violation' in proven
      ? {
          ...proven.violation,
          reason: explain(proven.violation).reason,
          exchanges: proven.violation.evidence.map(({ exchange }) => exchange.id),
        }
      : {
          clause: proven.clause,
          reason: proven.finding.reason,
          exchanges: proven.finding.exchanges.map(({ id }) => id),
        };
  const { clause, reason, exchanges } = said;
  return { type: 'proven', clause, level: levelOf(clause), reason, exchanges };
}

/** A record that can't be written ends; the judging goes on. */
function recording(
  { record, target, epochMs, options: { soleClient, control } }: ThreadStart,
  onFailure: (line: string) => void,
): (lines: readonly RecordLine[]) => void {
  if (record === undefined) return () => {};
  let append: ((lines: readonly RecordLine[]) => void) | undefined;
  let failed = false;
  return (lines) => {
    if (failed) return;
    try {
      append ??= recordTo(record, {
        type: 'traffic',
        schema: recordSchema,
        target,
        startedAt: new Date(epochMs).toISOString(),
        soleClient,
        control,
      });
      append(lines);
    } catch (error) {
      failed = true;
      onFailure(`${record} can’t be written any more: ${error instanceof Error ? error.message : ''}`);
    }
  };
}

/** A message with its bodies as text. */
function decoded({ requestBody, responseBody, ...message }: WireMessage): Parameters<typeof exchangeOf>[0] {
  const encoding =
    message.responseHeaders.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1] ?? 'identity';
  const text = message.isCut ? '' : unzipped(Buffer.from(responseBody), encoding.trim().toLowerCase());
  return {
    ...message,
    requestBody: Buffer.from(requestBody).toString('utf8'),
    responseBody: text ?? '',
    isCut: message.isCut || text === undefined,
  };
}

const unzip: Readonly<
  Record<string, (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer>
> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** @returns undefined where it can't be decoded, or is too long */
function unzipped(body: Buffer, encoding: string): string | undefined {
  if (encoding === 'identity' || encoding === '' || body.length === 0) return body.toString('utf8');
  try {
    return unzip[encoding]?.(body, { maxOutputLength: limits.bodyBytesRead }).toString('utf8');
  } catch {
    return undefined;
  }
}

if (parentPort) await serve(parentPort, workerData as ThreadStart); // the monitor starts it so
