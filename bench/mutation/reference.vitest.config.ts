/** A run of all suites on the reference cluster, as the only test. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['bench/mutation/reference.check.ts'],
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
