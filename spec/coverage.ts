/** Whether the register speaks of everything that the docs state: pure, for tests and for `spec check`. */
import type { Source } from './clause.ts';
import { operationNames } from './contract.ts';
import type { Facts, Placed } from './fact.ts';
import type { Register } from './register.ts';
import { factsOf, rowsOf } from './rows.ts';

/** Something stated, with where it stands. */
export interface Stated extends Placed {
  readonly page: string;
  /** `read.status.404`, `field.status`, or `a sentence`. */
  readonly what: string;
}

/** Every row, sentence and overview cell that has a fingerprint. */
export function statedIn(facts: Facts): readonly Stated[] {
  const rows = rowsOf(facts).map(({ id, page, fact: { anchor, fingerprint } }) => ({
    what: id,
    page,
    anchor,
    fingerprint,
  }));
  const sentences = facts.statements.map((statement) => ({ ...statement, what: 'a sentence' }));
  return [...rows, ...sentences];
}

/** The anchors under which each fingerprint stands, by page and fingerprint: of any facts, whatever operations they hold. */
export function placesIn(facts: Facts): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  const add = (page: string, { anchor, fingerprint }: Placed): void => {
    const key = placeKey({ page, fingerprint });
    places.set(key, (places.get(key) ?? new Set()).add(anchor));
  };
  for (const { page, statuses, parameters, responseHeaders, bodyFields } of facts.operations) {
    for (const fact of [...statuses, ...parameters, ...responseHeaders, ...bodyFields]) add(page, fact);
  }
  for (const { page, fields } of facts.objects) for (const fact of fields) add(page, fact);
  for (const statement of facts.statements) add(statement.page, statement);
  return places;
}

/** How `placesIn` names what a source rests on. */
export const placeKey = ({ page, fingerprint }: Pick<Source, 'page' | 'fingerprint'>): string =>
  `${page} ${fingerprint}`;

/** What is stated and neither a clause nor `notTestable` speaks of: rows by their names, sentences by their fingerprints. */
export function uncovered(register: Register, facts: Facts): readonly Stated[] {
  const entries = [...register.clauses, ...register.notTestable];
  const rows = new Set(entries.flatMap(({ covers }) => covers));
  const sentences = new Set(entries.map(({ source }) => source.fingerprint));
  return statedIn(facts).filter(({ what, fingerprint }) => !rows.has(what) && !sentences.has(fingerprint));
}

/** Ids of clauses, and statements of what is not testable, that rest on words which the facts don't have at that place. */
export function dangling(register: Register, facts: Facts): readonly string[] {
  const places = placesIn(facts);
  const rests = (source: Source): boolean => places.get(placeKey(source))?.has(source.anchor) ?? false;
  const clauses = register.clauses.filter(({ source }) => !rests(source)).map(({ id }) => id);
  const others = register.notTestable
    .filter(({ source }) => !rests(source))
    .map(({ statement }) => statement);
  return [...clauses, ...others];
}

/** The documented retention of an ended task, in seconds, or undefined where no page names one. */
export function defaultRetentionS(facts: Facts): number | undefined {
  const named = operationNames.flatMap((operation) => factsOf(facts, operation).durations);
  return named.find(({ byDefault }) => byDefault)?.seconds;
}
