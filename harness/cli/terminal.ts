/** The program's own ends: what it reads from and writes to. Commands get it handed in. */
import { text } from 'node:stream/consumers';
import type { Screen } from '../progress.ts';

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
  /** The standard input, whole. */
  stdin(): Promise<string>;
}

/** The terminal that this process was started in. A second Ctrl-C ends the process at once. */
export function processTerminal(): Terminal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const { stdout, stderr, env } = process;
  return {
    env,
    colour: stdout.isTTY && !env.NO_COLOR && stdout.hasColors(),
    width: stdout.columns ?? 100,
    screen: stderr,
    interrupt: interrupted.signal,
    write: (words) => void stdout.write(words),
    error: (words) => void stderr.write(words),
    stdin: () => text(process.stdin),
  };
}
