import { crdbsKilled } from './crdbs-killed.ts';
import { testQuickly } from './quickly.ts';

testQuickly(crdbsKilled);
