/** The options of a run as types, derived from the table. They need nothing of Node, so that any project can use them. */
import type { TaskIds } from '../provision/existing-tasks.ts';
import type { KindName } from './option-row.ts';
import type { optionTable } from './option-table.ts';

interface KindValues extends Record<KindName, unknown> {
  readonly text: string;
  readonly switch: boolean;
  readonly seconds: number;
  readonly 'seconds from 0': number;
  readonly whole: number;
  readonly count: number;
  readonly rate: number;
  readonly texts: readonly string[];
  readonly tasks: TaskIds;
  readonly targets: readonly FleetTarget[];
}

type Table = typeof optionTable;
type ValueOf<K> = K extends keyof KindValues
  ? KindValues[K]
  : K extends readonly string[]
    ? K[number]
    : never;

/** The options as flags give them. */
export type RunFlags = { readonly [Key in keyof Table]?: ValueOf<Table[Key]['kind']> };

/** The options of a run: the keys of the configuration file. */
export type RunOptions = {
  readonly [Key in keyof Table as Table[Key] extends { inFile: false } ? never : Key]?: RunFlags[Key];
};

/** The options that each target of a fleet may have. */
export type TargetOptions = {
  readonly [Key in keyof Table as Table[Key] extends
    | { wholeRun: true }
    | { neutral: true }
    | { inFile: false }
    ? never
    : Key]?: RunFlags[Key];
};

/** The options that the library has, too. */
export type LibraryOptions = {
  readonly [Key in keyof RunOptions as Table[Key] extends { inLibrary: false } ? never : Key]?: RunFlags[Key];
};

/** One target of a fleet: a server (`target`) or an image (`container`), with options of its own. */
export interface FleetTarget extends TargetOptions {
  /** Also the name of its folder. */
  readonly name: string;
  readonly labels?: readonly string[];
}
