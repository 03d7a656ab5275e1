/** The tests beside the functions that judge: what StrykerJS runs against each change of these. */
import { defineConfig } from 'vitest/config';
import { native } from '../../harness/vitest-options.ts';

export default defineConfig({
  test: {
    include: [
      'harness/{verdict,bracket,tries,patience,finding,judge,judge-list,judge-task,judge-words,repeats,undecided}.test.ts',
      'harness/cli/exit-code.test.ts',
    ],
    experimental: native,
  },
});
