/** The provisioner of a run, by its plan. */
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
