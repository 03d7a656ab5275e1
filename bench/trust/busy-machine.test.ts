import { busyMachine } from './busy-machine.ts';
import { testQuickly } from './quickly.ts';

testQuickly(busyMachine);
