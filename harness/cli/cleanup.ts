/** `crdb-conformance cleanup`: removes what a run left on its target, as listed in the run's resource log. */

import { printable } from '../../reports/text/escape.ts';
import { environmentLayer, firstOfEach } from '../config/chosen-options.ts';
import { type RunOptions, settingsOf, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { lockout } from '../http/liveness.ts';
import { UserError } from '../model/errors.ts';
import { concurrencyOn } from '../model/settings.ts';
import { cleanUpResources } from '../provision/cleanup.ts';
import { guarding } from '../provision/guard.ts';
import { preflight } from '../provision/preflight.ts';
import { continueResourceLog, readResourceLog } from '../provision/resource-log-file.ts';
import type { Terminal } from './terminal.ts';

/** For the removal of a database. */
const limitMs = 120_000;

/**
 * @param given the flags that the user gave
 * @returns 0 where nothing of the run is left on the target, else 3
 * @throws {UserError} exit 2: the file is no resource log; exit 3: the target can't be reached
 */
export async function cleanup(file: string, given: RunOptions, io: Terminal): Promise<number> {
  const { opened } = readResourceLog(file);
  const { options } = firstOfEach([
    { options: { target: opened.target }, origin: () => '' }, // not the one of the environment
    { options: given, origin: () => '' },
    environmentLayer(io.env),
  ]);
  const target = await targetOf(options, io.env, passwordsFrom(io));
  if (!target) throw new UserError(`${file} contains no target.`, 'Name the resources.ndjson of a run.', 2);
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
    for (const line of left) io.error(`Left on the target: ${printable(line, 1000)}\n`);
    if (left.length > 0) return 3;
    io.write(
      `Nothing of the run ${opened.tag} is left on ${target.url.host}. The resource log listed ${openDatabases.length} databases and ${openTasks.length} tasks.\n`,
    );
    return 0;
  } finally {
    environment.close();
    close();
  }
}
