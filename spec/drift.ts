/** The checked-in facts and clauses against newer pages: what changed. Pure: it reads and writes nothing. */
import {
  type BodyFact,
  type Facts,
  type FieldFact,
  type OperationFacts,
  type ParameterFact,
  type Placed,
  placeKey,
  placesIn,
  type TypeFact,
} from './facts.ts';
import { type Register, statedIn } from './register.ts';

/** What changed, in lines for people; all lists are empty if nothing did. */
export interface Drift {
  /** Clauses, and entries of `notTestable`, whose sentence or cell changed or vanished. */
  readonly clauses: readonly string[];
  /** Sentences that are not in the checked-in facts, so that no clause covers them. */
  readonly statements: readonly string[];
  /** Operations, status rows, parameters, fields, bodies and durations that changed, came or went. */
  readonly rows: readonly string[];
}

/** Newer pages. */
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

/** The facts of some pages. */
export const onPages = (pages: ReadonlySet<string>, facts: Facts): Facts => ({
  ...facts,
  operations: facts.operations.filter(({ page }) => pages.has(page)),
  objects: facts.objects.filter(({ page }) => pages.has(page)),
  statements: facts.statements.filter(({ page }) => pages.has(page)),
});

export function driftOf(register: Register, current: Facts, newer: NewerPages): Drift {
  const old = new Set(statedIn(current).map(({ fingerprint }) => fingerprint));
  const fresh = newer.facts.statements.filter(({ fingerprint }) => !old.has(fingerprint));
  const places = placesIn(newer.facts);
  const place = ({ page, anchor, fingerprint }: Placed & { readonly page: string }): string =>
    newer.where.get(fingerprint) ?? `${page}#${anchor}`;
  const entries = [...register.clauses, ...register.notTestable].filter(({ source }) =>
    newer.pages.has(source.page),
  );
  const clauses = entries.flatMap((entry) => {
    const { page, anchor } = entry.source;
    const name = 'id' in entry ? entry.id : `not testable: ${entry.statement}`;
    const found = places.get(placeKey(entry.source));
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
  const statements = new Set(fresh.map((statement) => `${place(statement)} says something new`));
  const before = onPages(newer.pages, current);
  const rows = [
    ...compared('the operation', before.operations, newer.facts.operations, addressIn, operationDrift),
    ...compared(
      'the object',
      before.objects,
      newer.facts.objects,
      ({ page }) => page,
      (one, other) =>
        compared(`${one.page}: the field`, one.fields, other.fields, ({ name }) => name, fieldDrift),
    ),
  ];
  return { clauses, statements: [...statements], rows };
}

/** Pairs facts by name and says which came and went; `inside` says how two facts of one name differ. */
function compared<Fact>(
  what: string,
  before: readonly Fact[],
  after: readonly Fact[],
  name: (fact: Fact) => string,
  inside: (before: Fact, after: Fact) => readonly string[],
): readonly string[] {
  const olds = new Map(before.map((fact) => [name(fact), fact] as const));
  const news = new Map(after.map((fact) => [name(fact), fact] as const));
  const gone = [...olds.keys()].filter((key) => !news.has(key)).map((key) => `${what} ${key} is gone`);
  const rest = [...news].flatMap(([key, fact]) => {
    const old = olds.get(key);
    return old === undefined ? [`${what} ${key} is new`] : inside(old, fact);
  });
  return [...gone, ...rest];
}

const addressIn = ({ method, path }: OperationFacts): string => `${method} ${path}`;

const operationDrift = (before: OperationFacts, after: OperationFacts): readonly string[] =>
  [
    ...compared(
      'status',
      before.statuses,
      after.statuses,
      ({ code }) => String(code),
      (one, other) => described(`status ${one.code}`, one, other),
    ),
    ...compared('the parameter', before.parameters, after.parameters, parameterName, parameterDrift),
    ...differs('the body of the answer', bodyText(before.returns), bodyText(after.returns)),
    ...differs('spans of time', durationText(before), durationText(after)),
  ].map((line) => `${addressIn(before)}: ${line}`);

const differs = (what: string, before: string, after: string): readonly string[] =>
  before === after ? [] : [`${what}: was ${before}, now ${after}`];

const described = (what: string, before: Placed, after: Placed): readonly string[] =>
  before.fingerprint === after.fingerprint ? [] : [`${what} is described differently`];

const parameterName = ({ name, in: place }: ParameterFact): string => `${name} (${place})`;

const parameterDrift = (before: ParameterFact, after: ParameterFact): readonly string[] => {
  const what = `the parameter ${parameterName(before)}`;
  const marked = ({ optional }: ParameterFact) => (optional ? 'marked optional' : 'not marked optional');
  return [
    ...differs(`${what}, its type`, typeText(before.type), typeText(after.type)),
    ...differs(what, marked(before), marked(after)),
    ...described(what, before, after),
  ];
};

const fieldDrift = (before: FieldFact, after: FieldFact): readonly string[] => {
  const what = `the field ${before.name}`;
  const access = ({ readOnly }: FieldFact) => (readOnly ? 'read-only' : 'not marked read-only');
  return [
    ...differs(`${what}, its type`, typeText(before.type), typeText(after.type)),
    ...differs(what, access(before), access(after)),
    ...described(what, before, after),
  ];
};

const bodyText = (body: BodyFact | null): string =>
  body === null ? 'undocumented' : `${body.array ? 'an array of ' : ''}${body.object ?? 'JSON'}`;

const durationText = ({ durations }: OperationFacts): string =>
  durations.map(({ seconds, byDefault }) => `${seconds} s${byDefault ? ' by default' : ''}`).join(', ') ||
  'none';

function typeText(type: TypeFact): string {
  switch (type.kind) {
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'array':
      return `array of ${typeText(type.items)}`;
    case 'object':
      return `object { ${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')} }`;
    case 'reference':
      return `object ${type.object}`;
    default:
      return type.kind;
  }
}
