/** A check may be tried several times in a run, for a fault that shows now and then. Pure. */
import type { Finding } from './finding.ts';
import type { Scene } from './scene.ts';
import type { Profile } from './settings.ts';
import type { Verdict } from './verdict.ts';

/** Every check is tried so many times side by side, not before so long after the start of the run. */
export interface Wave {
  readonly afterS: number;
  readonly times: number;
}

const twice: Wave = { afterS: 0, times: 2 }; // more at once would make every list long

/**
 * `full` shows a fault in one of twenty answers: most clauses look at six answers or more in a round, and ninety of
 * them miss it once in a hundred runs. `nightly` comes back later, for what a server does only while it is young.
 */
const sixteenTimes: readonly Wave[] = Array.from({ length: 8 }, () => twice);
export const wavesOf: Readonly<Record<Profile, readonly Wave[]>> = {
  quick: [{ afterS: 0, times: 1 }],
  full: sixteenTimes,
  nightly: [...sixteenTimes, { afterS: 60, times: 2 }],
};

/** What a check came to before it is held against what it stands on. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly sent: Scene['sent'];
}

/** One proof is enough, whichever way; a try that the network or a race took away speaks only where no other does. */
const decisive: readonly Verdict[] = ['fail', 'warn', 'observed', 'pass', 'inconclusive', 'skip'];

/** What several tries of one check come to: the first of those that decide, and what was sent in all of them. */
export function decided(tries: readonly Outcome[]): Outcome {
  const verdict = decisive.find((one) => tries.some((tried) => tried.verdict === one)) ?? 'skip';
  const alike = tries.filter((tried) => tried.verdict === verdict);
  const findings = alike[0]?.findings ?? [];
  const rare = (verdict === 'fail' || verdict === 'warn') && alike.length < tries.length;
  return {
    verdict,
    findings: rare ? findings.map((found) => counted(found, verdict, alike.length, tries.length)) : findings,
    sent: tries.flatMap(({ sent }) => sent),
  };
}

const counted = (found: Finding, verdict: Verdict, seen: number, of: number): Finding =>
  found.verdict === verdict ? { ...found, reason: `${found.reason} (in ${seen} of ${of} tries)` } : found;
