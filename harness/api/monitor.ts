/** The library: a monitor for a vendor's own tests. */
import { terminal } from '../../reports/terminal.ts';
import { targetUrl } from '../config/options.ts';
import { oracleTimes } from '../judge/oracle/guard.ts';
import type { Report } from '../model/report.ts';
import { defaultSettings } from '../model/settings.ts';
import { startMonitor } from '../monitor/monitor.ts';
import type { RunLog } from '../run/journal.ts';
import { reportOf } from '../run/report.ts';

export interface MonitorConformanceOptions {
  /** Where everything is passed on to. */
  readonly target: string;
  /** No other client acts on the tasks: more can be proven. */
  readonly soleClient?: boolean;
  /** Requests of the task control protocol are believed. */
  readonly control?: boolean;
  /** PEM of the authority that signed the target's certificate. */
  readonly ca?: string;
  /** Accepts any certificate of the target. */
  readonly insecure?: boolean;
  /** Where tests connect: a free port of 127.0.0.1 by default. */
  readonly host?: string;
  readonly port?: number;
  readonly graceS?: number;
  readonly settleS?: number;
  /** An edition of the docs. */
  readonly contract?: string;
}

export interface ConformanceMonitor {
  /** The address that tests use instead of the target's. */
  readonly url: string;
  /** What is proven so far, a line each. */
  readonly violations: readonly string[];
  /** The target was reset, as mocks are between tests: ids may name other tasks from now on. */
  forget(): void;
  /**
   * Ends the monitor.
   * @returns the report of all traffic
   * @throws {Error} a must clause is broken: the message is the report
   */
  verdict(): Promise<Report>;
  /** Ends the monitor without a verdict; what was sent until then is judged, so `violations` are complete. */
  close(): Promise<void>;
}

/**
 * Starts a monitor before a target, for the time of a test suite: `afterAll(() => monitor.verdict())`.
 * @throws {UserError} the options can't be used
 */
export async function monitorConformance(options: MonitorConformanceOptions): Promise<ConformanceMonitor> {
  const {
    target,
    soleClient = false,
    control = false,
    ca,
    insecure = false,
    host = '127.0.0.1',
    port = 0,
  } = options;
  const { contract, graceS = defaultSettings.graceS, settleS = defaultSettings.settleS } = options;
  const violations: string[] = [];
  const monitor = await startMonitor({
    target: { url: targetUrl(target), insecure, ...(ca === undefined ? {} : { ca }) },
    listen: { host, port },
    settings: oracleTimes({ graceS, settleS }),
    soleClient,
    control,
    contract,
    onProven: ({ clause, reason }) => violations.push(`${clause}: ${reason}`),
  });
  let log: Promise<RunLog> | undefined;
  const end = async (): Promise<RunLog> => {
    await using ending = monitor;
    await ending.close();
    return await ending.report();
  };
  const ended = (): Promise<RunLog> => {
    log ??= end();
    return log;
  };
  return {
    url: monitor.url,
    violations,
    forget: () => monitor.forget(),
    async verdict() {
      const report = reportOf(await ended());
      if (report.verdict === 'non-conformant')
        throw new Error(
          `The traffic breaks the contract.\n${terminal(report, { colour: false, width: 100 })}`,
        );
      return report;
    },
    async close() {
      await ended();
    },
  };
}
