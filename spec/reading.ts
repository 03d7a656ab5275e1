/** What is collected while pages are read: facts, how many of each kind, and every row that could not be read. */
import type { Nodes, Table, TableCell, TableRow } from 'mdast';
import type { ObjectFacts, OperationFacts, StatementFact } from './fact.ts';
import type { Page, Unread } from './pages.ts';
import { words } from './words.ts';

/** Rows and sections that were read, by kind. */
export interface Counts {
  pages: number;
  operations: number;
  summaryRows: number;
  statusRows: number;
  errorCodes: number;
  parameters: number;
  responseHeaders: number;
  bodyFields: number;
  permissions: number;
  objects: number;
  fields: number;
  statements: number;
}

export const noCounts = (): Counts => ({
  pages: 0,
  operations: 0,
  summaryRows: 0,
  statusRows: 0,
  errorCodes: 0,
  parameters: 0,
  responseHeaders: 0,
  bodyFields: 0,
  permissions: 0,
  objects: 0,
  fields: 0,
  statements: 0,
});

/** What one page, or many, gave. */
export interface Reading {
  readonly operations: readonly OperationFacts[];
  readonly objects: readonly ObjectFacts[];
  readonly statements: readonly StatementFact[];
  readonly counts: Readonly<Counts>;
  /** Where each sentence and cell stands that has a fingerprint, for people: `file:line`. */
  readonly where: ReadonlyMap<string, string>;
  /** Every row, table or shortcode that was not understood. */
  readonly unread: readonly Unread[];
}

/** Notes of one page's reading. */
export class Notes {
  readonly page: Page;
  readonly counts: Counts = noCounts();
  readonly unread: Unread[];
  readonly where = new Map<string, string>();

  constructor(page: Page) {
    this.page = page;
    this.counts.pages = 1;
    this.unread = [...page.unread];
  }

  /** Notes where a fingerprint stands; the first place counts. */
  found(print: string, node: Nodes): string {
    if (!this.where.has(print)) this.where.set(print, this.page.where(node));
    return print;
  }

  /** Notes something that was not understood; nothing is ever left out in silence. */
  cannotRead(node: Nodes, reason: string): undefined {
    this.unread.push({ where: this.page.where(node), reason });
    return undefined;
  }

  /** Notes each row of a table whose columns say nothing to this program. */
  unknownTable(table: Table): void {
    const reason = `a row of a table of an unknown kind: ${columnsOf(table).join(' | ')}`;
    for (const row of table.children.slice(1)) this.cannotRead(row, reason);
  }
}

/** A row as wide as its table's head. */
export interface Row {
  readonly node: TableRow;
  /** As many as the table has columns. */
  readonly cells: readonly TableCell[];
  /** The plain words of a cell, trimmed; '' for a column that isn't there. */
  text(column: number): string;
}

/** The names of a table's columns, in lower case. */
export const columnsOf = (table: Table): readonly string[] =>
  table.children[0]?.children.map((cell) => words(cell).trim().toLowerCase()) ?? [];

/**
 * The rows below a table's head. One with other than its number of cells is noted and left out, for its
 * columns can't be told apart: a pipe inside a cell moves all that follows.
 */
export function rowsOfTable(table: Table, notes: Notes): readonly Row[] {
  const [head, ...rows] = table.children;
  const width = head?.children.length ?? 0;
  return rows.flatMap((node) => {
    const cells = node.children;
    if (cells.length !== width) {
      notes.cannotRead(node, `a row of ${cells.length} cells in a table of ${width} columns`);
      return [];
    }
    const text = (column: number): string => {
      const cell = cells[column];
      return cell ? words(cell).replace(/\s+/g, ' ').trim() : '';
    };
    return [{ node, cells, text }];
  });
}
