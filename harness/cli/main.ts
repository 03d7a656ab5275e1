/** The program: arguments → command → exit code. */
import { CommanderError } from 'commander';
import { lines } from '../../reports/text/escape.ts';
import type { WorkerPoolMaker } from '../run/worker-pool.ts';
import { programOn } from './commands.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs the program on the terminal of this process, and ends the process. */
export async function start(): Promise<void> {
  delete process.env.DEBUG; // libraries would write what they send
  if (process.env.NODE_DEBUG) {
    process.stderr.write(
      'NODE_DEBUG is set: Node would write the credentials of each request to standard error.\nUnset NODE_DEBUG.\n',
    );
    process.exitCode = 2;
    return;
  }
  const io = processTerminal();
  const code = await main(process.argv.slice(2), io);
  io.close();
  // Open sockets of a target must not keep the program alive.
  process.stdout.write('', () => process.exit(code));
}

/**
 * @param poolOf makes the threads of a run; a caller that starts many runs may give one pool to all
 * @returns the exit code
 */
export async function main(args: readonly string[], io: Terminal, poolOf?: WorkerPoolMaker): Promise<number> {
  let exit = 0;
  try {
    await programOn(
      io,
      (code) => {
        exit = code;
      },
      poolOf,
    ).parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    return explained(error, io);
  }
}

/** What the user can correct, in two lines; a fault of the harness, with its stack. */
function explained(error: unknown, io: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has shown it
  if (error instanceof Error && 'remedy' in error) {
    io.error(`${lines(error.message)}\n${lines(String(error.remedy))}\n`);
    return 'exitCode' in error && error.exitCode === 3 ? 3 : 2;
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.error(`The program itself failed. Please report this:\n${lines(words)}\n`);
  return 3;
}
