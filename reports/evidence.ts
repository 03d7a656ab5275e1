/** The exchanges behind a check, and the lines that repeat them. */
import type { Exchange } from '../harness/model/exchange.ts';
import type { CheckResult, Report } from '../harness/model/report.ts';
import { curl, type Trust } from './curl.ts';

/** A cURL line and how often, in the order of their first use, the check sent it. */
export interface Repeat {
  readonly line: string;
  readonly times: number;
}

export interface Evidence {
  readonly repeats: readonly Repeat[];
  /** Why the last of its requests that was lost was lost. */
  readonly lost?: string;
}

/** @returns what finds the evidence of a check; made once for a report */
export function evidenceOf(report: Report): (check: CheckResult) => Evidence {
  const { exchanges } = report;
  const lineOf = repeating(report);
  const byId = new Map<string, Exchange>(exchanges.map((exchange) => [exchange.id, exchange]));
  return (check) => {
    const sent = check.exchanges.flatMap((id) => byId.get(id) ?? []);
    const lines = Map.groupBy(sent, lineOf);
    const lost = sent.findLast((exchange) => exchange.lost !== undefined)?.lost;
    return {
      repeats: [...lines].map(([line, { length }]) => ({ line, times: length })),
      ...(lost === undefined ? {} : { lost }),
    };
  };
}

/** @returns what gives the cURL line that repeats an exchange of a run */
export function repeating({ target, run }: Pick<Report, 'target' | 'run'>): (exchange: Exchange) => string {
  const trust = trusted(run.settings);
  return (exchange) => curl(exchange, target.url, trust);
}

function trusted({ insecure, ca, cert, key }: Report['run']['settings']): Trust {
  return {
    insecure: insecure === true,
    ...(typeof ca === 'string' ? { ca } : {}),
    ...(typeof cert === 'string' && typeof key === 'string' ? { shown: { cert, key } } : {}),
  };
}

export const needsLogin = ({ line }: Repeat): boolean => line.includes('$CRDB_USER');

/** Checks of a clause that saw the same where the same was expected tell the same story. */
export const kindOf = ({ reason, expected, seen }: CheckResult): string =>
  expected === undefined || seen === undefined ? reason : `${expected}\n${seen}`;
