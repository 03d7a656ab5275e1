/** Pages → facts. Goes over any page of the reference; what it can't read it notes, with file and line. */
import type { Nodes, Table } from 'mdast';
import { anchorOf, type Block, blocksOf, titleOf } from './blocks.ts';
import { edition as checkedIn } from './contract.ts';
import type { Facts, FieldFact, ObjectFacts, OperationFacts, StatementFact } from './fact.ts';
import { fingerprint, sentencesOf } from './fingerprint.ts';
import { fieldsOf, listsFields } from './object-reader.ts';
import { OperationReader, requestLine } from './operation-reader.ts';
import type { Page } from './pages.ts';
import { columnsOf, Notes, noCounts, type Reading, type Row, rowsOfTable } from './reading.ts';
import { words } from './words.ts';

/** Everything that the pages state, in their order. Of pages that hold no facts, nothing. */
export function readPages(pages: readonly Page[]): Reading {
  const readings = pages.map(readOnePage);
  const counts = noCounts();
  for (const reading of readings) {
    for (const kind of kindsOf(counts)) counts[kind] += reading.counts[kind];
  }
  return {
    operations: readings.flatMap(({ operations }) => operations),
    objects: readings.flatMap(({ objects }) => objects),
    statements: readings.flatMap(({ statements }) => statements),
    where: new Map(readings.flatMap(({ where }) => [...where]).toReversed()), // the first place counts
    unread: readings.flatMap(({ unread }) => unread),
    counts,
  };
}

const kindsOf = (counts: ReturnType<typeof noCounts>): (keyof typeof counts)[] =>
  // The keys of an object literal of this program: there are no others.
  Object.keys(counts) as (keyof typeof counts)[];

/** The part of a reading that is checked in, in an order that the order of the files has no say in. */
export const factsFrom = ({ operations, objects, statements }: Reading, edition = checkedIn): Facts => ({
  edition,
  operations: byPage(operations),
  objects: byPage(objects),
  statements: byPage(statements),
});

/** By page, and on each page as they stand there. */
const byPage = <Fact extends { readonly page: string }>(facts: readonly Fact[]): readonly Fact[] =>
  facts.toSorted((a, b) => (a.page < b.page ? -1 : a.page > b.page ? 1 : 0));

/** What one page states. */
export function readOnePage(page: Page): Reading {
  const notes = new Notes(page);
  const operations: OperationReader[] = [];
  const summary: { readonly table: Table; readonly block: Block }[] = [];
  const fields: FieldFact[] = [];
  const statements: StatementFact[] = [];
  let current: OperationReader | undefined;
  for (const block of blocksOf(page.root)) {
    const { node } = block;
    if (current && !current.holds(block)) current = undefined;
    if (node.type === 'code' && !titleOf(block).includes('example')) {
      const line = requestLine(node.value);
      if (line && !current) {
        current = new OperationReader(line, block, notes);
        operations.push(current);
      }
    } else if (node.type === 'paragraph') {
      current?.paragraph(node, block);
      statements.push(...statementsOf(words(node), anchorOf(block), node, notes));
    } else if (node.type === 'table') {
      if (columnsOf(node).join(' | ') === 'method | path | description') summary.push({ table: node, block });
      else if (current) current.table(node, block);
      else if (listsFields(node)) fields.push(...fieldsOf(node, block, notes));
      else elsewhere(node, notes);
    }
  }
  const facts = operations.map((operation) => operation.facts());
  for (const { table } of summary) statements.push(...summaryStatements(table, facts, notes));
  const objects = page.key.startsWith('objects/') && fields.length > 0 ? [objectFacts(page, fields)] : [];
  count(notes, facts, fields, statements, objects);
  return {
    operations: facts,
    objects,
    statements,
    counts: notes.counts,
    where: notes.where,
    unread: notes.unread,
  };
}

function elsewhere(table: Table, notes: Notes): void {
  const columns = columnsOf(table).join(' | ');
  if (columns.startsWith('permission')) notes.counts.permissions += rowsOfTable(table, notes).length;
  else notes.unknownTable(table);
}

const objectFacts = (page: Page, fields: readonly FieldFact[]): ObjectFacts => ({
  page: page.key,
  name: page.title.replace(/\s+objects?$/i, ''),
  fields,
});

const statementsOf = (text: string, anchor: string, node: Nodes, notes: Notes): readonly StatementFact[] =>
  sentencesOf(text).map((sentence) => ({
    page: notes.page.key,
    anchor,
    fingerprint: notes.found(fingerprint(sentence), node),
  }));

/** The descriptions in the table of operations, each under the anchor of the section that it links to. */
function summaryStatements(
  table: Table,
  facts: readonly OperationFacts[],
  notes: Notes,
): readonly StatementFact[] {
  return rowsOfTable(table, notes).flatMap((row) => {
    notes.counts.summaryRows += 1;
    const line = requestLine(`${row.text(0)} ${row.text(1)}`);
    if (!line) notes.cannotRead(row.node, `\`${row.text(0)} ${row.text(1)}\` is no method and path`);
    const operation = facts.find(({ method, path }) => method === line?.method && path === line.path);
    if (line && !operation && !linksElsewhere(row)) {
      notes.cannotRead(row.node, `no section begins with ${line.method} ${line.path}`);
    }
    return statementsOf(row.text(2), operation?.anchor ?? '', row.node, notes);
  });
}

/** Whether the row's method links to another page, which holds the section then. */
const linksElsewhere = ({ cells }: Row): boolean =>
  cells[0]?.children.some((child) => child.type === 'link' && !child.url.startsWith('#')) ?? false;

function count(
  { counts }: Notes,
  operations: readonly OperationFacts[],
  fields: readonly FieldFact[],
  statements: readonly StatementFact[],
  objects: readonly ObjectFacts[],
): void {
  const total = (of: (operation: OperationFacts) => readonly unknown[]): number =>
    operations.reduce((sum, operation) => sum + of(operation).length, 0);
  counts.operations = operations.length;
  counts.statusRows = total(({ statuses }) => statuses);
  counts.errorCodes = total(({ errorCodes }) => errorCodes);
  counts.parameters = total(({ parameters }) => parameters);
  counts.responseHeaders = total(({ responseHeaders }) => responseHeaders);
  counts.bodyFields = total(({ bodyFields }) => bodyFields) + (objects.length === 0 ? fields.length : 0);
  counts.permissions += total(({ permissions }) => permissions);
  counts.objects = objects.length;
  counts.fields = objects.reduce((sum, object) => sum + object.fields.length, 0);
  counts.statements = statements.length;
}
