/** The checked-in facts and clauses against newer pages: what moved. Pure; reads and writes nothing. */
import type { Source } from './clause.ts';
import { placeKey, placesIn, statedIn } from './coverage.ts';
import { rowsDrift } from './drift-rows.ts';
import type { Facts } from './fact.ts';
import type { Register } from './register.ts';

/** What moved, in lines for people; all empty where nothing did. */
export interface Drift {
  /** Clauses, and entries of `notTestable`, whose sentence or cell changed or vanished. */
  readonly clauses: readonly string[];
  /** Sentences that the checked-in facts don't have and no clause speaks of. */
  readonly statements: readonly string[];
  /** Operations, status rows, parameters, fields, bodies and defaults that changed, came or went. */
  readonly rows: readonly string[];
}

/** What the newer pages are, beyond their facts. */
export interface Newer {
  /** Of the newer pages alone. */
  readonly facts: Facts;
  /** The keys of the newer pages: what the others say is not compared. */
  readonly pages: ReadonlySet<string>;
  /** The anchors that each of them sets itself; none where it leaves them to the site. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where a fingerprint stands in them, for people. */
  readonly where: ReadonlyMap<string, string>;
}

export const nothingMoved = ({ clauses, statements, rows }: Drift): boolean =>
  clauses.length + statements.length + rows.length === 0;

/** Compares; pages that are not among the newer ones count as unchanged. */
export function driftOf(register: Register, current: Facts, newer: Newer): Drift {
  const before = onPages(newer.pages, current);
  const old = new Set(statedIn(current).map(({ fingerprint }) => fingerprint));
  const fresh = newer.facts.statements.filter(({ fingerprint }) => !old.has(fingerprint));
  const places = placesIn(newer.facts);
  const place = (fingerprint: string, source: Pick<Source, 'page' | 'anchor'>): string =>
    newer.where.get(fingerprint) ?? `${source.page}#${source.anchor}`;
  const entries = [...register.clauses, ...register.notTestable].filter(({ source }) =>
    newer.pages.has(source.page),
  );
  const lines = entries.flatMap((entry) => {
    const { page, anchor } = entry.source;
    const name = 'id' in entry ? entry.id : `not testable: ${entry.statement}`;
    const found = places.get(placeKey(entry.source));
    if (found) {
      // Where a page leaves its anchors to the site, they say nothing about a move.
      const stays = found.has(anchor) || (newer.anchors.get(page)?.size ?? 0) === 0;
      return stays
        ? []
        : [
            `${name}: what it rests on stands no longer under #${anchor}, but under #${[...found].join(', #')}`,
          ];
    }
    const [instead] = fresh.filter((statement) => statement.page === page && statement.anchor === anchor);
    return instead
      ? [`${name}: its sentence changed; see ${place(instead.fingerprint, instead)}`]
      : [`${name}: what it rests on changed or vanished under ${page}#${anchor}`];
  });
  return {
    clauses: lines,
    statements: unique(
      fresh.map((statement) => `${place(statement.fingerprint, statement)} says something new`),
    ),
    rows: rowsDrift(before, newer.facts),
  };
}

const unique = (lines: readonly string[]): readonly string[] => [...new Set(lines)];

/** The part of facts that stands on some pages. */
export const onPages = (pages: ReadonlySet<string>, facts: Facts): Facts => ({
  ...facts,
  operations: facts.operations.filter(({ page }) => pages.has(page)),
  objects: facts.objects.filter(({ page }) => pages.has(page)),
  statements: facts.statements.filter(({ page }) => pages.has(page)),
});
