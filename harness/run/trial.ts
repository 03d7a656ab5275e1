/** What is to be tried, whichever the target: the clauses, the checks and what is expected of them. */
import type { Register } from '../../spec/register.ts';
import { about, expectationsOf } from '../config/expectations.ts';
import { type RunOptions, selectionOf } from '../config/options.ts';
import type { Target } from '../http/target.ts';
import { holdTo } from '../judge/documented.ts';
import type { Expected } from '../model/report.ts';
import { type Check, suiteName } from './clause.ts';
import { contract } from './contract.ts';
import { whatIsToBeTold } from './judged-by.ts';
import type { Trial } from './run-once.ts';
import { withControls } from './runner.ts';
import { suiteFiles } from './suites.ts';

/**
 * The clauses that a run with these options is about: the selected ones, with their positive controls.
 * @throws {UserError} exit 2: a suite or a clause that there is not
 */
export const selectedClauses = (
  options: Pick<RunOptions, 'clause'>,
  book: ReadonlyMap<string, readonly Check[]>,
): readonly string[] => withControls(selectionOf(options, [...book.keys()]), book);

export interface Basis {
  readonly book: ReadonlyMap<string, readonly Check[]>;
  readonly register: Register;
  readonly selection: readonly string[];
  readonly expected: Expected | undefined;
}

/** @throws {UserError} exit 2: a suite, a clause or an expectation that there is not */
export async function basisOf(options: RunOptions): Promise<Basis> {
  holdTo(options.contract);
  const { book, register } = await contract();
  const expected = expectationsOf(
    options,
    register.clauses.map(({ id }) => id),
  );
  return { book, register, selection: selectionOf(options, [...book.keys()]), expected };
}

/** A target with what people call it: its name first, then its labels. */
export interface Named {
  readonly target: Target;
  readonly names: readonly [name: string, ...labels: string[]];
}

export function trialOf(options: RunOptions, { target, names }: Named, basis: Basis): Trial {
  const { book, register, selection, expected } = basis;
  const clauses = withControls(selection, book);
  return {
    options,
    target,
    targetName: names[0],
    ...(expected ? { expected: about(names, expected) } : {}),
    selection,
    clauses,
    files: filesOf(clauses, book),
    ...whatIsToBeTold(clauses, book, register),
  };
}

const filesOf = (clauses: readonly string[], book: ReadonlyMap<string, readonly Check[]>): readonly URL[] =>
  suiteFiles.filter((file) =>
    clauses.some((id) => book.get(id)?.some(({ suite }) => suite === suiteName(file))),
  );
