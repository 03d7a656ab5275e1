/** The checked-in facts and clauses against newer pages: what changed. Pure: it reads and writes nothing. */
import { wordsIn } from './clause.ts';
import { type BodyFact, type FactPlace, type Facts, placeKey, placesIn, type TypeFact } from './facts.ts';
import type { Clause, Register } from './register.ts';

/** What changed, in lines for people; all lists are empty if nothing did. */
export interface Drift {
  /** Clauses, and entries of `notTestable`, whose sentence or cell changed or vanished. */
  readonly clauses: readonly string[];
  /** Sentences that are not in the checked-in facts, so that no clause covers them. */
  readonly statements: readonly string[];
  /** Operations, status rows, parameters, fields, bodies and durations that changed, came or went. */
  readonly rows: readonly string[];
}

export interface NewerPages {
  readonly facts: Facts;
  /** Their keys. Only these pages are compared. */
  readonly pages: ReadonlySet<string>;
  /** The explicit anchors of each page. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where a fingerprint stands in them, for people. */
  readonly where: ReadonlyMap<string, string>;
}

export const nothingMoved = ({ clauses, statements, rows }: Drift): boolean =>
  clauses.length + statements.length + rows.length === 0;

export const onPages = (pages: ReadonlySet<string>, facts: Facts): Facts => ({
  ...facts,
  operations: facts.operations.filter(({ page }) => pages.has(page)),
  objects: facts.objects.filter(({ page }) => pages.has(page)),
  statements: facts.statements.filter(({ page }) => pages.has(page)),
});

export function driftOf(register: Register, current: Facts, newer: NewerPages): Drift {
  const old = placesIn(current);
  const fresh = newer.facts.statements.filter((statement) => !old.has(placeKey(statement)));
  const places = placesIn(newer.facts);
  const place = ({ page, anchor, fingerprint }: FactPlace & { readonly page: string }): string =>
    newer.where.get(fingerprint) ?? `${page}#${anchor}`;
  const entries = [...register.clauses, ...register.notTestable].filter(({ source }) =>
    newer.pages.has(source.page),
  );
  const clauses = entries.flatMap((entry) => {
    const { page, anchor } = entry.source;
    const name = 'id' in entry ? entry.id : `not testable: ${entry.statement}`;
    const words = wordsIn(places, entry.source);
    const found = words && places.get(placeKey(words));
    if (found) {
      // If a page sets no anchors, those that the site makes say nothing about a move.
      const stays = found.has(anchor) || (newer.anchors.get(page)?.size ?? 0) === 0;
      return stays ? [] : [`${name}: its source moved from #${anchor} to #${[...found].join(', #')}`];
    }
    const instead = fresh.find((statement) => statement.page === page && statement.anchor === anchor);
    return instead
      ? [`${name}: its sentence changed; see ${place(instead)}`]
      : [`${name}: its source changed or vanished under ${page}#${anchor}`];
  });
  const statements = new Set(fresh.map((statement) => `${place(statement)} has a new statement`));
  const rows = rowsDrift(rowsIn(onPages(newer.pages, current)), rowsIn(newer.facts));
  return { clauses, statements: [...statements], rows };
}

/** What changed from one edition to another: clauses first, then the rows of the docs. */
export function changesBetween(
  [before, old]: readonly [Register, Facts],
  [after, now]: readonly [Register, Facts],
): Pick<Drift, 'clauses' | 'rows'> {
  const gone = before.clauses.filter(({ id }) => !after.byId.has(id));
  const reasons = new Map(after.notAsked.map(({ id, reason }) => [id, reason]));
  const clauses = [
    ...gone.map(({ id }) => `${id} is not required: ${reasons.get(id) ?? 'the docs have no such row'}`),
    ...after.clauses.flatMap((clause) => changeOf(before.byId.get(clause.id), clause)),
    ...onlyIn(before, after).map((statement) => `only in ${before.edition}, not testable: ${statement}`),
    ...onlyIn(after, before).map((statement) => `only in ${after.edition}, not testable: ${statement}`),
  ];
  return { clauses, rows: rowsDrift(rowsIn(old), rowsIn(now)) };
}

const onlyIn = (one: Register, other: Register): readonly string[] =>
  one.notTestable
    .map(({ statement }) => statement)
    .filter((statement) => !other.notTestable.some((entry) => entry.statement === statement));

function changeOf(was: Clause | undefined, { id, level, statement, source }: Clause): readonly string[] {
  if (!was) return [`${id} is new (${level}): ${statement}`];
  if (was.statement !== statement) return [`${id}: was: ${was.statement} Now: ${statement}`];
  return was.source.fingerprint === source.fingerprint
    ? []
    : [`${id}: the docs state it in other words; it requires the same`];
}

interface ComparedRow {
  /** The operation or object that it belongs to; undefined for the operation or object itself. */
  readonly of?: string;
  /** What it says, as far as facts tell. */
  readonly says: string;
  /** Of its description. */
  readonly fingerprint?: string;
}

/** Every row of the facts, by a name for people. */
function rowsIn({ operations, objects }: Facts): ReadonlyMap<string, ComparedRow> {
  const rows = new Map<string, ComparedRow>();
  for (const { method, path, statuses, parameters, returns, durations } of operations) {
    const of = `the operation ${method} ${path}`;
    const add = (name: string, says: string, fingerprint = ''): unknown =>
      rows.set(`${method} ${path}: ${name}`, { of, says, fingerprint });
    rows.set(of, { says: '' });
    for (const { code, fingerprint } of statuses) add(`status ${code}`, '', fingerprint);
    for (const { name, in: place, type, optional, fingerprint } of parameters) {
      const marked = optional ? 'marked optional' : 'not marked optional';
      add(`the parameter ${name} (${place})`, `${typeText(type)}, ${marked}`, fingerprint);
    }
    add('the body of the response', bodyText(returns));
    const spans = durations.map(({ seconds, byDefault }) => `${seconds} s${byDefault ? ' by default' : ''}`);
    add('spans of time', spans.join(', ') || 'none');
  }
  for (const { page, fields } of objects) {
    const of = `the object ${page}`;
    rows.set(of, { says: '' });
    for (const { name, type, readOnly, fingerprint } of fields) {
      const says = `${typeText(type)}, ${readOnly ? 'read-only' : 'not marked read-only'}`;
      rows.set(`${page}: the field ${name}`, { of, says, fingerprint });
    }
  }
  return rows;
}

/** What changed, a line each. The rows of an operation or object that is gone or new are not listed one by one. */
function rowsDrift(
  before: ReadonlyMap<string, ComparedRow>,
  after: ReadonlyMap<string, ComparedRow>,
): readonly string[] {
  const inBoth = (name: string): boolean => before.has(name) && after.has(name);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    const of = (old ?? now)?.of;
    if (of !== undefined && !inBoth(of)) return [];
    if (!now) return [`${name} is gone`];
    if (!old) return [`${name} is new`];
    const changed = old.says === now.says ? [] : [`${name}: was ${old.says}, now ${now.says}`];
    return old.fingerprint === now.fingerprint ? changed : [...changed, `${name} has a new description`];
  });
}

const bodyText = (body: BodyFact | null): string =>
  body === null ? 'undocumented' : `${body.array ? 'an array of ' : ''}${body.object ?? 'JSON'}`;

function typeText(type: TypeFact): string {
  switch (type.kind) {
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'array':
      return `array of ${typeText(type.items)}`;
    case 'object':
      return `object { ${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')} }`;
    default:
      return type.kind;
  }
}
