import { testQuickly } from './quickly.ts';
import { repeats } from './repeats.ts';

testQuickly(repeats);
