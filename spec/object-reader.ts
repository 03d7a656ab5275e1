/** The tables of an object page → fields with their types. */
import type { Table } from 'mdast';
import { anchorOf, type Block } from './blocks.ts';
import { cellFingerprint, marksReadOnly, typeAndDescription, typeOf } from './cells.ts';
import type { FieldFact, TypeFact } from './fact.ts';
import { columnsOf, type Notes, type Row, rowsOfTable } from './reading.ts';
import { scalarOf } from './scalars.ts';
import { words } from './words.ts';

/** Whether a table lists fields: a name, and a type in the second column. */
export const listsFields = (table: Table): boolean => {
  const [, second = ''] = columnsOf(table);
  return /^type\b/.test(second) && second !== 'type | description';
};

/** The fields that a table lists. A row without a name goes on with the values of the field above it. */
export function fieldsOf(table: Table, block: Block, notes: Notes): readonly FieldFact[] {
  const combined = columnsOf(table)[1]?.includes('description') ?? false;
  return grouped(rowsOfTable(table, notes)).flatMap(({ row, more }) => {
    const type = typeIn(row, more, combined, notes);
    if (!type) return [];
    const description = row.text(combined ? 1 : 2);
    return [
      {
        name: row.text(0),
        type,
        readOnly: marksReadOnly(description),
        anchor: anchorOf(block),
        fingerprint: notes.found(cellFingerprint(description), row.node),
      },
    ];
  });
}

interface Group {
  readonly row: Row;
  readonly more: readonly Row[];
}

function grouped(rows: readonly Row[]): readonly Group[] {
  const groups: { row: Row; more: Row[] }[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (row.text(0) === '' && last) last.more.push(row);
    else groups.push({ row, more: [] });
  }
  return groups;
}

function typeIn(row: Row, more: readonly Row[], combined: boolean, notes: Notes): TypeFact | undefined {
  if (row.text(0) === '') return notes.cannotRead(row.node, 'a row without a name');
  if (more.length > 0) {
    const values = [row, ...more].map(({ cells }) => (cells[1] ? words(cells[1]).trim() : ''));
    if (values.every((value) => /^[\w.-]+$/.test(value) && scalarOf(value) === undefined))
      return { kind: 'enum', values };
    for (const { node } of more) notes.cannotRead(node, 'a row without a name');
  }
  return combined ? typeAndDescription(row, 1, notes) : typeOf(row, 1, notes);
}
