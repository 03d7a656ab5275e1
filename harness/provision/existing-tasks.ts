/**
 * The provisioners that make no tasks: `fixed` uses the user's tasks, each once, because a check may change it; `none`
 * only reads existing tasks.
 */
import { type Status, shownRows } from '../judge/shown.ts';
import { Unreachable } from '../model/errors.ts';
import { list } from '../model/requests.ts';
import { type Phase, phases, type Task } from '../model/task.ts';
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
      if (Object.keys(wish).length > 0) {
        throw new Unreachable(
          'fixed: it uses existing tasks, so none can have an X-Result-TTL from its creation or a cancel that fails',
        );
      }
      const id = left.get(phase)?.shift();
      if (id === undefined)
        throw new Unreachable(`fixed: all tasks in phase ${phase} are used; configure more`);
      asker?.hold(id);
      return task(id, phase);
    },
    async existing(phase) {
      const id = forReading.get(phase);
      if (id === undefined) throw new Unreachable(`fixed: no task in phase ${phase} is configured`);
      return task(id, phase);
    },
    remove: async () => 'not', // it made nothing
    forRequester: handingOut,
  });
  return handingOut();
}

/** The phase that a status proves; a started task may be in its commit phase, so `running` stands for both. */
const phaseOf: Readonly<Record<Status, Phase>> = {
  queued: 'queued',
  started: 'running',
  finished: 'finished',
  failed: 'failed',
};

const longestId = 1000;

/** Whether a path can hold the id: a hostile target may list any text. */
export const isAskable = (id: string): boolean =>
  id.length <= longestId && id.isWellFormed() && !['', '.', '..'].includes(id);

export function noProvisioner({ send }: Pick<Requester, 'send'>): Provisioner {
  return {
    name: 'none',
    forRequester: noProvisioner,
    reaches: new Set(),
    capabilities: [],
    async provision(phase) {
      throw new Unreachable(`none: the run is read-only and makes no ${phase} task`);
    },
    async existing(phase): Promise<Task> {
      const shown = shownRows(await send(list()));
      const rows = 'what' in shown ? shown.what : [];
      const row = rows.find(({ id, status }) => phaseOf[status] === phase && isAskable(id));
      if (!row) throw new Unreachable(`none: the list shows no ${phase} task`);
      return { id: row.id, held: false, history: [{ phase }], agedS: 0 };
    },
    remove: async () => 'not', // it made nothing
  };
}

/** For `crdbs` without a test database: checks that need a new task are skipped with the reason; existing tasks can be read. */
export function withoutDatabase(asker: Requester, why: string): Provisioner {
  const unreachable = async (): Promise<Task> => {
    throw new Unreachable(`crdbs: ${why}`);
  };
  return {
    name: 'crdbs',
    reaches: new Set(),
    capabilities: [],
    forRequester: (other) => withoutDatabase(other, why),
    provision: unreachable,
    existing: (phase) => noProvisioner(asker).existing(phase).catch(unreachable),
    remove: async () => 'not',
  };
}
