/** Servers of a different taste that keep the contract all the same: none may be called non-conformant. */
import { contractBut } from './change.ts';
import type { Rules } from './rules.ts';
import { allSwitches, type Switch, switches } from './switches.ts';

export interface Variant {
  readonly id: string;
  /** One line for people: what is different. */
  readonly says: string;
  readonly rules: Rules;
  /** The clauses that must end as `warn`; none may end as `fail`. */
  readonly warns: readonly string[];
}

/** Switches that are tried together, or that show something only beside another. */
const together = (id: string, says: string, ...chosen: readonly Switch[]): Variant => ({
  id,
  says,
  rules: contractBut(...chosen.map(({ change }) => change)),
  warns: chosen.flatMap(({ warns = [] }) => warns),
});

export const variants: readonly Variant[] = [
  together(
    'terse',
    'minimal bodies, ended tasks in the list, refusals and cancels without a body, whole-second clock',
    switches.minimalBodies,
    switches.endedInList,
    switches.emptyRefusals,
    switches.emptyCancelBody,
    switches.wholeSecondClock,
    switches.badTtlIgnored,
  ),
  together(
    'leisurely',
    'a reaper once a second, cancels that show after 1.5 s, problem documents, queued tasks in the list',
    switches.reaperEverySecond,
    switches.cancelShowsLate,
    switches.problemRefusals,
    switches.ttlFromThatRead,
    switches.queuedInList,
  ),
  together(
    'late-and-once',
    'a cancelled task ends after 1.5 s, and a second cancel is refused until then',
    switches.secondCancelRefused,
    switches.cancelShowsLate,
  ),
  ...allSwitches.map((one) => together(one.id, one.says, one)),
];
