/** Read-only, for production: looks at tasks that are already there, makes none and changes none. */
import { type Status, shownRows } from '../judge/shown.ts';
import { list } from '../model/requests.ts';
import { type Phase, type Task, Unreachable } from '../model/task.ts';
import type { Provisioner, Requester } from './provisioner.ts';

/** The phase that a status proves; a started task may be in its commit phase, so `running` stands for both. */
const phaseOf: Readonly<Record<Status, Phase>> = {
  queued: 'queued',
  started: 'running',
  finished: 'finished',
  failed: 'failed',
};

const longestId = 1000;

/** Whether a path can hold it: no other id is asked for by what a target makes up. */
const isAskable = (id: string): boolean =>
  id.length <= longestId && id.isWellFormed() && !['', '.', '..'].includes(id);

export function noProvisioner({ send }: Pick<Requester, 'send'>): Provisioner {
  return {
    name: 'none',
    askedBy: noProvisioner,
    reaches: new Set(),
    capabilities: [],
    async provision(phase) {
      throw new Unreachable(`none: read-only, makes no ${phase} task`);
    },
    async existing(phase): Promise<Task> {
      const shown = shownRows(await send(list()));
      const rows = 'what' in shown ? shown.what : [];
      const row = rows.find(({ id, status }) => phaseOf[status] === phase && isAskable(id));
      if (!row) throw new Unreachable(`none: the list shows no ${phase} task to look at`);
      return { id: row.id, held: false, history: [{ phase }], agedS: 0 };
    },
    remove: async () => 'not', // it made nothing
  };
}
