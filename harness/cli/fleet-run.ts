/** `run` with `targets:` in the configuration: many targets beside each other, each with its own report. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { printable } from '../../reports/escape.ts';
import { type Fleet, type FleetEntry, fleetSchema, fleetVerdict } from '../../reports/fleet.ts';
import { fleetAnnotations } from '../../reports/github.ts';
import { fleetText } from '../../reports/terminal/fleet.ts';
import { nearest } from '../../spec/nearest.ts';
import { optionTable } from '../config/option-table.ts';
import type { FleetTarget, RunOptions } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import { realClock } from '../http/clock.ts';
import { semaphore } from '../http/environment.ts';
import { UserError } from '../model/errors.ts';
import { configHash, type Shard, shardedTargets, shardOf } from '../run/fleet.ts';
import { judgedBy } from '../run/judged-by.ts';
import { worstCode } from '../run/repeats.ts';
import { type Basis, basisOf } from '../run/trial.ts';
import { workerPool } from '../run/worker-pool.ts';
import { removeFleet, writeFleet } from './fleet-file.ts';
import { type FleetMember, memberOf, tryMember } from './fleet-member.ts';
import { memoryOf } from './memory.ts';
import { outFolder } from './out-folder.ts';
import type { Terminal } from './terminal.ts';
import { removeOldRun } from './tested.ts';

/**
 * @param given the options of all
 * @param of what one target's options come to
 * @returns the exit code: the worst of the targets'
 * @throws {UserError} exit 2, before anything was tried
 */
export async function runFleet(
  given: RunOptions,
  of: (target: FleetTarget) => RunOptions,
  io: Terminal,
): Promise<number> {
  const { targets: all = [], shard: part, targetsAtOnce = optionTable.targetsAtOnce.default } = given;
  if (targetsAtOnce < 1) throw noNumber(targetsAtOnce);
  const shard = part === undefined ? undefined : shardOf(part, all.length);
  const options = given;
  const basis = await basisOf(options);
  refuseUnknownTargets(basis, all);
  const members = await membersOf(shard ? shardedTargets(all, shard) : all, of, options, io);
  const planned = all.map(({ name }) => name);
  return (await testedTogether({ given, options, basis, members, planned, shard, atOnce: targetsAtOnce }, io))
    .exitCode;
}

/** Targets that are tested as one. */
export interface Undertaking {
  /** As the user gave them. */
  readonly given: RunOptions;
  /** What they come to. */
  readonly options: RunOptions;
  readonly basis: Basis;
  readonly members: readonly FleetMember[];
  /** The names of all, those of other parts too. */
  readonly planned: readonly string[];
  readonly shard: Shard | undefined;
  readonly atOnce: number;
  /** What is to be told of their reports together. @param reported the names of those that have one */
  readonly compare?: (reported: readonly string[]) => readonly string[];
}

/** Tests them, writes fleet.json and shows it. */
export async function testedTogether(
  { given, options, basis, members, planned, shard, atOnce, compare }: Undertaking,
  io: Terminal,
): Promise<Fleet> {
  const out = outFolder(options.out ?? 'reports/out');
  for (const { name } of members) removeOldRun(outFolder(join(out, name)));
  removeFleet(out);
  await using memory = memoryOf(options, io);
  await using pool = workerPool(Math.min(availableParallelism(), members.length, atOnce));
  const { nowMs } = realClock();
  const startedAt = new Date().toISOString();
  const shared = { basis, out, pool, memory, io, nowMs, maxDurationS: options.maxDurationS };
  let done = 0;
  const tried = await inTurn(members, atOnce, async (member) => {
    const one = await tryMember(member, shared);
    io.screen.write(`${++done} of ${members.length}: ${lineOf(one.entry)}\n`);
    return one;
  });
  const targets = tried.map(({ entry }) => entry);
  const fleet: Fleet = {
    schema: fleetSchema,
    verdict: fleetVerdict(targets),
    exitCode: io.interrupt.aborted ? 130 : worstCode(targets.map(({ exitCode }) => exitCode)),
    shard: shard ?? null,
    startedAt,
    durationMs: Math.round(nowMs()),
    ...judging(given),
    planned,
    targets,
  };
  const file = writeFleet(fleet, out);
  if (io.env.GITHUB_ACTIONS === 'true') io.command(fleetAnnotations(fleet));
  const reported = targets.flatMap(({ name, result }) => (result ? [name] : []));
  const compared = compare?.(reported) ?? [];
  io.write(fleetText(fleet, { colour: io.colour, width: io.width, file, compared }));
  return fleet;
}

/** @throws {UserError} exit 2: one of them can't be tested as it is configured */
async function membersOf(
  targets: readonly FleetTarget[],
  of: (target: FleetTarget) => RunOptions,
  { clause }: RunOptions,
  io: Terminal,
): Promise<readonly FleetMember[]> {
  const passwordOf = passwordsFrom(io);
  const members: FleetMember[] = [];
  for (const target of targets) {
    const options = { ...of(target), ...(clause ? { clause } : {}) };
    members.push(await memberOf(target, options, io.env, passwordOf));
  }
  return members;
}

/** Some work on each, so many at a time. What comes of it has their order. */
async function inTurn<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const turn = semaphore(atOnce);
  return await Promise.all(all.map((one) => turn(() => work(one))));
}

/** What the parts of a fleet must have in common. */
function judging(options: RunOptions): Pick<Fleet, 'harnessVersion' | 'docsVersion' | 'hashes'> {
  const { harnessVersion, docsVersion, hashes } = judgedBy();
  return { harnessVersion, docsVersion, hashes: { ...hashes, config: configHash(options) } };
}

const lineOf = ({ name, result, problem }: FleetEntry): string =>
  printable(`${name} ${result?.headline ?? `not tested: ${problem}`}`);

/** @throws {UserError} exit 2: an expectation about a target that there is not would never be held against anything */
export function refuseUnknownTargets(
  { expected }: Basis,
  targets: readonly Pick<FleetTarget, 'name' | 'labels'>[],
): void {
  const names = targets.flatMap(({ name, labels = [] }) => [name, ...labels]);
  const entry = expected?.entries.find(({ target }) => target !== undefined && !names.includes(target));
  if (!expected || entry?.target === undefined) return;
  const near = nearest(entry.target, names);
  throw new UserError(
    `${expected.file}:${entry.lines[0]}: no target is named or labelled ${entry.target}.`,
    near === undefined ? 'Mend it there, or in the configuration.' : `Did you mean ${near}?`,
    2,
  );
}

const noNumber = (given: number): UserError =>
  new UserError(`--targets-at-once ${given} is no number of targets.`, 'Give a whole number from 1 up.', 2);
