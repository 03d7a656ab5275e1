import { crdbs } from './crdbs.ts';
import { testQuickly } from './quickly.ts';

testQuickly(crdbs);
