/** `spec generate` and `spec check` as functions that return lines. The program prints them and sets exit codes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edition as checkedIn, objectPage, requestsPage } from './contract.ts';
import { type Docs, readDocs } from './docs.ts';
import { driftOf, nothingMoved, onPages } from './drift.ts';
import { documentFile, editionFiles, isEditionName } from './edition.ts';
import { type Facts, factsFile, loadFacts } from './facts.ts';
import { documentText, factsText } from './openapi.ts';
import type { Unread } from './pages.ts';
import { factsFrom, readPages } from './reading.ts';
import { SpecError } from './record.ts';
import { loadRegister } from './register.ts';

export interface Generated {
  /** What was read, every row that could not be read, and what was written. */
  readonly lines: readonly string[];
  /** Whether facts.json and openapi.yaml were written. */
  readonly written: boolean;
}

/** What to generate, and where to; by default the checked-in files. */
export interface Generation {
  /** `7.22` */
  readonly edition?: string;
  /** A folder. It is made if it doesn't exist. */
  readonly out?: string;
}

/**
 * Reads pages and, if the page of the task operations is among them, writes facts.json and openapi.yaml.
 * @param docs files, URLs and directories
 * @throws {SpecError} a named page can't be read, or the overlay doesn't fit what the pages say
 */
export async function generate(
  docs: readonly string[],
  { edition = checkedIn, out }: Generation = {},
): Promise<Generated> {
  if (!isEditionName(edition))
    throw new SpecError(
      `--edition ${edition} is not the name of an edition.`,
      'Give numbers with dots between them, such as 7.22.',
    );
  if (edition !== checkedIn && out === undefined)
    throw new SpecError(
      `This program's own files are of edition ${checkedIn}; files of ${edition} would replace them.`,
      'Say where to write the new files: --out DIR',
    );
  const read = await readDocs(docs);
  const facts = onPages(new Set([requestsPage, objectPage]), factsFrom(read.reading, edition));
  const lines = [...readLines(read)];
  const written = facts.operations.length > 0;
  if (written) {
    const keepsObject = !read.reading.objects.some(({ page }) => page === objectPage);
    await writeEdition(keepsObject ? withObjectOf(facts, loadFacts()) : facts, out);
    if (keepsObject) lines.push(`${objectPage} is not among the pages: its facts are kept as they were.`);
    const where = out === undefined ? '' : ` to ${out}`;
    lines.push(`Written${where}: ${editionFiles.facts}, ${editionFiles.document}.`);
  } else lines.push(`Nothing written: ${requestsPage} is not among the pages.`);
  return { lines, written };
}

async function writeEdition(facts: Facts, out: string | undefined): Promise<void> {
  const document = await documentText(facts); // before the first write: it may be refused
  if (out !== undefined) await mkdir(out, { recursive: true });
  const fileAt = (name: string, otherwise: URL) => (out === undefined ? otherwise : join(out, name));
  await writeFile(fileAt(editionFiles.facts, factsFile), factsText(facts));
  await writeFile(fileAt(editionFiles.document, documentFile), document);
}

const withObjectOf = (facts: Facts, older: Facts): Facts => ({
  ...facts,
  objects: older.objects.filter(({ page }) => page === objectPage),
  statements: [...older.statements.filter(({ page }) => page === objectPage), ...facts.statements], // by page
});

const unreadLine = ({ where, reason }: Unread): string => `${where}: ${reason}`;

function readLines({ reading: { counts, unread }, leftOut }: Docs): readonly string[] {
  const read = [...counts].map(([kind, count]) => `${count} ${kind}`);
  return [
    `Read: ${read.join(', ')}.`,
    ...leftOut.map((left) => `Left out: ${unreadLine(left)}`),
    unread.length === 0 ? 'Every row was read.' : `Not read: ${unread.length}.`,
    ...unread.map((row) => `  ${unreadLine(row)}`),
  ];
}

export interface Checked {
  readonly lines: readonly string[];
  /** Whether anything that the contract rests on differs from the checked-in facts. */
  readonly moved: boolean;
}

/**
 * Compares newer pages with the checked-in facts and clauses.
 * @throws {SpecError} a named page can't be read, or no page of the contract is among them
 */
export async function check(docs: readonly string[]): Promise<Checked> {
  const read = await readDocs(docs);
  const contract = read.pages.filter(({ key }) => key === requestsPage || key === objectPage);
  const pages: ReadonlySet<string> = new Set(contract.map(({ key }) => key));
  if (pages.size === 0) {
    throw new SpecError(
      `${docs.join(', ')}: neither ${requestsPage} nor ${objectPage} is among the pages, so there is nothing to compare.`,
      'Give the newer page of one of them.',
    );
  }
  const drift = driftOf(loadRegister(), loadFacts(), {
    facts: onPages(pages, factsFrom(read.reading)),
    pages,
    anchors: new Map(contract.map((page) => [page.key, page.anchors] as const)),
    where: read.reading.where,
  });
  const unread = contract.flatMap((page) => readPages([page]).unread);
  const compared = `Compared: ${[...pages].join(', ')}.`;
  if (nothingMoved(drift) && unread.length === 0)
    return { lines: [compared, 'Nothing moved.'], moved: false };
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Clauses whose source changed', drift.clauses],
    ['New statements without a clause', drift.statements],
    ['Rows that changed', drift.rows],
    ['Rows that could not be read', unread.map(unreadLine)],
  ];
  const lines = sections.flatMap(([title, rows]) =>
    rows.length === 0 ? [] : [`${title} (${rows.length}):`, ...rows.map((line) => `  ${line}`)],
  );
  return { lines: [compared, ...lines], moved: true };
}
