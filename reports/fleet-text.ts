/** A fleet for a person at a terminal: one line for each target, and the verdict first and last. */
import { printable } from './escape.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import { counted } from './headline.ts';
import { hanging, painter } from './terminal/layout.ts';

export interface FleetTextOptions {
  readonly colour: boolean;
  readonly width: number;
  /** Where fleet.json is. */
  readonly file: string;
  /** What else is to be told of them, between their lines and the verdict. */
  readonly compared?: readonly string[];
}

/** @returns the whole text; no line of it holds a character that a target could do harm with */
export function fleetText(fleet: Fleet, { colour, width, file, compared = [] }: FleetTextOptions): string {
  const paint = painter(colour);
  const badge = ` ${fleet.verdict.toUpperCase()} `;
  const verdict = `${paint(fleet.verdict, badge)} ${fleetHeadline(fleet)}`;
  const longest = Math.max(...fleet.targets.map(({ name }) => name.length));
  return [
    verdict,
    '',
    ...fleet.targets.flatMap((entry) => hanging(`${entry.name.padEnd(longest)}  `, inWords(entry), width)),
    ...compared,
    '',
    `Reports    ${printable(file)}, and of each target in the folder of its name`,
    verdict,
    '',
  ].join('\n');
}

const inWords = ({ result, problem }: FleetEntry): string =>
  printable(result?.headline ?? `not tested: ${problem ?? 'it was not reached'}`, 1000);

/** `3 of 50 targets non-conformant, 46 conformant, 1 not tested` */
export function fleetHeadline({ targets, shard }: Pick<Fleet, 'targets' | 'shard'>): string {
  const of = (verdict: Fleet['verdict']): number =>
    targets.filter(({ result }) => result?.verdict === verdict).length;
  const parts = [
    { count: of('non-conformant'), what: 'non-conformant' },
    { count: of('conformant'), what: 'conformant' },
    { count: of('incomplete'), what: 'incomplete' },
    { count: targets.filter(({ result }) => !result).length, what: 'not tested' },
  ].filter(({ count }) => count > 0);
  const part = shard ? ` (part ${shard.index} of ${shard.of})` : '';
  return `${counted(targets.length, 'target')}${part}: ${parts.map(({ count, what }) => `${count} ${what}`).join(', ')}`;
}
