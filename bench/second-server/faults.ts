/** The faults of the second server. Each breaks a `must` row of the stance, for whoever looks in the right place. */
import type { Fault } from './fault.ts';
import { idFaults } from './faults-ids.ts';
import { loginFaults } from './faults-login.ts';
import { manyFaults } from './faults-many.ts';
import { plainFaults } from './faults-plain.ts';
import { sameTimeFaults } from './faults-same-time.ts';
import { timeFaults } from './faults-time.ts';
import { twiceFaults } from './faults-twice.ts';
import { twoFaults } from './faults-two.ts';

export const faults: readonly Fault[] = [
  ...plainFaults,
  ...twoFaults,
  ...twiceFaults,
  ...manyFaults,
  ...sameTimeFaults,
  ...timeFaults,
  ...loginFaults,
  ...idFaults,
];
