/** The library: a run as a function. */
import type { Report } from '../model/report.ts';
import { type ConformanceOptions, conform } from './conform.ts';

export { UserError } from '../model/errors.ts';
export type { Report } from '../model/report.ts';
export type { Phase } from '../model/task.ts';
export type { MadeTask, NewTask, OwnProvisioner } from '../provision/provisioner.ts';
export type { ConformanceOptions, TargetAddress } from './conform.ts';
export {
  type ConformanceMonitor,
  type MonitorConformanceOptions,
  monitorConformance,
} from './monitor.ts';

/**
 * Tests a target once.
 * @returns its report: whether it is conformant, `verdict` says
 * @throws {UserError} the options can't be used, or the target can't be tested: `message` says what, `remedy` what to do
 * @throws {Error} the harness itself failed, so that there is no verdict
 * @throws the reason of the signal, where that was aborted before the run began
 */
export async function runConformance(options: ConformanceOptions): Promise<Report> {
  const { report, broken } = await conform(options);
  if (broken.length > 0) throw new Error(`The program itself failed: ${broken.join('; ')}`);
  return report;
}
