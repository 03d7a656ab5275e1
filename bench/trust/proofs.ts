/** All proofs, in the order in which docs/trust.md tells them. */
import { badNetworks } from './bad-networks.ts';
import { badNetworksMutants } from './bad-networks-mutants.ts';
import { busyMachine } from './busy-machine.ts';
import { crdbs, crdbsMutants, crdbsReal } from './crdbs.ts';
import { crdbsKilled } from './crdbs-killed.ts';
import { inRealTime, overHttp } from './environments.ts';
import { faithfulVariants, faithfulVariantsReal } from './faithful-variants.ts';
import { hostileTargets } from './hostile-targets.ts';
import { judgedAgain } from './judged-again.ts';
import { killed } from './killed.ts';
import type { Proof } from './proof.ts';
import { rareFaults } from './rare.ts';
import { repeats } from './repeats.ts';

export const proofs: readonly Proof[] = [
  overHttp,
  inRealTime,
  faithfulVariants,
  faithfulVariantsReal,
  badNetworks,
  badNetworksMutants,
  busyMachine,
  rareFaults,
  hostileTargets,
  killed,
  crdbs,
  crdbsReal,
  crdbsMutants,
  crdbsKilled,
  judgedAgain,
  repeats,
];
