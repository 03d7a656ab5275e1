/** What an option of `run` is: a row of `option-table.ts`. */

/** The kinds of values. `run-options.ts` has the type of each, `schemas.ts` its words, its reader and its schema. */
export type KindName =
  | 'text'
  | 'switch'
  | 'seconds'
  | 'seconds from 0'
  | 'whole'
  | 'count'
  | 'rate'
  | 'texts'
  | 'tasks'
  | 'targets';

/** The name of a kind, or the words to choose from. */
export type OptionKind = KindName | readonly string[];

export interface OptionRow {
  readonly kind: OptionKind;
  /** As commander reads it. An option without a flag stands in the configuration file only. */
  readonly flag?: `--${string}`;
  readonly help: string;
  /** The value where the option is not given; for a switch without one it is false. */
  readonly default?: string | number | boolean;
  /** In words, where no single value is the default. */
  readonly defaultText?: string;
  /** The environment variable that gives the value too. */
  readonly env?: string;
  /** One value for the whole run: the targets of a fleet have none of their own. */
  readonly wholeRun?: true;
  /** Options that have no effect beside this one. */
  readonly excludes?: readonly string[];
  /** A flag only: it is no key of the configuration file. */
  readonly inFile?: false;
  /** The library (`runConformance`) does not have it. */
  readonly inLibrary?: false;
  /** One value for the whole run, which changes neither what is judged nor how. */
  readonly neutral?: true;
}
