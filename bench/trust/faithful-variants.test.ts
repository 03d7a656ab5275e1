import { faithfulVariants } from './faithful-variants.ts';
import { testQuickly } from './quickly.ts';

testQuickly(faithfulVariants);
