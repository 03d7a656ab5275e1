/** The tasks of a run that is judged again: each check is given what it was given then. */
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Assignment, Phase, Task } from '../model/task.ts';
import type { Provisioner, ProvisionerName } from './provisioner.ts';

/** Where the tasks of a check don't follow from its exchanges: the run records what each check was given. */
const assigning = ['crdbs', 'fixed', 'command'] as const satisfies readonly ProvisionerName[];
export type AssigningName = (typeof assigning)[number];
export const isAssigning = (name: string): name is AssigningName => assigning.some((one) => one === name);

/** @param assignments those of one check, phase and use in the order in which the check asked */
export function recordedProvisioner(
  name: AssigningName,
  capabilities: readonly string[],
  assignments: readonly Assignment[],
): Provisioner {
  const left = Map.groupBy(assignments, keyOf);
  const forCheck = (sentFor = ''): Provisioner => {
    const give = async (phase: Phase, use: Assignment['use']): Promise<Task> => {
      const given = left.get(keyOf({ sentFor, phase, use }))?.shift()?.given;
      if (!given) throw new LostRace(`the record does not say which ${phase} task this check was given`);
      if ('task' in given) return given.task;
      if ('outOfReach' in given) throw new Unreachable(given.outOfReach);
      throw new LostRace(given.missed, given);
    };
    return {
      name,
      capabilities,
      reaches: new Set(),
      ...(name === 'crdbs' ? { choosesIds: true as const } : {}),
      provision: (phase) => give(phase, 'own'),
      existing: (phase) => give(phase, 'read'),
      remove: async () => 'not', // nothing is sent
      forRequester: (asker) => forCheck(asker.sentFor),
    };
  };
  return forCheck();
}

const keyOf = ({ sentFor, phase, use }: Pick<Assignment, 'sentFor' | 'phase' | 'use'>): string =>
  JSON.stringify([sentFor, phase, use]);
