/** `run` with `targets:` in the configuration: many targets beside each other, each with its own report. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type Fleet,
  type FleetEntry,
  type FleetResult,
  fleetSchema,
  fleetVerdict,
} from '../../reports/fleet.ts';
import { fleetAnnotations } from '../../reports/github.ts';
import { fleetText, versionsText } from '../../reports/terminal-fleet.ts';
import { printable } from '../../reports/text/escape.ts';
import { formatFiles } from '../../reports/text/format-ids.ts';
import { suggestion } from '../../spec/nearest.ts';
import { outFolder, removeOldRun } from '../api/out-folder.ts';
import { optionTable } from '../config/option-table.ts';
import { settingsOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import type { FleetTarget, RunOptions } from '../config/run-options.ts';
import { CalledOff } from '../container/bootstrap.ts';
import { realClock } from '../http/clock.ts';
import { semaphore } from '../http/environment.ts';
import { UserError } from '../model/errors.ts';
import { worstCode } from '../model/verdict.ts';
import { judgedBy } from '../run/contract.ts';
import { configHash, shardedTargets, shardOf } from '../run/fleet.ts';
import { lockFolders } from '../run/folder-lock.ts';
import { type RunScope, scopeOf } from '../run/plan.ts';
import type { WorkerPool, WorkerPoolMaker } from '../run/worker-pool.ts';
import { memoryOf, type RunMemory } from './memory.ts';
import { removeFleet, resultOf, writeFleet } from './merge.ts';
import { testedTarget } from './one-target.ts';
import { type ReachableTarget, reachable } from './reach.ts';
import { readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

interface FleetMember extends Pick<ReachableTarget, 'url' | 'options' | 'reach'> {
  readonly name: string;
  readonly labels: readonly string[];
}

interface FleetRun {
  readonly scope: RunScope;
  readonly out: string;
  readonly pool: WorkerPool;
  readonly memory: RunMemory;
  readonly io: Terminal;
  /** Since the start of the fleet. */
  readonly nowMs: () => number;
  /** For all of them together. */
  readonly maxDurationS: number | undefined;
}

/**
 * @param given the options of all
 * @param of the options of one target
 * @param poolOf makes the threads of the run
 * @returns the exit code: the worst of the targets'
 * @throws {UserError} exit 2, before anything was tested
 */
export async function runFleet(
  given: RunOptions,
  of: (target: FleetTarget) => RunOptions,
  io: Terminal,
  poolOf: WorkerPoolMaker,
): Promise<number> {
  const {
    targets: all = [],
    shard: part,
    targetsAtOnce = optionTable.targetsAtOnce.default,
    maxDurationS,
  } = given;
  if (targetsAtOnce < 1)
    throw new UserError(
      `--targets-at-once ${targetsAtOnce} is not a number of targets.`,
      'Give a whole number from 1 up.',
      2,
    );
  const shard = part === undefined ? undefined : shardOf(part, all.length);
  const scope = await scopeOf(given);
  refuseUnknownTargets(scope, all);
  const members = await membersOf(shard ? shardedTargets(all, shard) : all, of, io);
  const out = outFolder(given.out ?? 'reports/out');
  const folders = members.map(({ name }) => outFolder(join(out, name)));
  using _locks = lockFolders(out, ...folders);
  for (const folder of folders) removeOldRun(folder);
  removeFleet(out);
  await using memory = memoryOf(given, io);
  await using pool = poolOf(Math.min(availableParallelism(), members.length, targetsAtOnce), {
    contract: given.contract,
  });
  const { nowMs } = realClock();
  const startedAt = new Date().toISOString();
  const shared: FleetRun = { scope, out, pool, memory, io, nowMs, maxDurationS };
  const turn = semaphore(targetsAtOnce);
  let done = 0;
  const targets = await Promise.all(
    members.map((member) =>
      turn(async () => {
        const entry = await testMember(member, shared);
        io.screen.write(`${++done} of ${members.length}: ${lineOf(entry)}\n`);
        return entry;
      }),
    ),
  );
  const { harnessVersion, docsVersion, hashes } = judgedBy(scope.contract);
  const fleet: Fleet = {
    schema: fleetSchema,
    verdict: fleetVerdict(targets),
    exitCode: io.interrupt.aborted ? 130 : worstCode(targets.map(({ exitCode }) => exitCode)),
    shard: shard ?? null,
    startedAt,
    durationMs: Math.round(nowMs()),
    harnessVersion,
    docsVersion,
    hashes: { ...hashes, config: configHash(given) },
    planned: all.map(({ name }) => name),
    targets,
  };
  const file = writeFleet(fleet, out);
  if (io.env.GITHUB_ACTIONS === 'true') io.command(fleetAnnotations(fleet));
  const compared = comparedVersions(members, fleet, out, io.width);
  io.write(fleetText(fleet, { colour: io.colour, width: io.width, file, compared }));
  return fleet.exitCode;
}

