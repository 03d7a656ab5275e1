/** The register: every clause that an edition asks for, written by hand or derived, and what can't be tested. */
import { readFileSync } from 'node:fs';
import { type Clause, type ClausesFile, type NotTestable, parseClauses, wordsIn } from './clause.ts';
import {
  addressOf,
  edition as checkedIn,
  type OperationName,
  operationNames,
  shippedEditions,
} from './contract.ts';
import {
  type Edition,
  editionFiles,
  isOlder,
  loadEdition,
  type OpenApiDocument,
  operationOf,
  readable,
} from './edition.ts';
import { type DocsRow, docsRows, type Facts, factsOf, loadFacts, placesIn, shippedFolder } from './facts.ts';
import { SpecError } from './record.ts';

export {
  type Basis,
  type Clause,
  type ClauseLevel,
  docsUrl,
  type NotTestable,
  type Source,
} from './clause.ts';

export interface Register {
  /** The edition of the docs: `7.8`. */
  readonly edition: string;
  /** Hand-written clauses in the order of clauses.yaml, then derived ones. */
  readonly clauses: readonly Clause[];
  readonly byId: ReadonlyMap<string, Clause>;
  readonly notTestable: readonly NotTestable[];
  /** Hand-written clauses that this edition doesn't ask for. */
  readonly notAsked: readonly NotAsked[];
}

export interface NotAsked {
  readonly id: string;
  readonly reason: string;
}

export interface RegisterSources {
  readonly clauses: string;
  readonly facts: Facts;
  readonly document: OpenApiDocument;
  /** The facts of the shipped editions, ascending. They date the derived clauses. */
  readonly known?: readonly Facts[];
}

export const clausesFile = new URL('./clauses.yaml', import.meta.url);

/**
 * The register of an edition; by default of the default one.
 * @throws {SpecError} one of its files is wrong
 */
export const loadRegister = ({ name, facts, document }: Edition = loadEdition()): Register =>
  readable(`Edition ${name}`, () =>
    makeRegister({
      clauses: readFileSync(clausesFile, 'utf8'),
      facts,
      document,
      known: shippedEditions.map((shipped) => loadFacts(new URL(editionFiles.facts, shippedFolder(shipped)))),
    }),
  );

/** @throws {SpecError} a malformed clause, or an id used twice */
export function makeRegister({ clauses, facts, document, known = [] }: RegisterSources): Register {
  const { asked: file, notAsked } = askedIn(parseClauses(clauses), facts);
  const covered = new Set([...file.clauses, ...file.notTestable].flatMap(({ covers }) => covers));
  const rowsOf = new Map(known.map((older) => [older.edition, rowIds(older)] as const));
  /** A row's clause is as old as the row; the others are as old as the contract. */
  const has = (edition: string, { id, covers }: Clause): boolean =>
    !covers.includes(id) || rowsOf.get(edition)?.has(id) === true;
  const derived = derivedClauses(facts, document, covered).map((clause) => {
    const older = known.find(({ edition }) => isOlder(edition, facts.edition) && has(edition, clause));
    const since = older?.edition ?? clause.since;
    return { ...clause, since, stance: file.derived[clause.id]?.stance ?? [] };
  });
  const all = [...file.clauses, ...derived];
  const byId = new Map(all.map((clause) => [clause.id, clause] as const));
  const twice = all.find((clause, index) => all.findIndex(({ id }) => id === clause.id) !== index);
  if (twice) throw wrong(`the id \`${twice.id}\` is used twice`, 'Give one of them another id.');
  const stray =
    facts.edition === checkedIn
      ? Object.keys(file.derived).find((id) => !derived.some((clause) => clause.id === id))
      : undefined; // another edition may lack the row
  if (stray !== undefined)
    throw wrong(`\`derived\` names ${stray}, which is not a derived clause`, 'Correct or remove it.');
  return { edition: facts.edition, clauses: all, byId, notTestable: file.notTestable, notAsked };
}

const wrong = (what: string, remedy: string): SpecError => new SpecError(`clauses.yaml: ${what}.`, remedy);

const rowIds = (facts: Facts): ReadonlySet<string> => new Set(docsRows(facts).map(({ id }) => id));

/**
 * Splits the clauses into those that an edition asks for and the others: an edition asks for the clauses of its time
 * whose sentence, in whichever known words, and rows its docs have.
 */
