/** How vitest runs the suites: the same from the program, from the command line of vitest, and in an editor. */
import type { InlineConfig } from 'vitest/node';
import { pathOf } from '../model/package.ts';

/** Node runs TypeScript in a checkout and JavaScript in the package. */
const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Node imports the files as they are: no second toolchain to disagree with. */
export const native = { viteModuleRunner: false, nodeLoader: false };

export const suiteOptions = {
  exclude: [], // in a package all of this lies under node_modules
  setupFiles: [pathOf(new URL(`./vitest-setup${ending}`, import.meta.url))],
  // One worker that keeps its modules: the runner in it runs all files' checks at once.
  pool: 'threads',
  isolate: false,
  maxWorkers: 1,
  maxConcurrency: 1_000_000,
  testTimeout: 0,
  hookTimeout: 0,
  experimental: native,
} satisfies InlineConfig;
