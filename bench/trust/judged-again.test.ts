import { judgedAgain } from './judged-again.ts';
import { testQuickly } from './quickly.ts';

testQuickly(judgedAgain);
