import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { native, suiteOptions } from './harness/run/vitest-options.ts';

const globalSetup = ['harness/testing/temporary-folder.ts'];

/** Takes an install, so it goes apart and last. */
const installed = 'harness/installed.test.ts';

export default defineConfig({
  test: {
    maxWorkers: Math.max(4, availableParallelism()), // programs in processes of their own are mostly waited for
    projects: [
      {
        test: {
          name: 'own',
          include: ['{spec,harness,suites,reports,bench,examples}/**/*.test.ts'],
          exclude: [installed, 'reports/out/**'],
          pool: 'threads',
          globalSetup,
          experimental: native,
        },
      },
      {
        test: {
          name: 'package',
          include: [installed],
          globalSetup,
          experimental: native,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The suites against $CRDB_TARGET, or against a reference cluster of their own.
        test: { name: 'conformance', include: ['suites/*.suite.ts'], ...suiteOptions },
      },
    ],
  },
});
