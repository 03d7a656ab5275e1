import { pairs } from './pairs.ts';
import { testQuickly } from './quickly.ts';

testQuickly(pairs);
