/** The docs pages that `--docs` names: files, URLs and directories. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reading } from './notes.ts';
import { type DocsPage, parsePage, type Unread } from './pages.ts';
import { readPages } from './reading.ts';
import { SpecError } from './record.ts';

export interface Docs {
  readonly pages: readonly DocsPage[];
  readonly reading: Reading;
  /** Files in directories that are no docs pages, and pages that were named twice. */
  readonly leftOut: readonly Unread[];
}

/**
 * Reads all pages. If two pages have the same key, the first one counts.
 * @throws {SpecError} nothing is named, or a named file or URL can't be read or is no page of the API
 */
export async function readDocs(names: readonly string[]): Promise<Docs> {
  if (names.length === 0)
    throw new SpecError('No docs page is named.', 'Name at least one: --docs FILE or URL.');
  const pages = new Map<string, DocsPage>();
  const leftOut: Unread[] = [];
  const add = (page: DocsPage, name: string): void => {
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
    throw new SpecError(`${names.join(', ')}: no docs page found there.`, 'Name a folder of docs pages.');
  return { pages: all, reading: readPages(all), leftOut };
}

/** A page named by itself must describe the API. A directory may hold other pages too. */
function refuseForeign(page: DocsPage, name: string): void {
  const { counts } = readPages([page]);
  if ([...counts.keys()].some((kind) => kind !== 'pages' && kind !== 'statements')) return;
  throw new SpecError(
    `${name} describes no operation and no object of the REST API.`,
    'Give a page of the REST API reference, such as requests/crdb_tasks.',
  );
}

/** The Markdown and JSON files below a directory, sorted; undefined if the name is no directory. */
async function filesBelow(name: string): Promise<readonly string[] | undefined> {
  const found = await stat(name).catch(() => undefined);
  if (!found?.isDirectory()) return undefined;
  const entries = await readdir(name, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(md|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export interface SourceLimits {
  /** The largest page of the reference has some 26,000 bytes. */
  readonly maxBytes: number;
  /** For a URL, the whole download. */
  readonly timeoutMs: number;
}

/**
 * The text of a docs page.
 * @param name a file's path or an http(s) URL
 * @throws {SpecError} it can't be read, is too large or no text
 */
export async function readSource(
  name: string,
  limits: SourceLimits = { maxBytes: 250_000, timeoutMs: 15_000 },
): Promise<string> {
  const bytes = /^https?:\/\//i.test(name) ? await download(name, limits) : await fileBytes(name, limits);
  try {
    if (!bytes.includes(0)) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // not UTF-8
  }
  throw new SpecError(
    `${name} is binary data, not text.`,
    'Give a docs page: page JSON, Hugo source or Markdown.',
  );
}

const tooLarge = (name: string, { maxBytes }: SourceLimits): SpecError =>
  new SpecError(`${name} is larger than ${maxBytes} bytes; docs pages are smaller.`, 'Give a single page.');

async function fileBytes(name: string, limits: SourceLimits): Promise<Uint8Array> {
  try {
    const found = await stat(name);
    if (found.isDirectory()) {
      throw new SpecError(`${name} is a directory.`, 'Give a page; `spec generate` also reads directories.');
    }
    if (found.size > limits.maxBytes) throw tooLarge(name, limits);
    return await readFile(name);
  } catch (error) {
    if (error instanceof SpecError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const problem = code === 'ENOENT' ? `There is no file ${name}.` : `${name} can’t be read (${code}).`;
    throw new SpecError(problem, 'Check the path given with --docs.', { cause: error });
  }
}

async function download(url: string, limits: SourceLimits): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(limits.timeoutMs) });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new SpecError(`${url} answered ${response.status}.`, 'Check the address in a browser.');
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > limits.maxBytes) throw tooLarge(url, limits);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof SpecError) throw error;
    const late = error instanceof Error && error.name === 'TimeoutError';
    const why = late ? `no complete response within ${limits.timeoutMs / 1000} s` : causeOf(error);
    const remedy = 'Check the address and the network, or give a file.';
    throw new SpecError(`${url} can’t be downloaded: ${why}.`, remedy, { cause: error });
  }
}

function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
