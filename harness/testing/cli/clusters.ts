/** Reference clusters that runs of the program test over HTTP. */
import { realClock } from '../../http/clock.ts';
import { rules as contract } from '../../reference/contract.ts';
import { mutants } from '../../reference/mutants.ts';
import { type Reference, startReference } from '../../reference/reference.ts';

export interface TestedCluster extends Reference {
  /** Fulfilled when a run has made that many tasks: its checks are then well under way. */
  readonly busy: Promise<void>;
}

/** @param mutant the wrong server that it is; by default it keeps the contract */
export async function testedCluster({
  mutant,
  tasks = 20,
  ...login
}: {
  readonly mutant?: string;
  readonly tasks?: number;
  readonly user: string;
  readonly password: string;
}): Promise<TestedCluster> {
  const wrong = mutants.find(({ id }) => id === mutant);
  if (mutant !== undefined && !wrong) throw new Error(`there is no mutant ${mutant}`);
  const rules = wrong?.rules ?? contract;
  const busy = Promise.withResolvers<void>();
  const reference = await startReference({
    clock: realClock(),
    epochMs: Date.now(),
    ...login,
    rules(context) {
      if (reference.tasks.size >= tasks) busy.resolve();
      return typeof rules === 'function' ? rules(context) : rules;
    },
  });
  return { ...reference, busy: busy.promise };
}
