/** From what a tool said of each server to its row: pure, so that the counting can be tested. */
import type { Server } from './servers.ts';

/** What one tool made of one server. */
export interface Trial {
  readonly server: Pick<Server, 'id' | 'kind'>;
  readonly accused: readonly string[];
  readonly seconds: number;
  /** It broke down, or its time was up: it convicts nobody, and accuses nobody. */
  readonly failed?: string;
}

export interface Score {
  readonly falseAlarms: readonly string[];
  readonly faithful: number;
  readonly convicted: readonly string[];
  readonly wrong: number;
  readonly subtleConvicted: readonly string[];
  readonly subtle: number;
  readonly medianSeconds: number;
  readonly failures: readonly string[];
}

/**
 * A wrong server is convicted by an accusation that isn't made against the reference: a tool whose user has got used
 * to a false alarm is not counted as seeing everything, nor as seeing nothing.
 */
export function score(trials: readonly Trial[]): Score {
  const usual = new Set(
    trials.filter(({ server }) => server.id === 'reference').flatMap(({ accused }) => accused),
  );
  const faithful = trials.filter(({ server }) => server.kind === 'faithful');
  const wrong = trials.filter(({ server }) => server.kind !== 'faithful');
  const convicted = wrong.filter(({ accused }) => accused.some((one) => !usual.has(one)));
  const isSubtle = ({ server }: Trial): boolean => server.kind === 'subtly wrong';
  return {
    falseAlarms: faithful.filter(({ accused }) => accused.length > 0).map(({ server }) => server.id),
    faithful: faithful.length,
    convicted: convicted.map(({ server }) => server.id),
    wrong: wrong.length,
    subtleConvicted: convicted.filter(isSubtle).map(({ server }) => server.id),
    subtle: wrong.filter(isSubtle).length,
    medianSeconds: median(trials.map(({ seconds }) => seconds)),
    failures: trials.flatMap(({ server, failed }) =>
      failed === undefined ? [] : [`${server.id}: ${failed}`],
    ),
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Lines with something in them. */
export const linesIn = (texts: readonly string[]): number =>
  texts
    .join('\n')
    .split('\n')
    .filter((line) => line.trim() !== '').length;
