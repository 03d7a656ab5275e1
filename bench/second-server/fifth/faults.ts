/** The fifth set of faults: written as a developer who builds the API, from the facts and the pages alone. */
import type { Fault } from '../fault.ts';
import { idsFaults } from './ids.ts';
import { laterFaults } from './later.ts';
import { loginFaults } from './login.ts';
import { plainFaults } from './plain.ts';
import { sameTimeFaults } from './same-time.ts';
import { timeFaults } from './time.ts';
import { twoFaults } from './two.ts';
import { whichFaults } from './which.ts';

export const faults: readonly Fault[] = [
  ...plainFaults,
  ...twoFaults,
  ...laterFaults,
  ...whichFaults,
  ...sameTimeFaults,
  ...timeFaults,
  ...loginFaults,
  ...idsFaults,
];
