/** The tests beside the functions that judge: what StrykerJS runs against each change of these. */
import { defineConfig } from 'vitest/config';
import { native } from '../../harness/run/vitest-options.ts';

export default defineConfig({
  test: {
    include: [
      'harness/judge/{verdict,bracket,finding,judge,judge-list,judge-task,judge-words}.test.ts',
      'harness/run/{tries,repeats,undecided}.test.ts',
      'harness/http/time-limit.test.ts',
      'harness/cli/exit-code.test.ts',
    ],
    experimental: native,
  },
});
