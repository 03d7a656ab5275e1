import { testMutants } from './kill-matrix.ts';

testMutants(1, 2);
