/** `crdb-conformance cleanup`: gives back what a run left on its target, by the run's resource log alone. */
import { environmentLayer, resolved } from '../config/layers.ts';
import { type RunOptions, settingsOf, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { lockout } from '../http/liveness.ts';
import { redactor } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { concurrencyOn } from '../model/settings.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import { guarding } from '../provision/guard.ts';
import { preflight } from '../provision/preflight.ts';
import { continueResourceLog, readResourceLog } from '../provision/resource-log-file.ts';
import type { Terminal } from './terminal.ts';

/** How long a database may take to go, in milliseconds. */
const limitMs = 120_000;

/**
 * @param given the flags that the user gave
 * @returns the exit code: 0 where nothing of the run is left on the target, else 3
 * @throws {UserError} exit 2: the resource log is none; exit 3: the target can't be reached
 */
export async function cleanup(file: string, given: RunOptions, io: Terminal): Promise<number> {
  const { opened } = readResourceLog(file);
  const { options } = resolved([
    { options: { target: opened.target }, origin: () => '' }, // whatever the environment says
    { options: given, origin: () => '' },
    environmentLayer(io.env),
  ]);
  const target = await targetOf(options, io.env, passwordsFrom(io));
  if (!target) throw new UserError(`${file} names no target.`, 'Name the resource log of a run.', 2);
  const settings = settingsOf(options);
  const { resourceLog, close } = continueResourceLog(file);
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: concurrencyOn(false, {}),
    ...(settings.maxRps === undefined ? {} : { maxRps: settings.maxRps }),
    lockout: lockout(1),
    guard: guarding(resourceLog),
    record: () => {},
  });
  try {
    await preflight(environment, target, false);
    const { openDatabases, openTasks } = resourceLog;
    const left = await cleanUpResources({
      send: environment.send,
      wait: (ms) => environment.wait(ms),
      nowMs: () => environment.now().earliestMs,
      resourceLog,
      limitMs,
    });
    const redact = redactor(target.login);
    for (const line of left) io.error(`Still on the target: ${redact(line)}\n`);
    if (left.length > 0) return 3;
    const held = `${openDatabases.length} databases and ${openTasks.length} tasks that might have been left`;
    io.write(
      `Nothing of the run ${opened.tag} is left on ${target.url.host}: the resource log held ${held}.\n`,
    );
    return 0;
  } finally {
    environment.close();
    close();
  }
}
