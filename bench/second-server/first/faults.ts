/** The first set of faults. Each breaks a `must` row of the stance, for whoever looks in the right place. */
import type { Fault } from '../fault.ts';
import { idFaults } from './ids.ts';
import { loginFaults } from './login.ts';
import { manyFaults } from './many.ts';
import { plainFaults } from './plain.ts';
import { sameTimeFaults } from './same-time.ts';
import { timeFaults } from './time.ts';
import { twiceFaults } from './twice.ts';
import { twoFaults } from './two.ts';

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
