/** The options of `run` that say which target it is and who asks: other commands have the same. */
import type { RunOptions } from '../options.ts';

export const targetKeys: readonly (keyof RunOptions)[] = [
  'target',
  'user',
  'passwordEnv',
  'passwordStdin',
  'auth',
  'ca',
  'insecure',
  'timeout',
];
