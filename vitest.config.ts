import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Node imports the files as they are: no second toolchain to disagree with. */
const native = { viteModuleRunner: false, nodeLoader: false };

const globalSetup = ['harness/testing/temporary-folder.ts'];

/** Tests beside each other: processes of their own are mostly waited for. */
const maxWorkers = Math.max(3, availableParallelism());
const tests = '{spec,harness,suites,reports,bench,examples}/**/*';

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      {
        // `npm test`: loopback only, no browser, no container, no install.
        test: {
          name: 'own',
          include: [`${tests}.test.ts`],
          exclude: [`${tests}.long.test.ts`, 'reports/out/**'],
          pool: 'threads',
          isolate: false, // modules hold no state, and loading them once for each worker saves a third of the CPU
          globalSetup,
          testTimeout: 600_000, // ms; no busy machine reaches it
          hookTimeout: 600_000,
          experimental: native,
        },
      },
      {
        // `npm run test:all`: the whole matrix, browser, containers, package, long proofs.
        test: {
          name: 'long',
          include: [`${tests}.long.test.ts`],
          globalSetup,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          experimental: native,
        },
      },
      {
        // The suites against $CRDB_TARGET, or against an embedded reference cluster: each clause a test.
        test: {
          name: 'conformance',
          include: ['suites/conformance.vitest.ts'],
          pool: 'threads',
          experimental: native,
        },
      },
    ],
  },
});
