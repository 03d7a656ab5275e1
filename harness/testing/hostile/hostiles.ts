/** All hostile targets. */
import { big } from './big.ts';
import { elsewhere } from './elsewhere.ts';
import { framing } from './framing.ts';
import type { Hostile } from './hostile.ts';
import { words } from './words.ts';

export const hostiles: readonly Hostile[] = [...big, ...framing, ...words, ...elsewhere];
