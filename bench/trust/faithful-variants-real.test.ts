import { faithfulVariantsReal } from './faithful-variants.ts';
import { testQuickly } from './quickly.ts';

testQuickly(faithfulVariantsReal);
