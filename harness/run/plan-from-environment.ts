/** The plan of a run that vitest was started for by itself: the target from the environment, or the reference. */

import { environmentLayer } from '../config/chosen-options.ts';
import { targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import type { Target } from '../http/target.ts';
import { defaultSettings } from '../model/settings.ts';
import { readingOnly } from '../provision/guard.ts';
import { preflight } from '../provision/preflight.ts';
import { startReference } from '../reference/reference.ts';
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
  const environment = httpEnvironment({
    target: live,
    clock: realClock(),
    timeoutMs: 10_000,
    concurrency: 1,
    guard: readingOnly,
    record: () => {},
  });
  try {
    const { control } = await preflight(environment, live, true);
    return {
      target: { ...live, url: live.url.href },
      provision: control ? { name: 'control', offered: control } : { name: 'none' },
      settings: defaultSettings,
      readsOnly: control === undefined,
      tag: newTag(),
      selection,
    };
  } finally {
    environment.close();
  }
}

/** Nobody types anything, and the environment is no file that others could read. */
const unattended = { stdin: async () => '', error: () => {} };

async function referenceTarget(): Promise<Target> {
  const { url, user, password } = await startReference({ clock: realClock(), epochMs: Date.now() });
  return { url: new URL(url), login: { user, password }, insecure: false };
}
