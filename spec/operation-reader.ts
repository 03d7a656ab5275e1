/** The sections of a requests page → operations: each begins with its request line and ends with its section. */
import type { Paragraph, Table } from 'mdast';
import { anchorOf, type Block, type Section, titleOf } from './blocks.ts';
import { cellFingerprint, marksOptional, marksReadOnly, typeOf } from './cells.ts';
import type { BodyFact, DurationFact, FieldFact, OperationFacts, ParameterFact, StatusFact } from './fact.ts';
import { fingerprint, sentencesOf } from './fingerprint.ts';
import { columnsOf, type Notes, type Row, rowsOfTable } from './reading.ts';
import { scalarOf } from './scalars.ts';
import { words } from './words.ts';

export interface RequestLine {
  readonly method: string;
  readonly path: string;
}

/** `GET /v1/x/{int: uid}` at the head of a block of code, its placeholders without their types. */
export function requestLine(code: string): RequestLine | undefined {
  const [, method, path] = /^\s*(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(\/[^\n?]*)/.exec(code) ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { method, path: path.trim().replace(/\{\s*\w+:\s*(\w+)\s*\}/g, '{$1}') };
}

/** One operation while its section is read. */
export class OperationReader {
  readonly #notes: Notes;
  readonly #line: RequestLine;
  readonly #anchor: string;
  readonly #section: Section | undefined;
  readonly #parameters: ParameterFact[] = [];
  readonly #responseHeaders: ParameterFact[] = [];
  readonly #bodyFields: FieldFact[] = [];
  readonly #permissions: string[] = [];
  readonly #errorCodes: string[] = [];
  readonly #statuses: StatusFact[] = [];
  readonly #durations: DurationFact[] = [];
  #body: BodyFact | null = null;
  #returns: BodyFact | null = null;

  /** @param block the one that holds the request line */
  constructor(line: RequestLine, block: Block, notes: Notes) {
    this.#notes = notes;
    this.#line = line;
    this.#anchor = anchorOf(block);
    this.#section = block.sections.at(-1);
  }

  /** Whether a block still belongs to it. */
  holds({ sections }: Block): boolean {
    return this.#section !== undefined && sections.includes(this.#section);
  }

  facts(): OperationFacts {
    return {
      page: this.#notes.page.key,
      anchor: this.#anchor,
      ...this.#line,
      parameters: this.#parameters,
      responseHeaders: this.#responseHeaders,
      bodyFields: this.#bodyFields,
      permissions: this.#permissions,
      errorCodes: this.#errorCodes,
      body: this.#body,
      returns: this.#returns,
      statuses: this.#statuses,
      durations: this.#durations,
    };
  }

  /** Reads a paragraph for what it says of bodies and spans of time. */
  paragraph(node: Paragraph, block: Block): void {
    const anchor = anchorOf(block);
    for (const sentence of sentencesOf(words(node))) {
      const [, number, unit] = /\b(\d+)\s+(second|minute|hour)s?\b/i.exec(sentence) ?? [];
      if (number === undefined || unit === undefined) continue;
      const seconds = Number(number) * ({ second: 1, minute: 60, hour: 3600 }[unit.toLowerCase()] ?? 1);
      const byDefault = /\bdefault\b/i.test(sentence);
      this.#durations.push({ seconds, byDefault, anchor, fingerprint: fingerprint(sentence) });
    }
    const part = partOf(block);
    if (part === 'response' && titleOf(block).startsWith('response')) this.#returns ??= bodyIn(node, anchor);
    if (part === 'request' && titleOf(block).includes('body')) this.#body ??= bodyIn(node, anchor);
  }

  /** Reads a table, or notes that it is of no kind that this program knows. */
  table(node: Table, block: Block): void {
    const columns = columnsOf(node).join(' | ');
    const title = titleOf(block);
    const rows = (): readonly Row[] => rowsOfTable(node, this.#notes);
    if (columns === 'code | description') {
      for (const row of rows()) this.#code(row, block);
    } else if (columns.startsWith('permission name')) {
      this.#permissions.push(...rows().map((row) => row.text(0)));
    } else if (columns === 'key | value | description' || columns === 'key | value') {
      const headers = partOf(block) === 'response' ? this.#responseHeaders : this.#parameters;
      for (const row of rows()) headers.push(this.#header(row, block));
    } else if (
      /^\S+ \| type(\/value)? \| description$/.test(columns) ||
      /^key name \| type \| /.test(columns)
    ) {
      const place = /^url /.test(title) ? 'path' : /^query /.test(title) ? 'query' : undefined;
      for (const row of rows()) place ? this.#parameter(row, place, block) : this.#field(row, block);
    } else {
      this.#notes.unknownTable(node);
    }
  }

  #code(row: Row, block: Block): void {
    const text = row.text(0);
    const placed = this.#placed(row, 1, block);
    const code = /^[1-5]\d\d\b/.exec(text)?.[0];
    if (code !== undefined) this.#statuses.push({ code: Number(code), ...placed });
    else if (titleOf(block).includes('error code') && /^[\w.-]+$/.test(text)) this.#errorCodes.push(text);
    else this.#notes.cannotRead(row.node, `\`${text}\` is no status code`);
  }

  #header(row: Row, block: Block): ParameterFact {
    return {
      name: row.text(0),
      in: 'header',
      type: { kind: scalarOf(row.text(1)) ?? 'unknown' }, // most tables show a value here, not a type
      optional: marksOptional(row.text(2)),
      ...this.#placed(row, 2, block),
    };
  }

  /** Where a row stands, and the fingerprint of its cell that says something. */
  #placed(row: Row, column: number, block: Block): { readonly anchor: string; readonly fingerprint: string } {
    return {
      anchor: anchorOf(block),
      fingerprint: this.#notes.found(cellFingerprint(row.text(column)), row.node),
    };
  }

  #parameter(row: Row, place: 'path' | 'query', block: Block): void {
    const type = typeOf(row, 1, this.#notes);
    if (!type) return;
    const optional = marksOptional(row.text(2));
    this.#parameters.push({ name: row.text(0), in: place, type, optional, ...this.#placed(row, 2, block) });
  }

  #field(row: Row, block: Block): void {
    const type = typeOf(row, 1, this.#notes);
    if (!type) return;
    const readOnly = marksReadOnly(row.text(2));
    this.#bodyFields.push({ name: row.text(0), type, readOnly, ...this.#placed(row, 2, block) });
  }
}

/** Whether a block speaks of the request or of the answer, by the headings above it. */
function partOf({ sections }: Block): 'request' | 'response' | undefined {
  for (const { title } of sections.toReversed()) {
    if (/^request\b/i.test(title)) return 'request';
    if (/^responses?\b/i.test(title)) return 'response';
  }
  return undefined;
}

/** The object that a paragraph names as a body: a link, or emphasis, whose words end in object or objects. */
function bodyIn(node: Paragraph, anchor: string): BodyFact | null {
  const [sentence = ''] = sentencesOf(words(node));
  const placed = { anchor, fingerprint: fingerprint(sentence) };
  for (const child of node.children) {
    const [, object] = child.type === 'link' ? (/^(.+?) objects?$/i.exec(words(child).trim()) ?? []) : [];
    if (object !== undefined) {
      return {
        object,
        array: /\b(array|list)\b/i.test(sentence) && /objects$/i.test(words(child).trim()),
        ...placed,
      };
    }
  }
  if (!/\bJSON\b/.test(sentence)) return null;
  return { object: null, array: /\b(array|list)\b/i.test(sentence), ...placed };
}
