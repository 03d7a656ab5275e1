import { defineConfig } from 'vitest/config';
import { native, suiteOptions } from './harness/vitest-options.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'own',
          include: ['{spec,harness,suites,reports,bench,examples}/**/*.test.ts'],
          pool: 'threads',
          experimental: native,
        },
      },
      {
        // The suites against $CRDB_TARGET, or against a reference cluster of their own.
        test: { name: 'conformance', include: ['suites/*.suite.ts'], ...suiteOptions },
      },
    ],
  },
});