function askedIn(
  file: ClausesFile,
  facts: Facts,
): { readonly asked: ClausesFile; readonly notAsked: readonly NotAsked[] } {
  const rows = rowIds(facts);
  const places = placesIn(facts);
  const edition = facts.edition;
  const whyNot = (entry: NotTestable & { readonly until?: string }): string | undefined => {
    if (isOlder(edition, entry.since)) return `required since ${entry.since}`;
    if (entry.until !== undefined && !isOlder(edition, entry.until))
      return `no longer required since ${entry.until}`;
    const row = entry.covers.find((covered) => !rows.has(covered));
    if (row !== undefined) return `the docs of this edition have no ${row}`;
    return wordsIn(places, entry.source) ? undefined : 'the docs of this edition lack the sentence';
  };
  const inItsWords = <Made extends NotTestable>(entry: Made): Made => ({
    ...entry,
    source: wordsIn(places, entry.source) ?? entry.source,
  });
  return {
    asked: {
      ...file,
      clauses: file.clauses.filter((clause) => whyNot(clause) === undefined).map(inItsWords),
      notTestable: file.notTestable.filter((entry) => whyNot(entry) === undefined).map(inItsWords),
    },
    notAsked: file.clauses.flatMap((clause) => {
      const reason = whyNot(clause);
      return reason === undefined ? [] : [{ id: clause.id, reason }];
    }),
  };
}

const called: Readonly<Record<OperationName, string>> = {
  list: 'a list request',
  read: 'a read',
  cancel: 'a cancel',
};

type DerivedPart = Pick<Clause, 'id' | 'operation' | 'statement' | 'reason' | 'source' | 'covers'>;

/**
 * The structural clauses: one for each row of the docs that no hand-written clause covers, and for each operation that
 * its responses are as documented. They are worded with the OpenAPI document's descriptions, which are ours.
 * @param covered ids of rows that hand-written clauses cover
 */
function derivedClauses(
  facts: Facts,
  document: OpenApiDocument,
  covered: ReadonlySet<string>,
): readonly Clause[] {
  const rows = docsRows(facts);
  const ofRows = rows.flatMap((row) =>
    row.kind === 'field' || covered.has(row.id) ? [] : [ofRow(row, document)],
  );
  const fields = rows.filter(({ kind }) => kind === 'field').map(({ id }) => id);
  const ofOperations = operationNames.flatMap((operation) => ofOperation(operation, facts, document, fields));
  return [...ofRows, ...ofOperations].map((own) => ({
    ...own,
    level: 'must',
    basis: 'stated',
    since: facts.edition,
    derived: true,
    stance: [],
  }));
}

function ofRow(row: Exclude<DocsRow, { kind: 'field' }>, document: OpenApiDocument): DerivedPart {
  const { id, operation, page, fact } = row;
  const source = { page, anchor: fact.anchor, fingerprint: fact.fingerprint };
  const own = { id, operation, source, covers: [id] };
  const documented = operationOf(document, operation);
  if (row.kind === 'status') {
    const described = documented.responses[String(row.fact.code)]?.description ?? '';
    return {
      ...own,
      statement: `${capital(called[operation])} is answered with ${row.fact.code}${inWords(described)}`,
      reason: `The code is in the table of ${addressOf(operation)}.`,
    };
  }
  const described = documented.parameters?.find(({ name }) => name === row.fact.name)?.description ?? '';
  return {
    ...own,
    statement: `${capital(called[operation])} understands \`${row.fact.name}\` (${row.fact.in})${inWords(described)}`,
    reason: `The parameter is in the table of ${addressOf(operation)}.`,
  };
}

function ofOperation(
  operation: OperationName,
  facts: Facts,
  document: OpenApiDocument,
  fields: readonly string[],
): readonly DerivedPart[] {
  const { page, anchor, statuses, returns } = factsOf(facts, operation);
  const request = called[operation];
  const [first = { anchor, fingerprint: '' }] = statuses;
  const ofStatuses: DerivedPart = {
    id: `${operation}.statuses`,
    operation,
    statement: `Every response to ${request} has a documented status: ${statuses.map(({ code }) => code).join(', ')}.`,
    reason: `The table of ${addressOf(operation)} lists no other codes.`,
    source: { page, anchor: first.anchor, fingerprint: first.fingerprint },
    covers: [],
  };
  if (!returns || !operationOf(document, operation).responses['200']?.content) return [ofStatuses];
  const source = { page, anchor: returns.anchor, fingerprint: returns.fingerprint };
  const body = returns.array ? 'a JSON array of task objects' : 'a task object';
  return [
    ofStatuses,
    {
      id: `${operation}.media-type`,
      operation,
      statement: `A 200 response to ${request} has the media type \`application/json\`.`,
      reason: 'The docs say that the response is JSON and that the API uses application/json.',
      source,
      covers: [],
    },
    {
      id: `${operation}.schema`,
      operation,
      statement: `The body of a 200 response to ${request} is ${body}; each documented field has its documented type.`,
      reason:
        'The docs name the returned object, its fields and their types. A task without id and status carries no information, so these two fields are required.',
      source,
      covers: fields,
    },
  ];
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
/** The overlay may have no description yet for a row that is new in an edition. */
const inWords = (described: string): string => (described === '' ? '.' : `: ${small(described)}`);
const small = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
