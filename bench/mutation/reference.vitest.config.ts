/** A run of all suites on the reference cluster, as the only test. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['bench/mutation/reference.check.ts'],
    testTimeout: 600_000, // ms; StrykerJS has its own
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
