/** The plan of a run that vitest was started for by itself: the target from the environment, or the reference. */
import { readingOnly } from '../ledger/guard.ts';
import { environmentLayer } from '../options/layers.ts';
import { targetOf } from '../options/options.ts';
import { defaultSettings } from '../options/settings.ts';
import { startReference } from '../reference/reference.ts';
import { passwordsFrom } from '../target/passwords.ts';
import { preflight } from '../target/preflight.ts';
import type { Target } from '../target/target.ts';
import { realClock } from '../worlds/clock.ts';
import { httpWorld } from '../worlds/world.ts';
import { newTag, type RunPlan } from './plan.ts';

/**
 * Reads `CRDB_TARGET`, `CRDB_USER` and `CRDB_PASSWORD`; without a target it starts a reference cluster in this process.
 * @throws {UserError} the target can't be tested
 */
export async function planFromEnvironment(selection: readonly string[]): Promise<RunPlan> {
  const { env } = process;
  const live =
    (await targetOf(environmentLayer(env).options, env, passwordsFrom({ env, ...unattended }))) ??
    (await referenceTarget());
  const world = httpWorld({
    target: live,
    clock: realClock(),
    timeoutMs: 10_000,
    concurrency: 1,
    guard: readingOnly,
    record: () => {},
  });
  try {
    const { control } = await preflight(world, live, true);
    return {
      target: { ...live, url: live.url.href },
      provision: control ? { name: 'control', offered: control } : { name: 'none' },
      settings: defaultSettings,
      readsOnly: control === undefined,
      tag: newTag(),
      selection,
    };
  } finally {
    world.close();
  }
}

/** Nobody types anything, and the environment is no file that others could read. */
const unattended = { stdin: async () => '', error: () => {} };

async function referenceTarget(): Promise<Target> {
  const { url, user, password } = await startReference({ clock: realClock(), epochMs: Date.now() });
  return { url: new URL(url), login: { user, password }, insecure: false };
}
