import { hostileTargets } from './hostile-targets.ts';
import { testQuickly } from './quickly.ts';

testQuickly(hostileTargets);
