/** One target of a fleet. Whatever becomes of it, the others go on. */
import { join } from 'node:path';
import type { FleetEntry, FleetResult } from '../../reports/fleet.ts';
import { headline } from '../../reports/sentences.ts';
import { type FleetTarget, type RunOptions, settingsOf, targetOf } from '../config/options.ts';
import type { Passwords } from '../config/passwords.ts';
import { CalledOff } from '../container/bootstrap.ts';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { type Reached, standing } from '../run/reached.ts';
import { type Basis, trialOf } from '../run/trial.ts';
import type { WorkerPool } from '../run/worker-pool.ts';
import type { Memory } from './memory.ts';
import type { Terminal } from './terminal.ts';
import { tested } from './tested.ts';

export interface FleetMember {
  readonly name: string;
  readonly labels: readonly string[];
  readonly options: RunOptions;
  /** Where it is, without credentials. */
  readonly url: string;
  /** @throws {UserError} it can't be reached @throws {CalledOff} by an interrupt */
  reach(): Promise<Reached>;
}

/** What all of them share. */
export interface FleetRun {
  readonly basis: Basis;
  readonly out: string;
  readonly pool: WorkerPool;
  readonly memory: Memory;
  readonly io: Terminal;
  readonly nowMs: () => number;
  /** For all of them together. */
  readonly maxDurationS: number | undefined;
}

export interface Tried {
  readonly entry: FleetEntry;
}

/** @throws {UserError} exit 2: it could not be tested as it is configured, which is better known before any is */
export async function memberOf(
  { name, labels = [] }: FleetTarget,
  options: RunOptions,
  env: NodeJS.ProcessEnv,
  passwordOf: Passwords,
): Promise<FleetMember> {
  try {
    const target = await targetOf(options, env, passwordOf);
    if (target) return { name, labels, options, url: target.url.href, reach: async () => standing(target) };
    throw new TypeError('the schema lets no target be without its address');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Target ${name}: ${error.message}`, error.remedy, error.exitCode, { cause: error });
  }
}

/** Tries it, and writes its reports into its folder. Never throws: what goes wrong is this target's alone. */
export async function tryMember(member: FleetMember, fleet: FleetRun): Promise<Tried> {
  const { name, labels, url } = member;
  const about = { name, labels, url };
  const missed = (problem: string, exitCode: number): Tried => ({
    entry: { ...about, exitCode, result: null, problem },
  });
  const { io, maxDurationS, nowMs } = fleet;
  const leftS = maxDurationS === undefined ? undefined : maxDurationS - nowMs() / 1000;
  if (io.interrupt.aborted) return missed('interrupted before it began', 130);
  if (leftS !== undefined && leftS <= 0)
    return missed(`the time of --max-duration-s ${maxDurationS} s was up before it began`, 4);
  try {
    const { exitCode, result } = await tryOn(member, fleet, leftS);
    if (!result) return missed('interrupted before it began', exitCode);
    return { entry: { ...about, exitCode, result, problem: null } };
  } catch (error) {
    if (error instanceof CalledOff) return missed('interrupted before it began', 130);
    if (error instanceof UserError) return missed(`${error.message} ${error.remedy}`, error.exitCode);
    return missed(`the harness itself failed: ${error instanceof Error ? error.message : error}`, 3);
  }
}

async function tryOn(
  { name, labels, options, reach }: FleetMember,
  { basis, out, pool, memory, io }: FleetRun,
  leftS: number | undefined,
): Promise<Outcome> {
  await using reached = await reach();
  const folder = join(out, name);
  const settings = { ...settingsOf(options), ...(leftS === undefined ? {} : { maxDurationS: leftS }) };
  const { target } = reached;
  const trial = { ...trialOf(options, { target, names: [name, ...labels] }, basis), pool };
  let told: Omit<Outcome, 'exitCode'> = {};
  // Of the report only this is kept: fifty of them whole would not be small.
  const noting: Memory = {
    ...memory,
    keep(report) {
      told = { result: resultOf(report) };
      memory.keep(report);
    },
  };
  const exitCode = await tested(trial, { settings, times: 1, out: folder }, quietly(name, io), noting);
  return { exitCode, ...told };
}

/** Interrupted at once it leaves no report; later it leaves one. */
interface Outcome {
  readonly exitCode: number;
  readonly result?: FleetResult;
}

export const resultOf = (report: Report): FleetResult => ({
  verdict: report.verdict,
  headline: headline(report),
  run: report.run.id,
  must: report.summary.must,
});

/** Of each target only what went wrong is told while others run, and of which it is. */
function quietly(name: string, io: Terminal): Terminal {
  const { GITHUB_ACTIONS: _, ...env } = io.env; // which shows ten of a level: a line for each target is enough
  return {
    ...io,
    env,
    screen: { write: () => {} },
    write: () => {},
    command: () => {},
    error: (text) => io.error(text.replace(/^(?=.)/gm, `${name}: `)),
  };
}
