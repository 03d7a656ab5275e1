/** `crdb-conformance cleanup`: gives back what a run left on its target, by the run's ledger alone. */
import { UserError } from '../errors.ts';
import { continueLedger, readLedger } from '../ledger/file.ts';
import { guarding } from '../ledger/guard.ts';
import { putBack } from '../ledger/put-back.ts';
import { environmentLayer, resolved } from '../options/layers.ts';
import { type RunOptions, settingsOf, targetOf } from '../options/options.ts';
import { concurrencyOn } from '../options/settings.ts';
import { lockout } from '../target/lockout.ts';
import { passwordsFrom } from '../target/passwords.ts';
import { preflight } from '../target/preflight.ts';
import { redactor } from '../target/target.ts';
import { realClock } from '../worlds/clock.ts';
import { httpWorld } from '../worlds/world.ts';
import type { Terminal } from './terminal.ts';

/** How long a database may take to go, in milliseconds. */
const patienceMs = 120_000;

/**
 * @param given the flags that the user gave
 * @returns the exit code: 0 where nothing of the run is left on the target, else 3
 * @throws {UserError} exit 2: the ledger is none; exit 3: the target can't be reached
 */
export async function cleanup(file: string, given: RunOptions, io: Terminal): Promise<number> {
  const { opened } = readLedger(file);
  const { options } = resolved([
    { options: { target: opened.target }, origin: () => '' }, // whatever the environment says
    { options: given, origin: () => '' },
    environmentLayer(io.env),
  ]);
  const target = await targetOf(options, io.env, passwordsFrom(io));
  if (!target) throw new UserError(`${file} names no target.`, 'Name the ledger of a run.', 2);
  const settings = settingsOf(options);
  const { ledger, close } = continueLedger(file);
  const world = httpWorld({
    target,
    clock: realClock(),
    timeoutMs: settings.timeoutS * 1000,
    concurrency: concurrencyOn(false, {}),
    ...(settings.maxRps === undefined ? {} : { maxRps: settings.maxRps }),
    lockout: lockout(1),
    guard: guarding(ledger),
    record: () => {},
  });
  try {
    await preflight(world, target, false);
    const { openDatabases, openTasks } = ledger;
    const left = await putBack({
      send: world.send,
      wait: (ms) => world.wait(ms),
      nowMs: () => world.now().earliestMs,
      ledger,
      patienceMs,
    });
    const redact = redactor(target.login);
    for (const line of left) io.error(`Still on the target: ${redact(line)}\n`);
    if (left.length > 0) return 3;
    const held = `${openDatabases.length} databases and ${openTasks.length} tasks that might have been left`;
    io.write(`Nothing of the run ${opened.tag} is left on ${target.url.host}: the ledger held ${held}.\n`);
    return 0;
  } finally {
    world.close();
    close();
  }
}
