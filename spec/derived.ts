/**
 * The structural clauses: each row of the docs that no hand-written clause covers, and for each operation
 * that its answers keep to what is documented. Worded from the OpenAPI document's descriptions, which are ours.
 */
import type { Clause, Source } from './clause.ts';
import { addressOf, type OperationName, operationNames } from './contract.ts';
import { type OpenApiDocument, operationOf } from './document.ts';
import type { Facts } from './fact.ts';
import { factsOf, type Row, rowsOf } from './rows.ts';

const called: Readonly<Record<OperationName, string>> = {
  list: 'a list request',
  read: 'a read',
  cancel: 'a cancel',
};

type Own = Pick<Clause, 'id' | 'operation' | 'statement' | 'reason' | 'source' | 'covers'>;

/** @param covered rows that hand-written clauses cover, by their ids */
export function derivedClauses(
  facts: Facts,
  document: OpenApiDocument,
  covered: ReadonlySet<string>,
): readonly Clause[] {
  const rows = rowsOf(facts);
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

function ofRow(row: Exclude<Row, { kind: 'field' }>, document: OpenApiDocument): Own {
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
): readonly Own[] {
  const { page, anchor, statuses, returns } = factsOf(facts, operation);
  const rowsAt: Source = {
    page,
    anchor: statuses[0]?.anchor ?? anchor,
    fingerprint: statuses[0]?.fingerprint ?? '',
  };
  const codes = statuses.map(({ code }) => code).join(', ');
  const all: Own[] = [
    {
      id: `${operation}.statuses`,
      operation,
      statement: `Every answer to ${called[operation]} has a documented status: ${codes}.`,
      reason: `These are all the codes in the table of ${addressOf(operation)}.`,
      source: rowsAt,
      covers: [],
    },
  ];
  if (!returns || !operationOf(document, operation).responses['200']?.content) return all;
  const source = { page, anchor: returns.anchor, fingerprint: returns.fingerprint };
  all.push({
    id: `${operation}.media-type`,
    operation,
    statement: `A 200 of ${called[operation]} is \`application/json\`.`,
    reason: 'The answer is documented as JSON, and the API as one that speaks application/json.',
    source,
    covers: [],
  });
  all.push({
    id: `${operation}.schema`,
    operation,
    statement: returns.array
      ? `The body of a 200 of ${called[operation]} is a JSON array of task objects; each documented field has its documented type.`
      : `The body of a 200 of ${called[operation]} is a task object; each documented field has its documented type.`,
    reason:
      'The docs name the object that is returned, its fields and their types. Without id and status it tells nothing, so these two are there.',
    source,
    covers: fields,
  });
  return all;
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
/** Of a row that is new in an edition the overlay may have no words yet. */
const inWords = (described: string): string => (described === '' ? '.' : `: ${small(described)}`);
const small = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
