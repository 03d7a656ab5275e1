import { inRealTime } from './environments.ts';
import { testQuickly } from './quickly.ts';

testQuickly(inRealTime);
