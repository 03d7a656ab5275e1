/**
 * An edition of the contract: what the docs of one release state, and the document made of it. The project ships those
 * whose pages it has read; of another one `spec generate --edition --out` makes a folder.
 */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { edition } from './contract.ts';
import { loadDocument, type OpenApiDocument } from './document.ts';
import { SpecError } from './errors.ts';
import { type Facts, loadFacts } from './fact.ts';

export interface Edition {
  /** `7.8` */
  readonly name: string;
  readonly facts: Facts;
  readonly document: OpenApiDocument;
  /** Where the document lies. */
  readonly documentFile: URL;
}

/** The folders of the editions that the project ships, by their names, ascending. */
const shipped: ReadonlyMap<string, URL> = new Map([[edition, new URL('./', import.meta.url)]]);

export const shippedEditions: readonly string[] = [...shipped.keys()];

/** The files of an edition in its folder. */
export const editionFiles = { facts: 'facts.json', document: 'openapi.yaml' } as const;

export const isEditionName = (name: string): boolean => /^\d+(\.\d+)*$/.test(name);

/** Whether one edition is older than another: 7.8 is older than 7.22, and 7.22 than 8.0. */
export function isOlder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.split('.').map(Number)) as [number[], number[]]; // two in, two out
  const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
  if (at !== -1) return (a[at] ?? 0) < (b[at] ?? 0);
  return b.slice(a.length).some((part) => part > 0);
}

/**
 * @param named an edition that the project ships, `latest` of them, or a folder that holds one
 * @throws {SpecError} there is no such edition, or the folder holds none that can be read
 */
export function loadEdition(named: string = edition): Edition {
  const folder = shipped.get(named === 'latest' ? (shippedEditions.at(-1) ?? '') : named) ?? folderOf(named);
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

/** @throws {SpecError} what is made of a folder can't be, for it doesn't hold what it should */
export function readable<Made>(named: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw error instanceof SpecError ? error : unreadable(named, error);
  }
}

const unreadable = (named: string, error: unknown): SpecError =>
  new SpecError(
    `${named} holds no edition that can be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}.`,
    'Make it again: crdb-conformance spec generate --docs PAGE… --edition NAME --out DIR',
    { cause: error },
  );

function folderOf(named: string): URL {
  const path = resolve(named);
  if (existsSync(path) && statSync(path).isDirectory()) return pathToFileURL(`${path}/`);
  throw new SpecError(
    `There is no edition ${named} here; known are ${shippedEditions.join(', ')} and latest.`,
    'Of other pages make one of your own: crdb-conformance spec generate --docs PAGE… --edition NAME --out DIR; then --contract DIR',
  );
}
