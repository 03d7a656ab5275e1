/** A change of some rules: what it doesn't name stays as it was. */
import { rules } from './contract.ts';
import type { Moment } from './request-context.ts';
import type { Rules, RulesInTime } from './rules.ts';

type Change<Part> = Part extends (...given: never[]) => unknown
  ? Part
  : Part extends readonly unknown[]
    ? Part
    : Part extends object
      ? { readonly [Name in keyof Part]?: Change<Part[Name]> }
      : Part;

export type RulesChange = Change<Rules>;

/** The contract with some rules changed; several changes are made one after the other. */
export const contractBut = (...changes: readonly RulesChange[]): Rules =>
  changes.reduce((before: Rules, change) => merged(before, change) as Rules, rules); // a change keeps the shape

/**
 * Rules that change with the moment.
 * @param always a change that holds at all times
 */
export function contractButWhen(
  meant: (moment: Moment) => boolean,
  change: RulesChange,
  always: RulesChange = {},
): RulesInTime {
  const kept = contractBut(always);
  const changed = contractBut(always, change);
  return (moment) => (meant(moment) ? changed : kept);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(before: unknown, change: unknown): unknown {
  if (!isRecord(before) || !isRecord(change)) return change;
  const named = Object.entries(change).map(([name, part]) => [name, merged(before[name], part)]);
  return { ...before, ...Object.fromEntries(named) };
}
