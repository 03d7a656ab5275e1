/**
 * The fourth set of faults, written as a stranger: their author had read the facts, the stance, the control protocol
 * and the second server, but neither the suites nor what the earlier sets hold.
 */
import type { Fault } from './fault.ts';
import { askingFaults } from './fourth-asking.ts';
import { othersFaults } from './fourth-others.ts';
import { stateFaults } from './fourth-state.ts';

export const fourthFaults: readonly Fault[] = [...askingFaults, ...stateFaults, ...othersFaults];
