/** Wrong in one phase, for one operation or in one manner alone: each row of a clause's table has one that needs it. */
import { contractBut, contractButWhen, type RulesChange } from '../change.ts';
import type { Mutant } from '../mutant.ts';
import { fits, type Shape } from '../shape.ts';

export interface Narrow {
  readonly id: string;
  readonly breaks: string;
  readonly change: RulesChange;
  /** The requests for which the change is made; all where it is left out. */
  readonly when?: Shape;
  /** A change for all requests besides. */
  readonly always?: RulesChange;
  readonly killedBy: readonly string[];
  readonly mayFail?: readonly string[];
}

export const mutantOf = ({ id, breaks, change, when, always, killedBy, mayFail = [] }: Narrow): Mutant => ({
  id,
  breaks,
  rules: when ? contractButWhen(fits(when), change, always) : contractBut(change),
  killedBy,
  mayFail,
});
