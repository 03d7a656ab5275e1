/**
 * `crdb-conformance monitor`: a reverse proxy that judges the traffic of others, until Ctrl-C or until the command ends
 * that it runs. What is proven is shown as it comes; the end, and SIGUSR2, bring the reports.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { printable } from '../../reports/text/escape.ts';
import { outFolder } from '../api/out-folder.ts';
import { readText, targetUrl } from '../config/options.ts';
import { type TlsOptions, trustOf } from '../http/target.ts';
import { oracleTimes } from '../judge/oracle/guard.ts';
import { UserError } from '../model/errors.ts';
import { defaultSettings } from '../model/settings.ts';
import { type Monitor, startMonitor } from '../monitor/monitor.ts';
import { recordName } from '../monitor/record.ts';
import { selfSigned } from '../reference/certificate.ts';
import type { TrafficFlags } from './judge-traffic.ts';
import { tell } from './report.ts';
import type { Terminal } from './terminal.ts';

export interface MonitorFlags extends TrafficFlags, TlsOptions {
  readonly target: string;
  readonly listen?: number;
  readonly host?: string;
  readonly tls?: boolean;
  readonly listenCert?: string;
  readonly listenKey?: string;
  readonly metrics?: number;
  readonly failFast?: boolean;
}

/** Of one clause, so many violations are shown as they come. */
const shownEach = 5;

/**
 * @param command what to run against the proxy, with its arguments; its address is in CRDB_URL
 * @returns the exit code of the verdict; where that is 0, that of the command
 * @throws {UserError} exit 2: wrong options, or it can't listen on the port
 */
export async function monitor(
  command: readonly string[],
  flags: MonitorFlags,
  io: Terminal,
): Promise<number> {
  const stop = new AbortController();
  const shown = new Map<string, number>();
  const { out } = flags;
  await using running = await startMonitor({
    target: { url: targetUrl(flags.target), ...trustOf(flags, io.env, readText) },
    listen: { host: flags.host ?? '127.0.0.1', port: flags.listen ?? 0 },
    tls: await served(flags),
    metricsPort: flags.metrics,
    settings: oracleTimes({ ...defaultSettings, ...flags }),
    soleClient: flags.soleClient ?? false,
    control: flags.control ?? false,
    contract: flags.contract,
    requireComplete: flags.requireComplete ?? false,
    record: out === undefined ? undefined : join(outFolder(out), recordName),
    onProven({ clause, level, reason }) {
      const count = (shown.get(clause) ?? 0) + 1;
      shown.set(clause, count);
      const word = level === 'must' ? 'BROKEN' : 'warning';
      if (count <= shownEach) io.write(`${word} ${clause}: ${printable(reason, 1000)}\n`);
      if (count === shownEach) io.write(`${clause}: further ones are counted, and not shown\n`);
      if (flags.failFast && level === 'must') stop.abort();
    },
    onTrouble: (line) => io.error(`${printable(line, 500)}\n`),
  });
  io.write(`The monitor listens on ${running.url} and passes everything on to ${flags.target}\n`);
  if (running.metricsUrl !== undefined) io.write(`Metrics: ${running.metricsUrl}\n`);
  const report = async (): Promise<number> => tell(await running.report(), out, io);
  /** What keeps a report in the middle from being made must not end the monitor. */
  const onSignal = (): void =>
    void report().catch((error: unknown) =>
      io.error(`There is no report: ${printable(error instanceof Error ? error.message : String(error))}\n`),
    );
  process.on('SIGUSR2', onSignal);
  try {
    const code =
      command.length === 0 ? await stopped(io, stop.signal) : await ran(command, running, stop.signal, io);
    await running.close();
    const verdict = await report();
    return verdict === 0 || (verdict === 4 && code !== 0) ? code : verdict;
  } finally {
    process.off('SIGUSR2', onSignal);
  }
}

async function stopped({ interrupt, write }: Terminal, failed: AbortSignal): Promise<number> {
  write('Press Ctrl-C to stop.\n');
  const either = AbortSignal.any([interrupt, failed]);
  const alive = setInterval(() => {}, 60_000); // its sockets alone may be none
  if (!either.aborted) await once(either, 'abort');
  clearInterval(alive);
  return 0;
}

/** Runs a command until it ends. @returns its exit code; 3 where a signal ended it */
async function ran(
  [program = '', ...args]: readonly string[],
  { url }: Monitor,
  failed: AbortSignal,
  { env, interrupt }: Terminal,
): Promise<number> {
  const child: ChildProcess = spawn(program, args, { stdio: 'inherit', env: { ...env, CRDB_URL: url } });
  const end = (): void => void child.kill('SIGTERM');
  const either = AbortSignal.any([interrupt, failed]);
  either.addEventListener('abort', end);
  try {
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : 3;
  } catch (error) {
    throw new UserError(
      `${program} can’t be run: ${error instanceof Error ? error.message : ''}.`,
      'Name a command after --, such as: monitor --target URL -- npm test',
      2,
      { cause: error },
    );
  } finally {
    either.removeEventListener('abort', end);
  }
}

/** What clients are served with by TLS; undefined: they connect without. */
async function served({ tls, listenCert, listenKey, host = 'localhost' }: MonitorFlags) {
  if ((listenCert === undefined) !== (listenKey === undefined))
    throw new UserError('A certificate needs its key.', 'Give both: --listen-cert FILE --listen-key FILE', 2);
  if (listenCert !== undefined && listenKey !== undefined)
    return { cert: readText(listenCert, '--listen-cert'), key: readText(listenKey, '--listen-key') };
  return tls ? selfSigned(host, ['localhost', '127.0.0.1', host]) : undefined;
}
