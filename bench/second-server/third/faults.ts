/**
 * The third set of faults, written as a stranger: their author had read the facts, the stance, the control protocol
 * and the second server, but neither the suites nor what the earlier sets hold.
 */
import type { Fault } from '../fault.ts';
import { askingFaults } from './asking.ts';
import { othersFaults } from './others.ts';
import { stateFaults } from './state.ts';

export const faults: readonly Fault[] = [...askingFaults, ...stateFaults, ...othersFaults];
