/** A row of the table of options, held against the type of the option that it is of. */
import type { Held, Kind } from './option-kinds.ts';
import type { RunOptions } from './options.ts';

/** The kinds that hold a value of that type. */
type KindFor<Value> =
  | { readonly [K in keyof Held]: Held[K] extends Value ? K : never }[keyof Held]
  | ([Value] extends [string] ? readonly Value[] : never);

export interface OptionRow<K extends Kind = Kind> {
  readonly kind: K;
  /** As commander reads them. Left out: it can only be said in the configuration file. */
  readonly flags?: string;
  readonly says: string;
  /** What holds where nobody says it: the value, or words in brackets. */
  readonly otherwise: string | number | boolean;
  /** The environment variable that gives it too. */
  readonly variable?: string;
  /** Each target of a fleet may have its own. */
  readonly ofTarget?: true;
}

/** A row for each of some options. */
export type Rows<Keys extends keyof RunOptions> = {
  readonly [Key in Keys]-?: OptionRow<KindFor<NonNullable<RunOptions[Key]>>>;
};
