/** One half of the whole kill matrix. */
import { testHalfOfMatrix } from '../harness/testing/whole-kill-matrix.ts';

testHalfOfMatrix(0);
