/** Which rules a change sets, by their paths: two changes that set one rule can't both be made. */
import { isRecord, type RulesChange } from './change.ts';
import { rules as contract } from './contract.ts';
import type { Rules } from './rules.ts';

/** The paths of all rules that a change sets: `read.verbose.true`. */
export const leavesOf = (change: RulesChange): readonly string[] => paths(change, []);

function paths(part: unknown, above: readonly string[]): readonly string[] {
  if (!isRecord(part)) return [above.join('.')];
  return Object.entries(part).flatMap(([name, inner]) => paths(inner, [...above, name]));
}

/** Whether two changes set one rule, or one sets what the other sets a part of. */
export function collide(one: RulesChange, other: RulesChange): boolean {
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`);
  const others = leavesOf(other);
  return leavesOf(one).some((leaf) => others.some((its) => within(leaf, its) || within(its, leaf)));
}

/** What some rules change of the contract; made on the contract, it gives these rules again. */
export const changeIn = (rules: Rules): RulesChange => difference(contract, rules) as RulesChange; // of one shape

function difference(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return after;
  const changed = Object.entries(after).filter(([name, part]) => !isSame(before[name], part));
  return Object.fromEntries(changed.map(([name, part]) => [name, difference(before[name], part)]));
}

const isSame = (before: unknown, after: unknown): boolean =>
  before === after ||
  (isRecord(before) &&
    isRecord(after) &&
    Object.entries(after).every(([name, part]) => isSame(before[name], part)));
