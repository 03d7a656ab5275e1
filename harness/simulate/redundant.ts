/** Who tests the checks: those without which the kill matrix would be the same, and why some of them are there all the same. */
import type { Register } from '../../spec/register.ts';
import { type Check, titleOf } from '../run/clause.ts';
import { type MatrixRow, type Trial, tryMutant } from './kill-matrix.ts';

/** A check without which every wrong server would be convicted all the same, by the clauses that it breaks. */
export interface Redundant {
  readonly check: Check;
  /** It fails for some wrong server, if never alone; else nothing shows that it can fail. */
  readonly fails: boolean;
  /** Why it is there all the same. */
  readonly reason: string | undefined;
}

const judgedByEveryExchange =
  'what it sees is charged to the clause of its own request; every exchange judges it';
const reasons: Readonly<Record<string, string>> = {
  'list.empty (moment=first)': 'a row that nobody made may be another user’s task: then it is skipped',
  'list.statuses (once)': judgedByEveryExchange,
  'read.statuses (running)': judgedByEveryExchange,
  'cancel.statuses (running)': judgedByEveryExchange,
};

/** Reasons for checks that are none, or are needed. */
export const idleReasons = (found: readonly Redundant[]): readonly string[] =>
  Object.keys(reasons).filter((title) => !found.some(({ check }) => titleOf(check) === title));

/**
 * The checks that no wrong server needs in a run of their clause alone, where nobody else asks what they ask. A `may`
 * clause convicts nobody: its checks are not among them.
 */
export async function redundant(
  rows: readonly MatrixRow[],
  checks: readonly Check[],
  register: Register,
): Promise<readonly Redundant[]> {
  const failing = new Set(rows.flatMap(({ failed }) => failed));
  const found: Redundant[] = [];
  for (const check of checks) {
    const { clause } = check;
    if (register.byId.get(clause)?.level === 'may') continue;
    const broken = rows.filter(({ mutant }) => mutant.killedBy.includes(clause));
    if (broken.some((row) => failsAlone(check, row)) || (await anyNeeds(check, broken, register))) continue;
    const title = titleOf(check);
    found.push({ check, fails: failing.has(title), reason: reasons[title] });
  }
  return found;
}

/** Whether in a whole run it was the only check of its clause that failed: then it is needed, and nothing has to be tried. */
const failsAlone = (check: Check, { failed }: MatrixRow): boolean =>
  failed.filter((title) => title.startsWith(`${check.clause} (`)).join() === titleOf(check);

/** Whether its clause convicts one of them by itself, and without the check doesn't. */
async function anyNeeds(check: Check, rows: readonly MatrixRow[], register: Register): Promise<boolean> {
  for (const { mutant } of rows) {
    const alone = { selection: [check.clause] };
    const convicts = async (trial: Trial) =>
      (await tryMutant(mutant, register, trial)).convictedBy.includes(check.clause);
    if ((await convicts(alone)) && !(await convicts({ ...alone, without: check }))) return true;
  }
  return false;
}
