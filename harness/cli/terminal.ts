/** The program's own ends: what it reads from and writes to. Commands get it handed in. */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Screen } from '../run/progress.ts';

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly colour: boolean;
  /** In characters. */
  readonly width: number;
  /** Where live progress goes. */
  readonly screen: Screen;
  /** Aborted by the first Ctrl-C. */
  readonly interrupt: AbortSignal;
  write(text: string): void;
  error(text: string): void;
  /** Workflow commands for GitHub's runner, which obeys nothing else that is written; elsewhere it is a text like any. */
  command(text: string): void;
  /** Ends what is written. */
  close(): void;
  /** The standard input, whole. */
  stdin(): Promise<string>;
}

/** The terminal that this process was started in. A second Ctrl-C ends the process at once. */
export function processTerminal(): Terminal {
  const interrupted = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (interrupted.signal.aborted) {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      process.kill(process.pid, signal);
    }
    interrupted.abort();
  };
  // Not `once`: libraries that clean up at a signal end the process where they find nobody else listening any more.
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const { stdout, stderr, env } = process;
  const runner = env.GITHUB_ACTIONS === 'true' ? guarded(stdout) : unguarded;
  return {
    env,
    colour: stdout.isTTY && !env.NO_COLOR && stdout.hasColors(),
    width: stdout.columns ?? 100,
    screen: stderr,
    interrupt: interrupted.signal,
    write(words) {
      runner.stop();
      stdout.write(words);
    },
    error(words) {
      runner.stop();
      stderr.write(words);
    },
    command(words) {
      runner.resume();
      stdout.write(words);
    },
    close: runner.resume,
    stdin: () => text(process.stdin),
  };
}

interface Runner {
  stop(): void;
  resume(): void;
}

const unguarded: Runner = { stop: () => {}, resume: () => {} };

/**
 * A runner takes commands out of what a step writes: `##[error]…` anywhere in a line, also where a target said it. So it
 * is told to stop before anything is written, with a word that nobody can know, and to go on for our own commands.
 */
function guarded(stdout: NodeJS.WriteStream): Runner {
  const word = randomUUID();
  let stopped = false;
  const turn = (stop: boolean, command: string) => () => {
    if (stopped === stop) return;
    stopped = stop;
    stdout.write(command);
  };
  return { stop: turn(true, `::stop-commands::${word}\n`), resume: turn(false, `::${word}::\n`) };
}
