import { killed } from './killed.ts';
import { testQuickly } from './quickly.ts';

testQuickly(killed);
