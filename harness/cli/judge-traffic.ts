/** `crdb-conformance judge` of traffic: an HTTP Archive, or the record of a monitor. What it says of a recording is a report like that of a run. */
import { basename } from 'node:path';
import { printable } from '../../reports/text/escape.ts';
import { counted } from '../../reports/text/sentences.ts';
import type { Validators } from '../../spec/validators.ts';
import { oracleTimes } from '../judge/oracle/guard.ts';
import { UserError } from '../model/errors.ts';
import { defaultSettings } from '../model/settings.ts';
import { type JudgedAddress, type JudgedRecording, judgeHar, judgeRecord } from '../monitor/recorded.ts';
import type { TrafficOptions } from '../monitor/traffic-judge.ts';
import { trafficLog } from '../monitor/verdict.ts';
import { loadContract } from '../run/contract.ts';
import { tell } from './report.ts';
import { isFile, startOf } from './report-file.ts';
import type { Terminal } from './terminal.ts';

export interface TrafficFlags {
  readonly target?: string;
  readonly soleClient?: boolean;
  readonly control?: boolean;
  readonly graceS?: number;
  readonly settleS?: number;
  readonly contract?: string;
  readonly out?: string;
  readonly requireComplete?: boolean;
}

/**
 * Judges recorded traffic.
 * @returns 0 nothing broken · 1 non-conformant · 4 nothing at all is proven, or `--require-complete` asks for more
 * @throws {UserError} exit 2: the file is neither, or holds no exchange with the API
 */
export async function judgeTraffic(file: string, flags: TrafficFlags, io: Terminal): Promise<number> {
  const contract = await loadContract(flags.contract);
  const options = {
    settings: oracleTimes({ ...defaultSettings, ...flags }),
    soleClient: flags.soleClient ?? false,
    control: flags.control ?? false,
  };
  const { url, judge, ...source } = await judged(file, flags, options, contract.validators);
  const log = trafficLog(
    judge.verdict,
    {
      id: `traffic-${basename(file).replaceAll(/[^\w.-]/g, '-')}`,
      target: { name: new URL(url).host, url },
      requireComplete: flags.requireComplete ?? false,
      ...source,
    },
    contract,
  );
  return tell(log, flags.out, io);
}

interface JudgedFile extends JudgedAddress {
  readonly options: TrafficOptions;
  readonly epochMs: number;
}

async function judged(
  file: string,
  { target }: TrafficFlags,
  options: TrafficOptions,
  validators: Validators,
): Promise<JudgedFile> {
  if (!/\.har$/i.test(file) && startOf(file).startsWith('{"type":"traffic"'))
    return judgeRecord(file, options, validators);
  const recording = await judgeHar(file, options, validators);
  const { url, judge } = chosen(file, recording, target);
  for (const [reason, count] of recording.unused) judge.unused(reason, count);
  for (const other of recording.addresses)
    if (other.url !== url)
      judge.unused(`exchanges with ${other.url} (see --target)`, other.judge.verdict.exchanges);
  return { url, judge, options, epochMs: 0 };
}

/** Whether a file is recorded traffic, by its name or by how it begins. */
export const isTraffic = (file: string): boolean =>
  /\.har$/i.test(file) || (isFile(file) && /^\uFEFF?\s*\{\s*"log"|^\{"type":"traffic"/.test(startOf(file)));

function chosen(
  file: string,
  { addresses, entries }: JudgedRecording,
  target: string | undefined,
): JudgedAddress {
  const wanted = target?.replace(/\/+$/, '');
  const found = wanted === undefined ? addresses[0] : addresses.find(({ url }) => url === wanted);
  if (found) return found;
  const others =
    addresses.length === 0
      ? 'none is with the API'
      : `they are with ${addresses.map(({ url }) => url).join(', ')}`;
  throw new UserError(
    printable(
      `${file}: of ${counted(entries, 'exchange')}, ${wanted === undefined ? others : `none is with ${wanted}; ${others}`}.`,
      500,
    ),
    'Record a client that uses /v1/crdb_tasks.',
    2,
  );
}
