import { testQuickly } from './quickly.ts';
import { inRealTime } from './worlds.ts';

testQuickly(inRealTime);
