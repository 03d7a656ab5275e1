/** Live progress while the checks run: what is done, and what is being waited for. */
import type { RunEvent } from '../model/events.ts';

export interface Progress {
  show(events: readonly RunEvent[]): void;
  /** Leaves the terminal clean. */
  end(): void;
}

/** What the lines go to; standard error, so that standard output is the report alone. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface Waiting {
  readonly untilMs: number;
  readonly why: string;
}

/** Tells nothing. */
export const silent: Progress = { show: () => {}, end: () => {} };

/**
 * @param nowMs the caller's clock: progress is shown in real time, whatever environment the checks are in
 * @param lead what each line begins with
 */
export function progressOn(screen: Screen, nowMs: () => number, lead = ''): Progress {
  const state = { planned: 0, done: 0, waiting: new Map<string, Waiting>() };
  const take = (event: RunEvent): void => {
    if (event.type === 'planned') state.planned = event.checks;
    if (event.type === 'waiting')
      state.waiting.set(keyOf(event), { untilMs: nowMs() + event.waitMs, why: event.why });
    if (event.type !== 'check' || event.check.suite === 'every exchange') return;
    state.done++;
    state.waiting.delete(keyOf(event.check));
  };
  const line = (): string => {
    const left = [...state.waiting.values()].filter(({ untilMs }) => untilMs > nowMs());
    const longest = left.sort((a, b) => b.untilMs - a.untilMs)[0];
    const waits = longest
      ? `; ${left.length} wait, the longest ${((longest.untilMs - nowMs()) / 1000).toFixed(1)} s for ${longest.why}`
      : '';
    return `${lead}${state.done} of ${state.planned} checks done${waits}`;
  };
  return screen.isTTY ? liveLine(screen, take, line) : plainLines(screen, take, () => state, line);
}

/** One line that is written over and over. */
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

/** Where nothing can be written over: a line each time another quarter is done. */
function plainLines(
  screen: Screen,
  take: (event: RunEvent) => void,
  state: () => { readonly planned: number; readonly done: number },
  line: () => string,
): Progress {
  let quarters = 0;
  return {
    show(events) {
      for (const event of events) take(event);
      const { planned, done } = state();
      const reached = planned === 0 ? 0 : Math.floor((4 * done) / planned);
      if (reached <= quarters) return;
      quarters = reached;
      screen.write(`${line()}\n`);
    },
    end: () => {},
  };
}

const keyOf = ({ clause, name }: { readonly clause: string; readonly name: string }): string =>
  `${clause} ${name}`;
