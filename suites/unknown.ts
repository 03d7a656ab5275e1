/** Ids of tasks that surely don't exist. */
import { randomUUID } from 'node:crypto';

/** A well-formed id that no target has. */
export const unknownTask = (): { readonly id: string } => ({ id: randomUUID() });
