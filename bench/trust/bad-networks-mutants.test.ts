import { badNetworksMutants } from './bad-networks-mutants.ts';
import { testQuickly } from './quickly.ts';

testQuickly(badNetworksMutants);
