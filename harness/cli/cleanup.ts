/** `crdb-conformance cleanup`: removes what a run left on its target, as listed in the run's resource log. */

import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { printable } from '../../reports/text/escape.ts';
import { chosenOptions } from '../config/chosen-options.ts';
import { settingsOf, targetOf } from '../config/options.ts';
import { passwordsFrom } from '../config/passwords.ts';
import type { RunFlags } from '../config/run-options.ts';
import { realClock } from '../http/clock.ts';
import { httpEnvironment } from '../http/environment.ts';
import { findLeader } from '../http/leader.ts';
import { lockout } from '../http/liveness.ts';
import type { Target } from '../http/target.ts';
import { UserError } from '../model/errors.ts';
import { concurrencyOn } from '../model/settings.ts';
import { cleanUpResources, leftResources } from '../provision/cleanup.ts';
import { guarding, readingOnly } from '../provision/guard.ts';
import {
  continueResourceLog,
  nothingLeft,
  readResourceLog,
  resourceLogName,
} from '../provision/resource-log-file.ts';
import { runPreflight } from '../run/engine.ts';
import { lockFolders } from '../run/folder-lock.ts';
import type { Terminal } from './terminal.ts';

/** For the removal of a database. */
const limitMs = 120_000;

/**
 * Shows what a run left, and removes it unless `dryRun` is given.
 * @param given the flags that the user gave
 * @returns 0 where nothing of the run is left on the target, else 3
 * @throws {UserError} exit 2: the file is no resource log, or of a run on another target; exit 3: the target can't be
 *   reached
 */
export async function cleanup(file: string, given: RunFlags, io: Terminal): Promise<number> {
  const { opened } = readResourceLog(file);
  const { options } = await chosenOptions(given, io.env);
  const logged = new URL(opened.target);
  if (options.target === undefined)
    throw new UserError(
      `${file} is of a run on ${logged.href}; cleanup sends a login only to a target that you name.`,
      'If that is your target, add --target URL.',
      2,
    );
  const named = await targetOf(options, io.env, passwordsFrom(io));
  if (!named || !isAmong(named, logged))
    throw new UserError(
      `${file} is of a run on ${logged.href}, but the target is ${named?.url.href}.`,
      'Name the resource log of a run on your target, or the target of that run.',
      2,
    );
  using _lock = lockFolders(...(basename(file) === resourceLogName ? [dirname(file)] : [])); // the run may be on
  const settings = settingsOf(options);
  const { target } = await findLeader(named, (node) => runPreflight(node, settings, false));
  const { resourceLog, close } = continueResourceLog(file);
  const environment = httpEnvironment({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: concurrencyOn(false, {}),
    ...(settings.maxRps === undefined ? {} : { maxRps: settings.maxRps }),
    lockout: lockout(1),
    guard: given.dryRun ? readingOnly : guarding(resourceLog),
    record: () => {},
  });
  const cleaning = {
    send: environment.send,
    wait: (ms: number) => environment.wait(ms),
    nowMs: () => environment.now().earliestMs,
    resourceLog,
    limitMs,
  };
  const shown = (line: string): string => printable(line, 1000);
  try {
    const found = await leftResources(cleaning);
    if (found.length > 0) io.write(`The run ${opened.tag} left on ${target.url.host}:\n`);
    for (const line of found) io.write(`  ${shown(line)}\n`);
    const left = given.dryRun ? found : await cleanUpResources(cleaning);
    if (!given.dryRun) for (const line of left) io.error(`Left on the target: ${shown(line)}\n`);
    if (left.length > 0) return 3;
    io.write(`Nothing of the run ${opened.tag} is left on ${target.url.host}.\n`);
    for (const other of otherLogs(file))
      io.error(
        `Another resource log beside it still holds resources: ${shown(other)}. Clean it up as well.\n`,
      );
    return 0;
  } finally {
    environment.close();
    close();
  }
}

/** Resource logs of other runs in the same folder that hold something to remove: the next run keeps them under a new name. */
const otherLogs = (file: string): readonly string[] =>
  readdirSync(dirname(file))
    .filter((name) => /^resources.*\.ndjson$/.test(name) && name !== basename(file))
    .map((name) => join(dirname(file), name))
    .filter((other) => !nothingLeft(other));

/** Whether the target of a log is one that the user names: the target, a node, or a leader that may be followed. */
function isAmong({ url, others = [], followed = [] }: Target, logged: URL): boolean {
  const named = [url, ...others.map((other) => other.url)].map(({ href }) => href);
  return (
    named.includes(logged.href) || [logged.hostname, logged.host].some((host) => followed.includes(host))
  );
}
