/** Pages → facts, for any page of the reference. A section with a request line is an operation. */
import { edition as checkedIn } from './contract.ts';
import {
  type BodyFact,
  type FactPlace,
  type Facts,
  type FieldFact,
  fingerprint,
  type OperationFacts,
  type ParameterFact,
  sentencesOf,
} from './facts.ts';
import {
  linksIn,
  type PageBlock,
  type PageSection,
  type Paragraph,
  plainText,
  type Table,
  type TableRow,
} from './markdown.ts';
import { fieldsOf, listsFields, PageNotes, type Reading } from './notes.ts';
import type { DocsPage } from './pages.ts';
import { cellFingerprint, marksOptional, scalarOf, typeInCell } from './types.ts';

/** Everything that the pages state, in their order. */
export function readPages(pages: readonly DocsPage[]): Reading {
  const reading: Reading = {
    operations: [],
    objects: [],
    statements: [],
    counts: new Map(),
    where: new Map(),
    unread: [],
  };
  for (const page of pages) readPage(page, reading);
  return reading;
}

/** The part of a reading that is checked in, sorted by page, so that the order of the files does not matter. */
export const factsFrom = ({ operations, objects, statements }: Reading, edition = checkedIn): Facts => ({
  edition,
  operations: byPage(operations),
  objects: byPage(objects),
  statements: byPage(statements),
});

const byPage = <Fact extends { readonly page: string }>(facts: readonly Fact[]): readonly Fact[] =>
  facts.toSorted((a, b) => (a.page < b.page ? -1 : a.page > b.page ? 1 : 0));

function readPage(page: DocsPage, reading: Reading): void {
  const notes = new PageNotes(page, reading);
  const operations: OperationFacts[] = [];
  const overviews: Table[] = [];
  const fields: FieldFact[] = [];
  let current: OperationReader | undefined;
  for (const block of page.blocks) {
    if (current && !current.holds(block)) current = undefined;
    if (block.kind === 'code' && !block.heading.includes('example')) {
      const line = requestLine(block.text);
      if (line && !current) {
        current = new OperationReader(line, block, notes);
        operations.push(current.facts);
      }
    } else if (block.kind === 'paragraph') {
      current?.paragraph(block);
      notes.state(plainText(block.words), block.anchor, block.where);
    } else if (block.kind === 'table') {
      const columns = block.columns.join(' | ');
      if (columns === 'method | path | description') overviews.push(block);
      else if (current) current.table(block);
      else if (listsFields(block)) for (const field of fieldsOf(block, notes)) fields.push(field);
      else if (columns.startsWith('permission'))
        notes.count('rows of permissions', notes.rowsOf(block).length);
      else notes.unknownTable(block);
    }
  }
  for (const table of overviews) readOverview(table, operations, notes);
  const isObject = page.key.startsWith('objects/') && fields.length > 0;
  const name = page.title.replace(/\s+objects?$/i, '');
  notes.count(isObject ? 'fields of objects' : 'body fields', fields.length);
  notes.count('objects', isObject ? 1 : 0);
  for (const operation of operations) reading.operations.push(operation);
  if (isObject) reading.objects.push({ page: page.key, name, fields });
}

/** The descriptions in the table of operations are statements under the anchor of the operation's section. */
function readOverview(table: Table, facts: readonly OperationFacts[], notes: PageNotes): void {
  const anchors = new Map(
    facts.map(({ method, path, anchor }) => [`${method} ${path}`, anchor] as const).toReversed(),
  );
  for (const row of notes.rowsOf(table)) {
    notes.count('rows of overviews');
    const line = requestLine(`${row.text(0)} ${row.text(1)}`);
    const anchor = line && anchors.get(`${line.method} ${line.path}`);
    // A row may link to another page, which then has the section.
    const linksElsewhere = linksIn(row.cells[0] ?? []).some(({ url }) => !url.startsWith('#'));
    if (!line) notes.cannotRead(row, `\`${row.text(0)} ${row.text(1)}\` is not a method and path`);
    else if (anchor === undefined && !linksElsewhere)
      notes.cannotRead(row, `no section begins with ${line.method} ${line.path}`);
    notes.state(row.text(2), anchor ?? '', row.where);
  }
}

type RequestLine = Pick<OperationFacts, 'method' | 'path'>;

