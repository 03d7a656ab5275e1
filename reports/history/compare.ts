/** What differs between two runs, and what may explain it, as data and in words. Pure. */
import type { Level } from '../../harness/model/verdict.ts';
import { printable } from '../text/escape.ts';
import { type Conditions, isBroken, type PastRun, type PastVerdict } from './runs.ts';

/** The conditions in which two runs may differ. */
const parts = ['target', 'suites', 'docs', 'settings'] as const satisfies readonly (keyof Conditions)[];
export type Part = (typeof parts)[number];

/** What became of a clause, in the order in which it is shown. */
export const kinds = [
  'new',
  'still broken',
  'fixed',
  'unconfirmed',
  'no longer proven',
  'newly proven',
  'added',
  'removed',
] as const;
export type ChangeKind = (typeof kinds)[number];

export interface Change {
  readonly clause: string;
  readonly kind: ChangeKind;
  readonly level: Level;
  /** Undefined: that run did not test it. */
  readonly before: PastVerdict | undefined;
  readonly after: PastVerdict | undefined;
  /** The conditions that changed and may explain it; none: the verdict is flaky, or an unrecorded condition changed. */
  readonly causes: readonly Part[];
}

export interface Comparison {
  readonly before: PastRun;
  readonly after: PastRun;
  /** The fields that differ, by part; a part without any is left out. */
  readonly changed: ReadonlyMap<Part, readonly FieldChange[]>;
  /** By kind, in the order of `kinds`; what is as before and not broken is left out. */
  readonly changes: readonly Change[];
}

interface FieldChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

export function compare(before: PastRun, after: PastRun): Comparison {
  const changed = changedParts(before, after);
  const causes = [...changed.keys()];
  const ids = [...new Set([...after.clauses.keys(), ...before.clauses.keys()])];
  const changes = ids.flatMap((clause): readonly Change[] => {
    const [was, is] = [before.clauses.get(clause), after.clauses.get(clause)];
    const kind = kindOf(was, is);
    const level = (is ?? was)?.level;
    if (!kind || !level) return [];
    return [{ clause, kind, level, before: was, after: is, causes: causesOf(was, is, causes) }];
  });
  return {
    before,
    after,
    changed,
    changes: kinds.flatMap((kind) => changes.filter((change) => change.kind === kind)),
  };
}

const isUndecided = (of: PastVerdict): boolean => of.verdict === 'inconclusive' || of.verdict === 'skip';

/** A broken `should` that becomes a broken `must` is new: what is broken more than before is. */
const worsened = (was: PastVerdict, is: PastVerdict): boolean =>
  was.verdict === 'warn' && is.verdict === 'fail';

function kindOf(was: PastVerdict | undefined, is: PastVerdict | undefined): ChangeKind | undefined {
  if (!is) return 'removed';
  if (isBroken(is)) return was && isBroken(was) && !worsened(was, is) ? 'still broken' : 'new';
  if (!was) return 'added';
  if (isBroken(was)) return isUndecided(is) ? 'unconfirmed' : 'fixed';
  if (was.verdict === 'pass' && isUndecided(is)) return 'no longer proven';
  if (isUndecided(was) && is.verdict === 'pass') return 'newly proven';
  return undefined;
}

/**
 * Suites and settings decide which clauses a run tests, not the target. Where they are the same, a clause that only one
 * run has was attributed something there that none of its own checks looks for: that is a change of the target.
 */
function causesOf(
  was: PastVerdict | undefined,
  is: PastVerdict | undefined,
  changed: readonly Part[],
): readonly Part[] {
  if (was && is) return changed;
  const asked = changed.filter((part) => part !== 'target');
  return asked.length > 0 ? asked : changed;
}

function changedParts(before: PastRun, after: PastRun): Comparison['changed'] {
  const other: readonly FieldChange[] =
    before.target === after.target ? [] : [{ field: 'name', from: before.target, to: after.target }];
  return new Map(
    parts
      .map((part) => {
        const own = fieldChanges(before.conditions[part], after.conditions[part]);
        return [part, part === 'target' ? [...other, ...own] : own] as const;
      })
      .filter(([, fields]) => fields.length > 0),
  );
}

function fieldChanges(before: Conditions[Part], after: Conditions[Part]): readonly FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, from: shown(field, before[field]), to: shown(field, after[field]) }))
    .filter(({ from, to }) => from !== to);
}

const shown = (field: string, value: Conditions[Part][string] | undefined): string =>
  value === undefined || value === null || value === ''
    ? field === 'selection'
      ? 'all clauses'
      : 'none'
    : String(value);

const names: Readonly<Record<Part, string>> = {
  target: 'the target',
  suites: 'the suites',
  docs: 'the docs',
  settings: 'the settings',
};

/** `the target: server mock/1.4 → mock/1.5`, a line each; none where nothing changed. */
export const changedLines = ({ changed }: Pick<Comparison, 'changed'>): readonly string[] =>
  [...changed].map(([part, fields]) => `${names[part]}: ${fields.map(fieldInWords).join(', ')}`);

const fieldInWords = ({ field, from, to }: FieldChange): string =>
  `${field} ${printable(from, 80)} → ${printable(to, 80)}`;

const noCause =
  'no recorded condition changed: the verdict is flaky, or the target changed without a new version';

/** `the target and the suites changed: either may explain it` */
export function explanation(causes: readonly Part[]): string {
  const changed = causes.map((part) => names[part]);
  if (changed.length === 0) return noCause;
  if (changed.length === 1) return `${changed[0]} changed; no other recorded condition did`;
  return `${changed.slice(0, -1).join(', ')} and ${changed.at(-1)} changed: either may explain it`;
}
