/** What a doctor says: a line for each step, what is wrong in plain words, what a run could test; or all of it as JSON. */
import { printable, printableData } from '../../reports/escape.ts';
import type { Reach } from '../doctor/reach.ts';
import type { Looked } from '../doctor/step.ts';
import { version } from '../model/package.ts';

/** A node, and what was seen at each step. */
export interface Examined {
  readonly url: string;
  readonly steps: readonly Looked[];
}

/** A target: its nodes in the order in which they were looked at, and what a run on the last of them could test. */
export interface Doctored {
  /** In a fleet. */
  readonly name: string | null;
  readonly nodes: readonly Examined[];
  /** The first is what a run would use. */
  readonly reaches: readonly Reach[];
  readonly exitCode: 0 | 2 | 3;
}

/** So much of a line is shown, in characters: it may hold what a target says. */
const widest = 600;
const markWidth = 'not looked at'.length;
const stepWidth = 'provisioner'.length;

export function lineOf({ step, mark, says, remedy }: Looked): string {
  const line = `  ${mark.padEnd(markWidth)}  ${step.padEnd(stepWidth)}  ${printable(says, widest)}\n`;
  return remedy === undefined ? line : `${line}${' '.repeat(markWidth + 4)}→ ${printable(remedy, widest)}\n`;
}

/** The end: what is wrong, and what a run could test. */
export function sumOf({ nodes, reaches, exitCode }: Doctored): string {
  const last = nodes.at(-1)?.steps ?? [];
  const wrong = last.flatMap((looked) => (looked.mark === 'problem' ? [looked] : []));
  const odd = last.flatMap((looked) => (looked.step === 'operations' && looked.remedy ? [looked.says] : []));
  const verdict =
    wrong.length === 0
      ? ['Nothing is wrong that would hinder a run.', ...odd.map((says) => `But ${printable(says, widest)}.`)]
      : wrong.flatMap(({ says, remedy }) => [
          `What is wrong: ${printable(says, widest)}.`,
          `What to do:    ${printable(remedy ?? '', widest)}`,
        ]);
  const noRun = exitCode === 0 ? [] : ['As it is, no run could be made.'];
  return `\n${[...verdict, ...noRun, ...reaches.flatMap(reachLines)].join('\n')}\n\n`;
}

function reachLines(
  { provision, condition, reachable, total, beyond }: Reach,
  at: number,
): readonly string[] {
  const how = `--provision ${provision}${condition === null ? '' : `, ${condition}`}`;
  const says =
    at === 0
      ? `A run could test ${reachable} of ${total} must clauses (${how}).`
      : `${how}: ${reachable} of ${total}.`;
  return beyond.length === 0 ? [says] : [says, `  out of its reach: ${byFamily(beyond)}`];
}

/** `cancel (12), status (3)`: the clauses by what they begin with. */
function byFamily(ids: readonly string[]): string {
  const families = Map.groupBy(ids, (id) => id.split('.')[0]);
  return [...families].map(([family, { length }]) => `${family} (${length})`).join(', ');
}

export const doctorSchema = 'crdb-conformance/doctor@1';

export const doctorJson = (targets: readonly Doctored[]): string =>
  `${JSON.stringify({ schema: doctorSchema, version, targets: printableData(targets, widest) }, null, 2)}\n`;
