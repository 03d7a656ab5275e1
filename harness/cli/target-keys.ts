/** The options of `run` that say who asks a target, and how it is trusted: other commands have the same. */
import type { RunOptions } from '../config/options.ts';

export const targetKeys: readonly (keyof RunOptions)[] = [
  'user',
  'passwordEnv',
  'passwordStdin',
  'passwordFile',
  'passwordCommand',
  'auth',
  'ca',
  'insecure',
  'cert',
  'key',
  'keyPassphraseEnv',
  'proxy',
  'timeout',
  'maxRps',
];
