/** Runs by `crdbs` that are killed at a random moment, as processes of their own, and cleaned up by their resourceLog. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { realClock } from '../../harness/http/clock.ts';
import { codeRoot, pathOf } from '../../harness/model/package.ts';
import { readResourceLog } from '../../harness/provision/resource-log-file.ts';
import { type Reference, startReference } from '../../harness/reference/reference.ts';
import { random } from '../../harness/run/shuffle.ts';
import type { Proof } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

/** In milliseconds. */
const takesMs = { queued: 20, running: 150, committing: 80 };
/** From its start a run is killed within so many milliseconds: its database comes and its tasks are made until then. */
const killedWithinMs = 12_000;

const program = (args: readonly string[], { password }: Reference): ChildProcess =>
  spawn(process.execPath, [pathOf(new URL('harness/cli.ts', codeRoot)), ...args], {
    env: { ...process.env, CRDB_PASSWORD: password },
    stdio: 'ignore',
  });

/** What came of one killed run. */
interface Killed {
  /** What its resource log held: 0 where it was killed before it made anything. */
  readonly made: number;
  /** Whether its database was there when it was cleaned up. */
  readonly leftDatabase: boolean;
  readonly against: readonly string[];
}

async function kill(folder: string, afterMs: number): Promise<Killed> {
  await using target = await startReference({
    clock: realClock(),
    epochMs: Date.now(),
    crdbs: { takesMs },
  });
  const foreign = ['production', 'conformance-other-db'].map((name) =>
    target.side?.databases.plant({ name }),
  );
  target.tasks.create({ id: 'foreign', phase: 'running' });
  const who = ['--user', target.user];
  const child = program(
    ['run', '--target', target.url, ...who, '--provision', 'crdbs', '--out', folder],
    target,
  );
  const ended = once(child, 'exit');
  await Promise.race([ended, sleep(afterMs)]);
  child.kill('SIGKILL');
  await ended;
  const file = join(folder, 'resources.ndjson');
  const where = `killed after ${Math.round(afterMs)} ms`;
  const before = target.side?.databases.shown().length ?? 0;
  if (!existsSync(file))
    return {
      made: 0,
      leftDatabase: false,
      against:
        target.side?.changing.length === 0
          ? []
          : [`${where}: it has changed something, and has no resource log`],
    };
  const { entries } = readResourceLog(file);
  const [exit] = await once(program(['cleanup', '--resource-log', file, ...who], target), 'exit');
  await sleep(3 * (takesMs.queued + takesMs.running + takesMs.committing)); // what is on its way still would show then
  const left = (target.side?.databases.shown() ?? []).filter(({ guid }) => !foreign.includes(`${guid}`));
  const touched = (target.side?.changing ?? []).filter(
    ({ path }) => path.includes('/foreign/') || foreign.some((guid) => path.includes(`${guid}`)),
  );
  const running = [...target.tasks.all()].filter(
    ({ id, marks }) => id !== 'foreign' && !['finished', 'failed'].includes(marks.at(-1)?.phase ?? ''),
  );
  const gone = foreign.filter((guid) => target.side?.databases.show(`${guid}`) === undefined);
  return {
    made: entries.filter(({ type }) => type === 'making task' || type === 'making database').length,
    leftDatabase: before > foreign.length,
    against: [
      ...(exit === 0 ? [] : [`${where}: cleanup ended with ${exit}`]),
      ...left.map(({ name }) => `${where}: the database ${name} is left`),
      ...running.map(({ id }) => `${where}: the task ${id} is left`),
      ...touched.map(({ method, path }) => `${where}: ${method} ${path} was sent`),
      ...gone.map((guid) => `${where}: the foreign database ${guid} is gone`),
    ],
  };
}

export const crdbsKilled: Proof = {
  id: 'crdbs-killed',
  claims:
    'After a run by the operations of a real cluster is killed at any moment, cleanup leaves nothing of it there, and neither touches anything foreign',
  sizes: { quick: 2, long: 20 },
  seed: 1,
  prove: async (size, seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'crdb-crdbs-killed-'));
    try {
      const draw = random(seed);
      const moments = Array.from({ length: size }, (_, index) => ({
        index,
        afterMs: draw() * killedWithinMs,
      }));
      const results: Killed[] = [];
      await sideBySide(moments, 2, async ({ index, afterMs }) => {
        results.push(await kill(join(folder, `${index}`), afterMs));
      });
      const made = results.map((one) => one.made);
      const begun = made.filter((count) => count > 0);
      return {
        measured: `${size} runs of the program killed within ${killedWithinMs / 1000} s of their start: ${size - begun.length} before they made anything, ${begun.length} when they had asked for ${Math.min(...begun)} to ${Math.max(...begun)} tasks and databases; ${results.filter(({ leftDatabase }) => leftDatabase).length} had left a database`,
        against: results.flatMap(({ against }) => against),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
