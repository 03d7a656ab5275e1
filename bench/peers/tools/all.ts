/** All tools, in the order of the table. */
import type { Peer } from '../peer.ts';
import { dredd } from './dredd.ts';
import { ours } from './ours.ts';
import { prism } from './prism.ts';
import { redocly } from './redocly.ts';
import { schemathesis } from './schemathesis.ts';
import { specmatic } from './specmatic.ts';
import { stepci } from './stepci.ts';
import { vitest } from './vitest.ts';

export const peers: readonly Peer[] = [schemathesis, dredd, prism, specmatic, redocly, stepci, vitest, ours];

/** What can't be had, and why. */
export const notToBeHad: readonly { readonly name: string; readonly why: string }[] = [
  { name: 'CATS', why: 'its jar is published on GitHub alone, and Maven Central has no com.endava:cats' },
];
