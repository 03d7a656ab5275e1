/** The provisioner for a run. */
import type { Exchange } from '../exchange.ts';
import type { ProvisionPlan } from '../plan.ts';
import type { Provisioner } from '../provisioner.ts';
import type { Request } from '../requests.ts';
import { controlProvisioner } from './control.ts';
import { fixedProvisioner } from './fixed.ts';
import { noProvisioner } from './none.ts';

export function provisionerFor(
  plan: ProvisionPlan,
  send: (request: Request) => Promise<Exchange>,
): Provisioner {
  switch (plan.name) {
    case 'control':
      return controlProvisioner(send, plan.offered);
    case 'fixed':
      return fixedProvisioner(plan.ids);
    case 'none':
      return noProvisioner(send);
  }
}
