/** The output of `doctor`: a line for each step, the problems, and what a run could test; or all of it as JSON. */
import { printable, printableData } from '../../reports/escape.ts';
import type { Reach } from '../doctor/reach.ts';
import type { Looked } from '../doctor/step.ts';
import { version } from '../model/package.ts';

/** A node and its steps. */
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

/** The summary: the problems, and what a run could test. */
export function sumOf({ nodes, reaches, exitCode }: Doctored): string {
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
  { provision, condition, reachable, total, beyond }: Reach,
  at: number,
): readonly string[] {
  const how = `--provision ${provision}${condition === null ? '' : `, ${condition}`}`;
  const says =
    at === 0
      ? `A run could test ${reachable} of ${total} must clauses (${how}).`
      : `${how}: ${reachable} of ${total}.`;
  return beyond.length === 0 ? [says] : [says, `  out of reach: ${byFamily(beyond)}`];
}

/** `cancel (12), status (3)`: clauses counted by their prefix. */
function byFamily(ids: readonly string[]): string {
  const families = Map.groupBy(ids, (id) => id.split('.')[0]);
  return [...families].map(([family, { length }]) => `${family} (${length})`).join(', ');
}

export const doctorSchema = 'crdb-conformance/doctor@1';

export const doctorJson = (targets: readonly Doctored[]): string =>
  `${JSON.stringify({ schema: doctorSchema, version, targets: printableData(targets, widest) }, null, 2)}\n`;
