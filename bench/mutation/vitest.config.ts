/** The tests beside the functions that judge: what StrykerJS runs against each change of these. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'harness/judge/{judge,judge-list,judge-task,judge-words}.test.ts',
      'harness/model/{bracket,verdict}.test.ts',
      'harness/run/{tries,report}.test.ts',
      'harness/http/time-limit.test.ts',
    ],
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
