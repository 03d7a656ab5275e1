import { testMutants } from './kill-matrix.ts';

testMutants(0, 2);
