/** What a target is held to: the edition that this process holds to, with the checks of its clauses. */
import type { Register } from '../../spec/register.ts';
import type { Validators } from '../../spec/validators.ts';
import { documented, registered } from '../judge/documented.ts';
import { type Check, readSuites } from './clause.ts';
import { suiteFiles } from './suites.ts';

/** Runs may share it. */
export interface Contract {
  /** The checks of the clauses that the edition asks for. */
  readonly book: ReadonlyMap<string, readonly Check[]>;
  readonly register: Register;
  readonly validators: Validators;
}

/** All that the edition asks of a target. */
export async function contract(): Promise<Contract> {
  const register = registered();
  const all = await readSuites(suiteFiles);
  const book = new Map([...all].filter(([id]) => register.byId.has(id)));
  return { book, register, validators: documented() };
}
