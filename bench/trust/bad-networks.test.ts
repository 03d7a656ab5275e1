import { badNetworks } from './bad-networks.ts';
import { testQuickly } from './quickly.ts';

testQuickly(badNetworks);
