/** All proofs, in the order in which docs/trust.md tells them. */
import type { Proof } from './proof.ts';

export const proofs: readonly Proof[] = [];
