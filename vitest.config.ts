import { defineConfig } from 'vitest/config';

// Node runs the TypeScript as it is, here as in the published package: no second toolchain to disagree with.
const native = { viteModuleRunner: false, nodeLoader: false };

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
    ],
  },
});
