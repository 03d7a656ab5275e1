/**
 * The second set of faults. Its author had read the facts, the stance, the control protocol and this server, but
 * neither the suites nor the harness, nor the faults of the other sets.
 */
import type { Fault } from '../fault.ts';
import { idFaults } from './ids.ts';
import { laterFaults } from './later.ts';
import { loginFaults } from './login.ts';
import { pairFaults } from './pairs.ts';
import { plainFaults } from './plain.ts';
import { sameTimeFaults } from './same-time.ts';
import { timeFaults } from './time.ts';
import { whichFaults } from './which.ts';

export const faults: readonly Fault[] = [
  ...pairFaults,
  ...laterFaults,
  ...whichFaults,
  ...sameTimeFaults,
  ...timeFaults,
  ...loginFaults,
  ...idFaults,
  ...plainFaults,
];
