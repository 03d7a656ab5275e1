/** The tests beside the functions that judge: what StrykerJS runs against each change of these. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'harness/model/{verdict,bracket}.test.ts',
      'harness/run/{tries,report}.test.ts',
      'harness/http/client.test.ts',
      'harness/judge/{judge,global-checks,judge-list,judge-task,judge-words}.test.ts',
    ],
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
