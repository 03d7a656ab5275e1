/** What is noted while a page is read: counts, statements, places, and every row that could not be read. */
import {
  type FieldFact,
  fingerprint,
  type ObjectFacts,
  type OperationFacts,
  type StatementFact,
  sentencesOf,
  type TypeFact,
} from './facts.ts';
import { plainText, type Table, type TableRow } from './markdown.ts';
import type { DocsPage, Unread } from './pages.ts';
import {
  type CellType,
  cellFingerprint,
  marksReadOnly,
  scalarOf,
  typeBeforeDescription,
  typeInCell,
} from './types.ts';

export interface Reading {
  readonly operations: OperationFacts[];
  readonly objects: ObjectFacts[];
  readonly statements: StatementFact[];
  /** How many parts of each kind were read: `status rows`, `fields of objects`. */
  readonly counts: Map<string, number>;
  /** Where each fingerprint stands, for people: `file:line`. The first place counts. */
  readonly where: Map<string, string>;
  /** Every row, table or shortcode that could not be read. */
  readonly unread: Unread[];
}

export class PageNotes {
  readonly page: DocsPage;
  readonly #reading: Reading;

  constructor(page: DocsPage, reading: Reading) {
    this.page = page;
    this.#reading = reading;
    this.count('pages');
    for (const unread of page.unread) reading.unread.push(unread);
  }

  count(kind: string, more = 1): void {
    const { counts } = this.#reading;
    if (more > 0) counts.set(kind, (counts.get(kind) ?? 0) + more);
  }

  placed(print: string, where: string): string {
    if (!this.#reading.where.has(print)) this.#reading.where.set(print, where);
    return print;
  }

  /** Notes each sentence of a text as a statement. */
  state(text: string, anchor: string, where: string): void {
    for (const sentence of sentencesOf(text)) this.#stated(fingerprint(sentence), anchor, where);
  }

  /** Notes a row as one statement: its name and its description. */
  stateRow(row: TableRow, anchor: string): void {
    const description = row.text(row.cells.length - 1); // cells between may be drawn, and look different in each form
    this.#stated(fingerprint(`${row.text(0)}: ${description}`), anchor, row.where);
  }

  #stated(print: string, anchor: string, where: string): void {
    this.#reading.statements.push({ page: this.page.key, anchor, fingerprint: this.placed(print, where) });
    this.count('statements');
  }

  /** Notes a row or table that can't be read. Nothing is left out in silence. */
  cannotRead({ where }: TableRow, reason: string): undefined {
    this.#reading.unread.push({ where, reason });
    return undefined;
  }

  /** The type in a cell; undefined, and noted, if it can't be read. */
  typeOf(row: TableRow, read: CellType): TypeFact | undefined {
    return 'type' in read ? read.type : this.cannotRead(row, read.unread);
  }

  /** Notes each row of a table whose columns are unknown. */
  unknownTable({ columns, rows }: Table): void {
    for (const row of rows)
      this.cannotRead(row, `a row of a table of an unknown kind: ${columns.join(' | ')}`);
  }

  /**
   * The rows below a table's head. A row with too few or too many cells is noted and left out: a pipe inside a cell
   * moves all cells after it.
   */
  rowsOf({ columns, rows }: Table): readonly TableRow[] {
    return rows.filter((row) => {
      if (row.width === columns.length) return true;
      this.cannotRead(row, `a row of ${row.width} cells in a table of ${columns.length} columns`);
      return false;
    });
  }
}

/** Whether a table lists fields: a name, and a type in the second column. */
export const listsFields = ({ columns: [, second = ''] }: Table): boolean =>
  /^type\b/.test(second) && second !== 'type | description';

/** The fields that a table lists. A row without a name continues the values of the field above it. */
export function fieldsOf(table: Table, notes: PageNotes): readonly FieldFact[] {
  const combined = table.columns[1]?.includes('description') ?? false;
  const groups: { row: TableRow; more: TableRow[] }[] = [];
  for (const row of notes.rowsOf(table)) {
    const last = groups.at(-1);
    if (row.text(0) === '' && last) last.more.push(row);
    else groups.push({ row, more: [] });
  }
  return groups.flatMap(({ row, more }) => {
    const type = fieldType(row, more, combined, notes);
    if (!type) return [];
    const description = row.text(combined ? 1 : 2);
    return [
      {
        name: row.text(0),
        type,
        readOnly: marksReadOnly(description),
        anchor: table.anchor,
        fingerprint: notes.placed(cellFingerprint(description), row.where),
      },
    ];
  });
}

function fieldType(
  row: TableRow,
  more: readonly TableRow[],
  combined: boolean,
  notes: PageNotes,
): TypeFact | undefined {
  if (row.text(0) === '') return notes.cannotRead(row, 'a row without a name');
  if (more.length > 0) {
    const values = [row, ...more].map(({ cells: [, value = []] }) => plainText(value).trim());
    if (values.every((value) => /^[\w.-]+$/.test(value) && scalarOf(value) === undefined))
      return { kind: 'enum', values };
    for (const each of more) notes.cannotRead(each, 'a row without a name');
  }
  const read = combined ? typeBeforeDescription : typeInCell;
  return notes.typeOf(row, read(row, 1, notes.page.codes));
}
