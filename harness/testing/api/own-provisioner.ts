/** The provisioner that a vendor would write for the reference cluster, were it their mock. */

import type { OwnProvisioner } from '../../api/api.ts';
import type { Reference } from '../../reference/reference.ts';

export function provisionerOf({ tasks }: Pick<Reference, 'tasks'>): OwnProvisioner {
  const taskOf = (id: string) => {
    const task = tasks.get(id);
    if (!task) throw new Error(`there is no task ${id}`);
    return task;
  };
  return {
    cancelFailure: true,
    create: (wanted) => ({ crdbGuid: tasks.create(wanted).guid }),
    move(id, phase) {
      if (!tasks.move(taskOf(id), phase)) throw new Error(`${id} only moves forward`);
    },
    age: (id, seconds) => tasks.age(taskOf(id), seconds),
    remove: (id) => tasks.remove(id, false),
  };
}
