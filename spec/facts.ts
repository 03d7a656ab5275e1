/**
 * Facts: what docs pages state, as data. Names, codes, types, defaults, and a fingerprint of each sentence;
 * never the pages' prose, never a line number.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { addresses, edition, type OperationName, objectPage, operationNames } from './contract.ts';
import { SpecError } from './record.ts';

export interface FactPlace {
  /** Anchor of the nearest heading; '' above the first heading. */
  readonly anchor: string;
  /** Of the sentence or description cell that states the fact. */
  readonly fingerprint: string;
}

export interface Facts {
  /** The edition of the docs: `7.8`. */
  readonly edition: string;
  readonly operations: readonly OperationFacts[];
  readonly objects: readonly ObjectFacts[];
  /** Sentences, and table rows that are not facts of another kind. */
  readonly statements: readonly StatementFact[];
}

export interface OperationFacts {
  readonly page: string;
  readonly anchor: string;
  /** Upper case. */
  readonly method: string;
  /** As documented, with `{placeholders}`. */
  readonly path: string;
  readonly parameters: readonly ParameterFact[];
  /** The body of a successful response; null if the docs name none. */
  readonly returns: BodyFact | null;
  readonly statuses: readonly StatusFact[];
  /** Spans of time that the text states, such as the retention of 500 s. */
  readonly durations: readonly DurationFact[];
}

export interface ParameterFact extends FactPlace {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly type: TypeFact;
  readonly optional: boolean;
}

export interface BodyFact extends FactPlace {
  /** The object's documented name, singular, without the word "object": `CRDB task`; null if it has none. */
  readonly object: string | null;
  readonly array: boolean;
}

export interface StatusFact extends FactPlace {
  readonly code: number;
}

export interface DurationFact extends FactPlace {
  readonly seconds: number;
  readonly byDefault: boolean;
}

export interface ObjectFacts {
  readonly page: string;
  /** The object's documented name without the word "object": `CRDB task`. */
  readonly name: string;
  readonly fields: readonly FieldFact[];
}

export interface FieldFact extends FactPlace {
  readonly name: string;
  readonly type: TypeFact;
  readonly readOnly: boolean;
}

export type Scalar = 'string' | 'integer' | 'number' | 'boolean';

/** `unknown`: the docs name no type. */
export type TypeFact =
  | { readonly kind: Scalar | 'unknown' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'array'; readonly items: TypeFact }
  | {
      readonly kind: 'object';
      readonly fields: readonly { readonly name: string; readonly type: TypeFact }[];
    };

export interface StatementFact extends FactPlace {
  readonly page: string;
}

/** The folder of a shipped edition: facts.json and openapi.yaml. */
export const shippedFolder = (name: string): URL => new URL(`./editions/${name}/`, import.meta.url);

export const factsFile = new URL('facts.json', shippedFolder(edition));

/** Loads facts; by default those of the default edition. This program generated them, so it does not check their shape. */
export function loadFacts(file: URL = factsFile): Facts {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The words of a sentence as they are hashed. */
function normalized(sentence: string): string {
  return sentence
    .normalize('NFKC') // a no-break space becomes a space
    .replace(/[‘’‚‛′]/g, "'")
    .replace(/[“”„‟″]/g, '"')
    .replace(/\p{Cf}/gu, '') // soft hyphens, zero-width spaces
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(?<![\s.!?:;,…])[\s.!?:;,…]+$/u, ''); // tried once per run: a page may be hostile
}

/**
 * Tells whether a sentence still says the same, without keeping it. White space, typographic quotes and closing
 * punctuation don't change it; words do.
 * @returns 16 hexadecimal digits of the SHA-256 of the normalized words
 */
export const fingerprint = (sentence: string): string =>
  createHash('sha256').update(normalized(sentence)).digest('hex').slice(0, 16);

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of a paragraph; empty ones are left out. */
export const sentencesOf = (paragraph: string): string[] =>
  [...segmenter.segment(paragraph.replace(/\s+/g, ' '))]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => normalized(sentence) !== '');

/** @throws {SpecError} the facts lack the operation */
export function factsOf(facts: Facts, operation: OperationName): OperationFacts {
  const { method, path } = addresses[operation];
  const found = facts.operations.find((fact) => fact.method === method && fact.path === path);
  if (found) return found;
  throw new SpecError(
    `The facts lack ${method} ${path}.`,
    'Generate them from the page requests/crdb_tasks: spec generate --docs FILE.',
  );
}

/** A row of the docs that a clause can cover: `read.status.404`, `read.parameter.verbose`, `field.status`. */
export type DocsRow = { readonly id: string; readonly page: string } & (
  | { readonly kind: 'status'; readonly operation: OperationName; readonly fact: StatusFact }
  | { readonly kind: 'parameter'; readonly operation: OperationName; readonly fact: ParameterFact }
  | { readonly kind: 'field'; readonly fact: FieldFact }
);

/** Every row of the three operations and of the task object, in the order of the docs. */
export function docsRows(facts: Facts): readonly DocsRow[] {
  const rows: DocsRow[] = [];
  for (const operation of operationNames) {
    const { page, statuses, parameters } = factsOf(facts, operation);
    for (const fact of statuses)
      rows.push({ id: `${operation}.status.${fact.code}`, kind: 'status', page, operation, fact });
    for (const fact of parameters)
      rows.push({ id: `${operation}.parameter.${fact.name}`, kind: 'parameter', page, operation, fact });
  }
  const fields = facts.objects.find(({ page }) => page === objectPage)?.fields ?? [];
  for (const fact of fields) rows.push({ id: `field.${fact.name}`, kind: 'field', page: objectPage, fact });
  return rows;
}

/** A page and a fingerprint as one key of `placesIn`. */
export const placeKey = ({ page, fingerprint }: { page: string; fingerprint: string }): string =>
  `${page} ${fingerprint}`;

/** The anchors under which each fingerprint stands, by `placeKey`. The facts may hold any operations. */
export function placesIn(facts: Facts): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  const add = (page: string, { anchor, fingerprint }: FactPlace): void => {
    const key = placeKey({ page, fingerprint });
    places.set(key, (places.get(key) ?? new Set()).add(anchor));
  };
  for (const { page, statuses, parameters } of facts.operations)
    for (const fact of [...statuses, ...parameters]) add(page, fact);
  for (const { page, fields } of facts.objects) for (const fact of fields) add(page, fact);
  for (const statement of facts.statements) add(statement.page, statement);
  return places;
}
