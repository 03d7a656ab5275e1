import { crdbsReal } from './crdbs.ts';
import { testQuickly } from './quickly.ts';

testQuickly(crdbsReal);
