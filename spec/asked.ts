/** Which of the clauses an edition asks for: those of its time whose words and rows its docs have. */
import type { NotTestable } from './clause.ts';
import type { ClausesFile } from './clauses-file.ts';
import { placeKey, placesIn } from './coverage.ts';
import { isOlder } from './edition.ts';
import type { Facts } from './fact.ts';
import { rowsOf } from './rows.ts';

/** A clause that an edition doesn't ask for, and why. */
export interface NotAsked {
  readonly id: string;
  readonly reason: string;
}

/**
 * Divides a file of clauses. An entry whose `since` is this very edition stays, whatever its ground: that it is missing
 * there is a mistake in the file, and told as one.
 */
export function askedIn(
  file: ClausesFile,
  facts: Facts,
): { readonly asked: ClausesFile; readonly notAsked: readonly NotAsked[] } {
  const rows = new Set(rowsOf(facts).map(({ id }) => id));
  const places = placesIn(facts);
  const edition = facts.edition;
  const whyNot = (entry: NotTestable & { readonly until?: string }): string | undefined => {
    if (isOlder(edition, entry.since)) return `asked for since ${entry.since}`;
    if (entry.until !== undefined && !isOlder(edition, entry.until)) return `no longer since ${entry.until}`;
    if (entry.since === edition) return undefined;
    const row = entry.covers.find((covered) => !rows.has(covered));
    if (row !== undefined) return `its docs have no ${row}`;
    return places.has(placeKey(entry.source)) ? undefined : 'its docs don’t have the sentence';
  };
  return {
    asked: {
      ...file,
      clauses: file.clauses.filter((clause) => whyNot(clause) === undefined),
      notTestable: file.notTestable.filter((entry) => whyNot(entry) === undefined),
    },
    notAsked: file.clauses.flatMap((clause) => {
      const reason = whyNot(clause);
      return reason === undefined ? [] : [{ id: clause.id, reason }];
    }),
  };
}
