/** `crdb-conformance doctor`: checks the connection to a target, and shows as lines or as JSON what a run could test. */
import { printable, printableData } from '../../reports/text/escape.ts';
import { chosenOptions } from '../config/chosen-options.ts';
import { type RunFlags, type RunOptions, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import { type Broken, examine } from '../doctor/examination.ts';
import { prospects, type TaskFacts } from '../doctor/provisions.ts';
import { type Reach, reachOf } from '../doctor/reach.ts';
import type { Looked } from '../doctor/step.ts';
import { NotThisNode } from '../http/connection-errors.ts';
import { findLeader } from '../http/leader.ts';
import { redactor } from '../http/redaction.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { version } from '../model/package.ts';
import { worstCode } from '../model/verdict.ts';
import { scopeOf, wantedProvision } from '../run/plan.ts';
import { foreseenText } from '../simulate/foresee.ts';
import type { Terminal } from './terminal.ts';

export type DoctorFlags = RunFlags & { readonly json?: boolean | undefined };

/**
 * @returns the exit code: 0 where a run is possible, 3 where the target can't be tested, 2 where the options don't fit
 * @throws {UserError} exit 2: no target is given
 */
export async function doctor({ json = false, ...flags }: DoctorFlags, io: Terminal): Promise<number> {
  const { options, of } = await chosenOptions(flags, io.env);
  const all = options.target === undefined ? options.targets : undefined;
  const passwordOf = passwordsFrom(io);
  const each = all?.map((target) => ({ name: target.name, own: of(target) })) ?? [
    { name: null, own: options },
  ];
  const doctored: Doctored[] = [];
  for (const { name, own } of each) {
    const target = await targetOf(own, io.env, passwordOf);
    if (!target) throw noTarget;
    doctored.push(await examined(name, own, target, json ? { ...io, write: () => {} } : io));
    if (io.interrupt.aborted) return 130;
  }
  if (json) io.write(doctorJson(doctored));
  return worstCode(doctored.map(({ exitCode }) => exitCode));
}

const noTarget = new UserError(
  'No target is given.',
  'Give one: crdb-conformance doctor --target https://cluster.example:9443 --user NAME',
  2,
);

/** Examines each node until one is found that a run would use. */
async function examined(
  name: string | null,
  options: RunOptions,
  cluster: Target,
  { write, interrupt }: Pick<Terminal, 'write' | 'interrupt'>,
): Promise<Doctored> {
  const redact = redactor(cluster);
  const wanted = wantedProvision(options);
  const { contract, selection } = await scopeOf(options);
  const nodes: Examined[] = [];
  const look = async (target: Target): Promise<{ readonly facts: TaskFacts }> => {
    write(`${name === null ? '' : `${name}: `}${target.url.href.replace(/\/$/, '')}\n`);
    const looked: Looked[] = [];
    nodes.push({ url: target.url.href, steps: looked });
    const looking = examine({ target, options, wanted, edition: contract.edition.name });
    for (let next = await looking.next(); ; next = await looking.next()) {
      if (next.done) return { facts: usable(next.value) };
      if (interrupt.aborted) throw interrupted;
      const seen = redacted(next.value, redact);
      looked.push(seen);
      write(lineOf(seen));
    }
  };
  const done = (exitCode: 0 | 2 | 3, reaches: readonly Reach[] = []): Doctored => {
    const all = { name, nodes, reaches, exitCode };
    if (!interrupt.aborted) write(sumOf(all));
    return all;
  };
  try {
    const { facts } = await findLeader(cluster, look);
    const unfit = nodes.at(-1)?.steps.some(({ mark }) => mark === 'problem');
    if (unfit) return done(2);
    const reaches: Reach[] = [];
    for (const prospect of prospects(wanted, facts))
      reaches.push(await reachOf(prospect, { options, contract, selection }));
    return done(0, reaches);
  } catch (error) {
    if (error instanceof UserError && nodes.length > 0) return done(3); // its steps have shown why
    throw error;
  }
}

const interrupted = new UserError('Interrupted.', 'Run doctor again.', 3);

/** A target may echo secrets. */
const redacted = (looked: Looked, redact: (text: string) => string): Looked => ({
  ...looked,
  says: redact(looked.says),
});

/** @throws {NotThisNode} another node may do @throws {UserError} none may: a login is sent to one node only */
function usable(found: TaskFacts | Broken): TaskFacts {
  if (!('look' in found)) return found;
  const { says, remedy = '', master, isLast } = found.look;
  throw isLast ? new UserError(says, remedy, 3) : new NotThisNode(says, remedy, master);
}

export interface Examined {
  readonly url: string;
  readonly steps: readonly Looked[];
}

/** A target: its nodes in the order of their examination, and what a run on the last one could test. */
export interface Doctored {
  /** Its name in a fleet. */
  readonly name: string | null;
  readonly nodes: readonly Examined[];
  /** The first is what a run would use. */
  readonly reaches: readonly Reach[];
  readonly exitCode: 0 | 2 | 3;
}

/** Lines are cut at so many characters: they may hold text of the target. */
const widest = 600;
const markWidth = 'not looked at'.length;
const stepWidth = 'provisioner'.length;

export function lineOf({ step, mark, says, remedy }: Looked): string {
  const line = `  ${mark.padEnd(markWidth)}  ${step.padEnd(stepWidth)}  ${printable(says, widest)}\n`;
  return remedy === undefined ? line : `${line}${' '.repeat(markWidth + 4)}→ ${printable(remedy, widest)}\n`;
}

function sumOf({ nodes, reaches, exitCode }: Doctored): string {
  const last = nodes.at(-1)?.steps ?? [];
  const wrong = last.flatMap((looked) => (looked.mark === 'problem' ? [looked] : []));
  const odd = last.flatMap((looked) => (looked.step === 'operations' && looked.remedy ? [looked.says] : []));
  const verdict =
    wrong.length === 0
      ? ['Nothing prevents a run.', ...odd.map((says) => `Note: ${printable(says, widest)}.`)]
      : wrong.flatMap(({ says, remedy }) => [
          `Problem: ${printable(says, widest)}.`,
          `Remedy:  ${printable(remedy ?? '', widest)}`,
        ]);
  const noRun = exitCode === 0 ? [] : ['As it is, a run is not possible.'];
  return `\n${[...verdict, ...noRun, ...reaches.flatMap(reachLines)].join('\n')}\n\n`;
}

function reachLines(
  { provision, condition, reachable, total, beyond, foreseen }: Reach,
  at: number,
): readonly string[] {
  const how = `--provision ${provision}${condition === null ? '' : `, ${condition}`}`;
  const says =
    at === 0
      ? `A run could test ${reachable} of ${total} must clauses (${how}).`
      : `${how}: ${reachable} of ${total}.`;
  return [
    says,
    ...(beyond.length === 0 ? [] : [`  out of reach: ${byFamily(beyond)}`]),
    ...foreseen.map(
      ({ operationS, ...run }) => `  where an operation takes ${operationS} s: ${foreseenText(run)}`,
    ),
  ];
}

/** `cancel (12), status (3)`: clauses counted by their prefix. */
function byFamily(ids: readonly string[]): string {
  const families = Map.groupBy(ids, (id) => id.split('.')[0]);
  return [...families].map(([family, { length }]) => `${family} (${length})`).join(', ');
}

const doctorSchema = 'crdb-conformance/doctor@1';

const doctorJson = (targets: readonly Doctored[]): string =>
  `${JSON.stringify({ schema: doctorSchema, version, targets: printableData(targets, widest) }, null, 2)}\n`;