/** `GET /v1/x/{int: uid}` at the head of a code block; placeholders lose their types. */
function requestLine(code: string): RequestLine | undefined {
  const [, method, path] = /^\s*(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(\/[^\n?]*)/.exec(code) ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { method, path: path.trim().replace(/\{\s*\w+:\s*(\w+)\s*\}/g, '{$1}') };
}

type Filling<Fact> = {
  -readonly [Key in keyof Fact]: Fact[Key] extends readonly (infer Row)[] ? Row[] : Fact[Key];
};

class OperationReader {
  readonly facts: Filling<OperationFacts>;
  readonly #notes: PageNotes;
  readonly #section: PageSection | undefined;

  /** @param block the one with the request line */
  constructor(line: RequestLine, block: PageBlock, notes: PageNotes) {
    this.#notes = notes;
    this.#section = block.sections.at(-1);
    const place = { page: notes.page.key, anchor: block.anchor };
    this.facts = { ...place, ...line, parameters: [], returns: null, statuses: [], durations: [] };
    notes.count('operations');
  }

  /** Whether a block still belongs to it. */
  holds({ sections }: PageBlock): boolean {
    return this.#section !== undefined && sections.includes(this.#section);
  }

  /** Looks for spans of time and, below a heading "Response", for the body that is returned. */
  paragraph(block: Paragraph): void {
    const anchor = block.anchor;
    for (const sentence of sentencesOf(plainText(block.words))) {
      const [, number, unit] = /\b(\d+)\s+(second|minute|hour)s?\b/i.exec(sentence) ?? [];
      if (number === undefined || unit === undefined) continue;
      const seconds = Number(number) * ({ second: 1, minute: 60, hour: 3600 }[unit.toLowerCase()] ?? 1);
      const byDefault = /\bdefault\b/i.test(sentence);
      this.facts.durations.push({ seconds, byDefault, anchor, fingerprint: fingerprint(sentence) });
    }
    if (partOf(block) === 'response' && block.heading.startsWith('response'))
      this.facts.returns ??= bodyIn(block);
  }

  /**
   * Reads a table, or notes that its kind is unknown. Rows that no task operation has (error codes, permissions,
   * response headers, body fields) are statements, so that `spec check` reports them where they are new.
   */
  table(block: Table): void {
    const columns = block.columns.join(' | ');
    const title = block.heading;
    const notes = this.#notes;
    const each = (read: (row: TableRow) => void): void => notes.rowsOf(block).forEach(read);
    const state = (row: TableRow, kind: string): void => {
      notes.count(kind);
      notes.stateRow(row, block.anchor);
    };
    if (columns === 'code | description') {
      each((row) => {
        const text = row.text(0);
        const code = /^[1-5]\d\d\b/.exec(text)?.[0];
        if (code !== undefined) {
          this.facts.statuses.push({ code: Number(code), ...this.#placed(row, 1, block) });
          notes.count('status rows');
        } else if (title.includes('error code') && /^[\w.-]+$/.test(text)) state(row, 'error codes');
        else notes.cannotRead(row, `\`${text}\` is not a status code`);
      });
    } else if (columns.startsWith('permission name')) {
      each((row) => state(row, 'rows of permissions'));
    } else if (columns === 'key | value | description' || columns === 'key | value') {
      each((row) => {
        if (partOf(block) === 'response') state(row, 'response headers');
        // Most tables show a value here, not a type.
        else this.#parameter(row, 'header', { kind: scalarOf(row.text(1)) ?? 'unknown' }, block);
      });
    } else if (
      /^\S+ \| type(\/value)? \| description$/.test(columns) ||
      /^key name \| type \| /.test(columns)
    ) {
      const place = /^url /.test(title) ? 'path' : /^query /.test(title) ? 'query' : undefined;
      each((row) => {
        const type = notes.typeOf(row, typeInCell(row, 1, notes.page.codes));
        if (type && place) this.#parameter(row, place, type, block);
        else if (type) state(row, 'body fields');
      });
    } else {
      notes.unknownTable(block);
    }
  }

  #parameter(row: TableRow, place: ParameterFact['in'], type: ParameterFact['type'], block: PageBlock): void {
    const optional = marksOptional(row.text(2));
    const parameter = { name: row.text(0), in: place, type, optional, ...this.#placed(row, 2, block) };
    this.facts.parameters.push(parameter);
    this.#notes.count('parameters');
  }

  #placed(row: TableRow, column: number, block: PageBlock): FactPlace {
    const print = cellFingerprint(row.text(column));
    return { anchor: block.anchor, fingerprint: this.#notes.placed(print, row.where) };
  }
}

/** Whether a block describes the request or the response, by the headings above it. */
function partOf({ sections }: PageBlock): 'request' | 'response' | undefined {
  for (const { title } of sections.toReversed()) {
    if (/^request\b/i.test(title)) return 'request';
    if (/^responses?\b/i.test(title)) return 'response';
  }
  return undefined;
}

/** The body that a paragraph names: a link whose words end in object or objects, or JSON without a name. */
function bodyIn(block: Paragraph): BodyFact | null {
  const [sentence = ''] = sentencesOf(plainText(block.words));
  const placed = { anchor: block.anchor, fingerprint: fingerprint(sentence) };
  const saysArray = /\b(array|list)\b/i.test(sentence);
  for (const { text } of linksIn(block.words)) {
    const [, object] = /^(.+?) objects?$/i.exec(text) ?? [];
    if (object !== undefined) return { object, array: saysArray && /objects$/i.test(text), ...placed };
  }
  return /\bJSON\b/.test(sentence) ? { object: null, array: saysArray, ...placed } : null;
}
