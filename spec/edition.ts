/**
 * Editions of the contract: what the docs of one release state (facts.json), and the OpenAPI document made of it. The
 * project ships some; `spec generate --edition --out` makes a folder for another.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { load } from 'js-yaml';
import { addresses, edition, type OperationName, shippedEditions } from './contract.ts';
import { type Facts, loadFacts, shippedFolder } from './facts.ts';
import { SpecError } from './record.ts';

export interface Edition {
  /** `7.8` */
  readonly name: string;
  readonly facts: Facts;
  readonly document: OpenApiDocument;
  readonly documentFile: URL;
}

export const editionFiles = { facts: 'facts.json', document: 'openapi.yaml' } as const;

export const isEditionName = (name: string): boolean => /^\d+(\.\d+)*$/.test(name);

/** Whether one edition or release is older than another: 7.8 than 7.22, 7.22 than 8.0, 7.8.6-286 than 7.22.2-20. */
export function isOlder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.split(/[.-]/).map(Number)) as [number[], number[]]; // two in, two out
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  if (at !== -1) return (a[at] ?? 0) < (b[at] ?? 0);
  return b.slice(a.length).some((part) => part > 0);
}

/**
 * The shipped edition that fits a release better than another edition: the newest that is not newer than the release.
 * @param release of Redis Software: `7.22.2-20`
 * @returns undefined if none fits better, or the release is no version
 */
export function betterEdition(release: string, edition: string): string | undefined {
  const version = /^\d+\.\d+/.exec(release)?.[0];
  if (version === undefined) return undefined;
  const fitting =
    shippedEditions.findLast((name) => !isOlder(version, name)) ?? shippedEditions[0] ?? edition;
  const isNearer = isOlder(edition, fitting) || isOlder(version, edition);
  return isNearer && fitting !== edition ? fitting : undefined;
}

/**
 * @param named a shipped edition, `latest`, or a folder that holds an edition
 * @throws {SpecError} there is no such edition, or it can't be read
 */
export function loadEdition(named: string = edition): Edition {
  const name = named === 'latest' ? (shippedEditions.at(-1) ?? '') : named;
  const folder = shippedEditions.includes(name) ? shippedFolder(name) : folderOf(named);
  const documentFile = new URL(editionFiles.document, folder);
  return readable(named, () => {
    const facts = loadFacts(new URL(editionFiles.facts, folder));
    const document = loadDocument(documentFile);
    if (!isEditionName(facts.edition)) throw new Error('its facts name no edition');
    if (document.info.version !== facts.edition)
      throw new Error(`its facts are of ${facts.edition}, its document is of ${document.info.version}`);
    return { name: facts.edition, facts, document, documentFile };
  });
}

/**
 * Makes something of an edition's files.
 * @throws {SpecError} the files don't hold what they should
 */
export function readable<Made>(named: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof SpecError) throw error;
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new SpecError(
      `${named} holds no edition that can be read: ${why}.`,
      'Make it again: crdb-conformance spec generate --docs PAGE… --edition NAME --out DIR',
      { cause: error },
    );
  }
}

function folderOf(named: string): URL {
  const path = resolve(named);
  if (existsSync(path) && statSync(path).isDirectory()) return pathToFileURL(`${path}/`);
  throw new SpecError(
    `There is no edition ${named} here; known are ${shippedEditions.join(', ')} and latest.`,
    'Make one from other docs pages: crdb-conformance spec generate --docs PAGE… --edition NAME --out DIR; then use --contract DIR',
  );
}

/** The part of JSON Schema 2020-12 that the generated schemas use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly readOnly?: boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema?: Schema;
}

export interface ResponseObject {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface OperationObject {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  /** `version` is the edition's. */
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export const documentFile = new URL(editionFiles.document, shippedFolder(edition));

/**
 * Loads a document; by default that of the default edition. This program generated it and tests validate it, so it is not
 * checked again.
 */
export function loadDocument(file: URL = documentFile): OpenApiDocument {
  // The type is what this program generated.
  return load(readFileSync(file, 'utf8')) as OpenApiDocument;
}

/** @throws {SpecError} the document lacks the operation */
export function operationOf(document: OpenApiDocument, operation: OperationName): OperationObject {
  const { method, path } = addresses[operation];
  return document.paths[path]?.[method.toLowerCase()] ?? lacking(`has no ${method} ${path}`);
}

const componentPrefix = '#/components/schemas/';

/**
 * The schema itself, or the component that it refers to. Generated schemas refer only to components, never in a circle.
 * @throws {SpecError} there is no such component
 */
export function resolvedSchema(document: OpenApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const component = schema.$ref.startsWith(componentPrefix)
    ? document.components.schemas[schema.$ref.slice(componentPrefix.length)]
    : undefined;
  return component ?? lacking(`refers to ${schema.$ref}, which does not exist`);
}

function lacking(what: string): never {
  throw new SpecError(`openapi.yaml ${what}.`, 'Generate it again from the docs: npm run spec:generate.');
}
