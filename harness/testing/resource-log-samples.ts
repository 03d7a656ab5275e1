/** For own tests: resource logs that are kept nowhere, and no guard at all. */
import type { Guard } from '../http/client.ts';
import { type ResourceLog, resourceLogInMemory } from '../provision/resource-log.ts';

export const sampleResourceLog = (tag = 'sample'): ResourceLog => resourceLogInMemory(tag);

/** Lets everything through: for what is about the wire alone. */
export const unguarded: Guard = { admit: () => {}, observe: () => {} };
