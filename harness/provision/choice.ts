/** The provisioner of a run, by its plan. */
import { LostRace, UserError } from '../model/errors.ts';
import { read } from '../model/requests.ts';
import { type CommandOptions, commandProvisioner } from './command.ts';
import { type ControlCapabilities, controlProvisioner } from './control.ts';
import { crdbsProvisioner } from './crdbs.ts';
import { fixedProvisioner, noProvisioner, type TaskIds } from './existing-tasks.ts';
import type { Provisioner, Requester } from './provisioner.ts';
import type { TestDatabases } from './test-databases.ts';

export function provisionerFor(plan: ProvisionPlan, asker: Requester): Provisioner {
  switch (plan.name) {
    case 'control':
      return controlProvisioner(asker, plan.offered);
    case 'fixed':
      return fixedProvisioner(plan.ids);
    case 'command':
      return commandProvisioner(asker, plan.options);
    case 'crdbs':
      return crdbsProvisioner(asker, plan.testDatabase);
    case 'none':
      return noProvisioner(asker);
  }
}

/** At most so many of the user's task ids are looked up. */
const mostIdsAsked = 50;

/** Those of the user's task ids that the target does not know (404). A refused login (401) is not tried again. */
export async function unknownAmong(
  ids: readonly string[],
  send: Requester['send'],
): Promise<readonly string[]> {
  const unknown: string[] = [];
  for (const id of ids.slice(0, mostIdsAsked)) {
    const { response } = await send(read({ id }));
    if (response?.status === 401) break;
    if (response?.status === 404) unknown.push(id);
  }
  return unknown;
}

/**
 * Before a run: whether the configured tasks are there, and whether the program of `--command` makes a running task.
 * @returns a warning, where some of the tasks are not there
 * @throws {UserError} exit 2: none of them is, or the program fails
 */
export async function assertTasks(
  plan: Extract<ProvisionPlan, { readonly name: 'fixed' | 'command' }>,
  asker: Requester,
): Promise<string | undefined> {
  if (plan.name === 'command') {
    const made = commandProvisioner(asker, plan.options).provision('running');
    await made.catch((error: unknown) => {
      if (!(error instanceof LostRace)) return; // it may make tasks in other phases
      throw new UserError(`${error.message}.`, `Run it by hand: ${plan.options.command} running`, 2);
    });
    return undefined;
  }
  const ids = Object.values(plan.ids).flat();
  const unknown = await unknownAmong(ids, asker.send);
  if (unknown.length === 0) return undefined;
  const some = `${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ', …' : ''}`;
  const fresh = 'Ended tasks expire (after 500 s by default): configure fresh ones.';
  if (unknown.length < ids.length)
    return `The target does not know ${unknown.length} of the ${ids.length} configured tasks: ${some}. ${fresh}`;
  throw new UserError(
    `The target knows none of the ${ids.length} configured tasks (404): ${some}.`,
    fresh,
    2,
  );
}

export type ProvisionPlan =
  | {
      readonly name: 'control';
      readonly offered: ControlCapabilities;
      /** The thread that started the run answers the control protocol instead of the target. */
      readonly byCaller?: true;
    }
  | { readonly name: 'fixed'; readonly ids: TaskIds }
  | { readonly name: 'crdbs'; readonly testDatabase: TestDatabases }
  | { readonly name: 'command'; readonly options: CommandOptions }
  | { readonly name: 'none' };
