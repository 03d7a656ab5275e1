/** The pages that `--docs` names: files, URLs and, walked, directories. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpecError } from './errors.ts';
import { readPages } from './facts.ts';
import { type Page, parsePage, type Unread } from './pages.ts';
import type { Reading } from './reading.ts';
import { readSource } from './source.ts';

export interface Docs {
  readonly pages: readonly Page[];
  readonly reading: Reading;
  /** Files of walked directories that are no pages, and pages that came twice. */
  readonly leftOut: readonly Unread[];
}

/**
 * Reads all pages. Of two with the same key the first counts.
 * @throws {SpecError} nothing is named, or what is named can't be read, is no docs page or holds nothing of the API
 */
export async function readDocs(names: readonly string[]): Promise<Docs> {
  if (names.length === 0)
    throw new SpecError('No docs page is named.', 'Name at least one: --docs FILE or URL.');
  const pages = new Map<string, Page>();
  const leftOut: Unread[] = [];
  const add = (page: Page, name: string): void => {
    if (pages.has(page.key)) leftOut.push({ where: name, reason: `the page ${page.key} was read already` });
    else pages.set(page.key, page);
  };
  for (const name of names) {
    const inside = await filesBelow(name);
    if (!inside) {
      const page = parsePage(await readSource(name), name);
      refuseForeign(page, name);
      add(page, name);
      continue;
    }
    for (const file of inside) {
      try {
        add(parsePage(await readSource(file), file), file);
      } catch (error) {
        if (!(error instanceof SpecError)) throw error;
        leftOut.push({ where: file, reason: error.problem });
      }
    }
  }
  const all = [...pages.values()];
  if (all.length === 0)
    throw new SpecError(`${names.join(', ')}: no docs page is in there.`, 'Name a folder of docs pages.');
  return { pages: all, reading: readPages(all), leftOut };
}

/** A page that was named itself must speak of the API; in a folder there may be others beside. */
function refuseForeign(page: Page, name: string): void {
  const { counts } = readPages([page]);
  if (counts.operations + counts.summaryRows + counts.fields + counts.permissions > 0) return;
  throw new SpecError(
    `${name} holds no operation and no object of the REST API.`,
    'Give a page of the REST API reference, such as requests/crdb_tasks.',
  );
}

/** The Markdown and JSON files below a directory, in a fixed order; undefined where it is none. */
async function filesBelow(name: string): Promise<readonly string[] | undefined> {
  const found = await stat(name).catch(() => undefined);
  if (!found?.isDirectory()) return undefined;
  const entries = await readdir(name, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(md|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
