/** Which rules a change sets, by their paths: two changes that set one rule can't both be made. */
import { isRecord, type RulesChange } from './change.ts';

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
