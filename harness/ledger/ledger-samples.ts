/** For own tests: ledgers that are kept nowhere, and no guard at all. */
import type { Guard } from './guard.ts';
import { type Ledger, ledgerInMemory } from './ledger.ts';

export const sampleLedger = (tag = 'sample'): Ledger => ledgerInMemory(tag);

/** Lets everything through: for what is about the wire alone. */
export const unguarded: Guard = { admit: () => {}, heed: () => {} };
