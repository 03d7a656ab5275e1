/** What the program reads from and writes to, with the live progress of a run. Commands get it passed in. */
import { text } from 'node:stream/consumers';
import type { RunEvent } from '../model/report.ts';

/** What the lines go to; standard error, so that standard output is the report alone. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly colour: boolean;
  /** In characters. */
  readonly width: number;
  /** Where live progress goes. */
  readonly screen: Screen;
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. A command that never asks for it ends at once at a signal. */
  readonly interrupt: AbortSignal;
  write(text: string): void;
  error(text: string): void;
  /** Workflow commands for GitHub's runner, which obeys nothing else that is written; elsewhere it is a text like any. */
  command(text: string): void;
  /** Ends what is written. */
  close(): void;
  stdin(): Promise<string>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Listens for the first signal, from the first time that a command asks for it. Before that, and after it, a signal ends
 * the process at once, also while it computes.
 */
function firstSignal(): () => AbortSignal {
  const interrupted = new AbortController();
  const onSignal = (): void => {
    interrupted.abort();
    // Not in this turn: libraries that clean up at a signal end the process where they find nobody else listening.
    setImmediate(() => {
      for (const signal of signals) process.off(signal, onSignal);
    });
  };
  let listens = false;
  return () => {
    if (!listens) for (const signal of signals) process.on(signal, onSignal);
    listens = true;
    return interrupted.signal;
  };
}

/** The terminal that this process was started in. A second Ctrl-C ends the process at once. */
export function processTerminal(): Terminal {
  const interrupt = firstSignal();
  const { stdout, stderr, env } = process;
  // A reader that has gone, or a full disk, must not end a run that has yet to remove its tasks.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  const runner = env.GITHUB_ACTIONS === 'true' ? guarded(stdout) : unguarded;
  return {
    env,
    colour: stdout.isTTY && !env.NO_COLOR && stdout.hasColors(),
    width: stdout.columns ?? 100,
    screen: stderr,
    get interrupt() {
      return interrupt();
    },
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

interface CommandGuard {
  stop(): void;
  resume(): void;
}

const unguarded: CommandGuard = { stop: () => {}, resume: () => {} };

/**
 * A runner takes commands out of what a step writes: `##[error]…` anywhere in a line, also where a target said it. So it
 * gets the command to stop before anything is written, with a word that no target can know, and to go on for our own commands.
 */
function guarded(stdout: NodeJS.WriteStream): CommandGuard {
  const word = crypto.randomUUID();
  let stopped = false;
  const turn = (stop: boolean, command: string) => () => {
    if (stopped === stop) return;
    stopped = stop;
    stdout.write(command);
  };
  return { stop: turn(true, `::stop-commands::${word}\n`), resume: turn(false, `::${word}::\n`) };
}

/** Live progress of a run: what is done, and what is being waited for. */
export interface Progress {
  show(events: readonly RunEvent[]): void;
  end(): void;
}

interface Waiting {
  readonly untilMs: number;
  readonly why: string;
}

/**
 * @param nowMs the caller's clock: progress is shown in real time, whatever environment the checks are in
 */
export function progressOn(screen: Screen, nowMs: () => number): Progress {
  const state = { planned: 0, done: 0, begun: new Set<string>(), waiting: new Map<string, Waiting>() };
  const take = (event: RunEvent): void => {
    if (event.type === 'planned') state.planned = event.checks + (event.everyExchange ?? 0);
    if (event.type === 'waiting')
      state.waiting.set(keyOf(event), { untilMs: nowMs() + event.waitMs, why: event.why });
    if (event.type === 'begun') state.begun.add(keyOf(event));
    if (event.type !== 'check') return;
    state.done++;
    state.begun.delete(keyOf(event.check));
    state.planned = Math.max(state.planned, state.done); // a faulty server adds checks: a fault seen in another check
    state.waiting.delete(keyOf(event.check));
  };
  const line = (): string => {
    const left = [...state.waiting.values()].filter(({ untilMs }) => untilMs > nowMs());
    const longest = left.sort((a, b) => b.untilMs - a.untilMs)[0];
    const waits = longest
      ? `; ${left.length} waiting, the longest ${((longest.untilMs - nowMs()) / 1000).toFixed(1)} s for ${longest.why}`
      : '';
    const others = state.begun.size - left.length;
    const asks = others > 0 ? `; ${others} in progress` : '';
    return `${state.done} of ${state.planned} checks done${waits}${asks}`;
  };
  return screen.isTTY ? liveLine(screen, take, line) : plainLines(screen, take, () => state, line, nowMs);
}

function liveLine(screen: Screen, take: (event: RunEvent) => void, line: () => string): Progress {
  const clear = '\r\u001b[2K';
  return {
    show(events) {
      for (const event of events) take(event);
      screen.write(clear + line().slice(0, (screen.columns || 80) - 1)); // 0 where the terminal does not know
    },
    end: () => void screen.write(clear),
  };
}

/** In milliseconds. */
const longestSilence = 10_000;

/** Where nothing can be written over: a line each time another quarter is done, and each 10 s. */
function plainLines(
  screen: Screen,
  take: (event: RunEvent) => void,
  state: () => { readonly planned: number; readonly done: number },
  line: () => string,
  nowMs: () => number,
): Progress {
  let quarters = 0;
  let writtenMs = nowMs();
  const look = (): void => {
    const { planned, done } = state();
    const reached = planned === 0 ? 0 : Math.floor((4 * done) / planned);
    const isSilent = planned > 0 && nowMs() - writtenMs >= longestSilence;
    if (reached <= quarters && !isSilent) return;
    quarters = reached;
    writtenMs = nowMs();
    screen.write(`${line()}\n`);
  };
  const timer = setInterval(look, 1000).unref(); // nothing may happen for a long time
  return {
    show(events) {
      for (const event of events) take(event);
      look();
    },
    end: () => clearInterval(timer),
  };
}

const keyOf = ({ clause, name }: { readonly clause: string; readonly name: string }): string =>
  `${clause} ${name}`;
