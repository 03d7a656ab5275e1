/**
 * The third set of faults. Its author had read the facts, the stance, the control protocol and this server, but
 * neither the suites nor the harness, nor the faults of the other sets.
 */
import type { Fault } from './fault.ts';
import { idFaults } from './third-ids.ts';
import { laterFaults } from './third-later.ts';
import { loginFaults } from './third-login.ts';
import { pairFaults } from './third-pairs.ts';
import { plainFaults } from './third-plain.ts';
import { sameTimeFaults } from './third-same-time.ts';
import { timeFaults } from './third-time.ts';
import { whichFaults } from './third-which.ts';

export const thirdFaults: readonly Fault[] = [
  ...pairFaults,
  ...laterFaults,
  ...whichFaults,
  ...sameTimeFaults,
  ...timeFaults,
  ...loginFaults,
  ...idFaults,
  ...plainFaults,
];
