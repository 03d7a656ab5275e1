/** The provisioner for a run. */
import type { ProvisionPlan } from '../run/plan.ts';
import { commandProvisioner } from './command.ts';
import { controlProvisioner } from './control.ts';
import { crdbsProvisioner } from './crdbs.ts';
import { fixedProvisioner } from './fixed.ts';
import { noProvisioner } from './none.ts';
import type { Provisioner, Requester } from './provisioner.ts';

export function provisionerFor(plan: ProvisionPlan, asker: Requester): Provisioner {
  switch (plan.name) {
    case 'control':
      return controlProvisioner(asker, plan.offered);
    case 'fixed':
      return fixedProvisioner(plan.ids);
    case 'command':
      return commandProvisioner(asker, plan.options);
    case 'crdbs':
      return crdbsProvisioner(asker, plan.ground);
    case 'none':
      return noProvisioner(asker);
  }
}
