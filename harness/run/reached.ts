/** A target that is there to be tested, and its end: nothing for most, a container's removal for some. */

import type { Terminal } from '../cli/terminal.ts';
import { type RunOptions, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import { realClock } from '../http/clock.ts';
import type { Target } from '../http/target.ts';
import { startReference } from '../reference/reference.ts';

export interface Reached extends AsyncDisposable {
  readonly target: Target;
}

/** One target, and how it is reached when all else is known to be right. */
export interface Reachable {
  /** What people call it. */
  readonly name: (target: Target) => string;
  reach(): Promise<Reached>;
}

/** A target that others look after. */
export const standing = (target: Target): Reached => ({ target, async [Symbol.asyncDispose]() {} });

/** The target that the options name, or else a reference cluster of this process. */
export async function reachable(options: RunOptions, io: Terminal): Promise<Reachable> {
  const named = await targetOf(options, io.env, passwordsFrom(io));
  return named
    ? { name: ({ url }) => url.host, reach: async () => standing(named) }
    : { name: () => 'reference cluster', reach: ownReference };
}

async function ownReference(): Promise<Reached> {
  const { url, user, password, close } = await startReference({ clock: realClock(), epochMs: Date.now() });
  const target = { url: new URL(url), login: { user, password }, insecure: false };
  return { target, [Symbol.asyncDispose]: close };
}
