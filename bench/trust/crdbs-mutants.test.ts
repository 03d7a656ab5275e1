import { crdbsMutants } from './crdbs.ts';
import { testQuickly } from './quickly.ts';

testQuickly(crdbsMutants);
