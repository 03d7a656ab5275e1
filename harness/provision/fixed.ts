/** Tasks that the user hands over, by phase. Each is given out once, for a check may change it. */
import { type Phase, phases, type Task, Unreachable } from '../model/task.ts';
import type { Provisioner, Requester } from './provisioner.ts';

export type TaskIds = Readonly<Partial<Record<Phase, readonly string[]>>>;

/**
 * @param ids the tasks by phase. The first of each phase is kept for reading alone, so that no check reads a task
 *   that another one cancels.
 */
export function fixedProvisioner(ids: TaskIds): Provisioner {
  const forReading = new Map(phases.map((phase) => [phase, ids[phase]?.[0]]));
  const left = new Map(phases.map((phase) => [phase, [...new Set(ids[phase])].slice(1)]));
  const task = (id: string, phase: Phase): Task => ({ id, held: false, history: [{ phase }], agedS: 0 });
  const handingOut = (asker?: Requester): Provisioner => ({
    name: 'fixed',
    reaches: new Set(phases.filter((phase) => ids[phase]?.length)),
    capabilities: phases.filter((phase) => ids[phase]?.length),
    async provision(phase, wish = {}) {
      if (wish.resultTtlS !== undefined || wish.cancelFails !== undefined) {
        throw new Unreachable('fixed: makes no task, so none with a result TTL or a cancel that fails');
      }
      const id = left.get(phase)?.shift();
      if (id === undefined) throw new Unreachable(`fixed: no task in phase ${phase} is left; configure more`);
      asker?.hold(id);
      return task(id, phase);
    },
    async existing(phase) {
      const id = forReading.get(phase);
      if (id === undefined) throw new Unreachable(`fixed: no task in phase ${phase}; configure one`);
      return task(id, phase);
    },
    remove: async () => 'not', // it made nothing
    askedBy: handingOut,
  });
  return handingOut();
}