/** @throws {UserError} exit 2: one of them can't be tested as it is configured, which is found before any is tested */
async function membersOf(
  targets: readonly FleetTarget[],
  of: (target: FleetTarget) => RunOptions,
  io: Terminal,
): Promise<readonly FleetMember[]> {
  const passwordOf = passwordsFrom(io);
  const members: FleetMember[] = [];
  for (const target of targets) {
    const { name, labels = [] } = target;
    const { targets: _, ...options } = of(target);
    try {
      const { url, reach, ...reached } = await reachable(options, passwordOf, io);
      members.push({ name, labels, url, reach, options: reached.options });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`Target ${name}: ${error.message}`, error.remedy, error.exitCode, { cause: error });
    }
  }
  return members;
}

/** Tests it, and writes its reports into its folder. Never throws: a fault concerns this target alone. */
async function testMember(member: FleetMember, fleet: FleetRun): Promise<FleetEntry> {
  const { name, labels, url } = member;
  const notTested = (problem: string, exitCode: number): FleetEntry => ({
    name,
    labels,
    url,
    exitCode,
    result: null,
    problem,
  });
  const { io, maxDurationS, nowMs } = fleet;
  const leftS = maxDurationS === undefined ? undefined : maxDurationS - nowMs() / 1000;
  if (io.interrupt.aborted) return notTested('interrupted before it began', 130);
  if (leftS !== undefined && leftS <= 0)
    return notTested(`the limit of --max-duration-s ${maxDurationS} was reached before it began`, 4);
  try {
    const tested = await reportedMember(member, fleet, leftS);
    if (!tested) return notTested('interrupted before it began', 130);
    return { name, labels, url, ...tested, problem: null };
  } catch (error) {
    if (error instanceof CalledOff) return notTested('interrupted before it began', 130);
    if (error instanceof UserError) return notTested(`${error.message} ${error.remedy}`, error.exitCode);
    return notTested(`the program itself failed: ${error instanceof Error ? error.message : error}`, 3);
  }
}

/** @returns undefined where it was interrupted before it began */
async function reportedMember(
  { name, labels, options, reach }: FleetMember,
  { scope, out, pool, memory, io }: FleetRun,
  leftS: number | undefined,
): Promise<Pick<FleetEntry, 'exitCode' | 'result'> | undefined> {
  await using reached = await reach();
  const settings = { ...settingsOf(options), ...(leftS === undefined ? {} : { maxDurationS: leftS }) };
  let result: FleetResult | null = null; // all that is kept of the report: fifty of them whole would not be small
  const noting: RunMemory = {
    ...memory,
    keep(report) {
      result = resultOf(report);
      memory.keep(report);
    },
  };
  const exitCode = await testedTarget(
    { options, scope, settings, target: reached.target, names: [name, ...labels], folder: join(out, name) },
    { pool, io: quietly(name, io), memory: noting },
  );
  return exitCode === undefined ? undefined : { exitCode, result };
}

/** The terminal of one target while others run: it shows errors alone, with the name of the target. */
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

const lineOf = ({ name, result, problem }: FleetEntry): string =>
  printable(`${name} ${result?.headline ?? `not tested: ${problem}`}`);

/** How the containers of the fleet differ, clause by clause: they are versions of one server. */
function comparedVersions(
  members: readonly FleetMember[],
  { targets }: Fleet,
  out: string,
  width: number,
): readonly string[] {
  const versions = targets.filter(
    ({ name, result }) =>
      result && members.some((member) => member.name === name && member.options.container !== undefined),
  );
  return versionsText(
    versions.map(({ name }) => ({ name, report: readReport(join(out, name, formatFiles.json)) })),
    width,
  );
}

/** @throws {UserError} exit 2: a known failure of a target that does not exist would never be held against anything */
function refuseUnknownTargets(
  { expected }: RunScope,
  targets: readonly Pick<FleetTarget, 'name' | 'labels'>[],
): void {
  const names = targets.flatMap(({ name, labels = [] }) => [name, ...labels]);
  const entry = expected?.entries.find(({ target }) => target !== undefined && !names.includes(target));
  if (!expected || entry?.target === undefined) return;
  throw new UserError(
    `${expected.file}:${entry.lines[0]}: no target is named or labelled ${entry.target}.`,
    suggestion(entry.target, names, 'Correct it there, or in the configuration.'),
    2,
  );
}
