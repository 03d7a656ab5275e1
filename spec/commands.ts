/** `spec generate`, `spec check` and `spec diff` as functions that return lines. The program prints them and sets exit codes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { edition as checkedIn, objectPage, requestsPage, shippedEditions } from './contract.ts';
import { type Docs, readDocs } from './docs.ts';
import { changesBetween, driftOf, nothingMoved, onPages } from './drift.ts';
import { editionFiles, isEditionName, loadEdition } from './edition.ts';
import { type Facts, shippedFolder } from './facts.ts';
import { documentText, factsText } from './openapi.ts';
import type { Unread } from './pages.ts';
import { factsFrom, readPages } from './reading.ts';
import { SpecError } from './record.ts';
import { loadRegister } from './register.ts';

export interface Generated {
  /** What was read, every row that could not be read, and what was written. */
  readonly lines: readonly string[];
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
  const ships = shippedEditions.includes(edition);
  if (!ships && out === undefined)
    throw new SpecError(
      `This program ships the editions ${shippedEditions.join(', ')}; ${edition} is another one.`,
      'Say where to write its files: --out DIR',
    );
  const read = await readDocs(docs);
  const facts = onPages(new Set([requestsPage, objectPage]), factsFrom(read.reading, edition));
  const lines = [...readLines(read)];
  const written = facts.operations.length > 0;
  if (written) {
    const keepsObject = !read.reading.objects.some(({ page }) => page === objectPage);
    const kept = keepsObject ? loadEdition(ships ? edition : checkedIn).facts : undefined;
    await writeEdition(
      kept ? withObjectOf(facts, kept) : facts,
      out ?? fileURLToPath(shippedFolder(edition)),
    );
    if (keepsObject) lines.push(`${objectPage} is not among the pages: its facts are kept as they were.`);
    const where = out === undefined ? '' : ` to ${out}`;
    lines.push(`Written${where}: ${editionFiles.facts}, ${editionFiles.document}.`);
  } else lines.push(`Nothing written: ${requestsPage} is not among the pages.`);
  return { lines, written };
}

async function writeEdition(facts: Facts, folder: string): Promise<void> {
  const document = await documentText(facts); // before the first write: it may be refused
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, editionFiles.facts), factsText(facts));
  await writeFile(join(folder, editionFiles.document), document);
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
  /** Whether anything that the contract rests on differs. */
  readonly moved: boolean;
}

/**
 * Compares newer pages with the facts and clauses of an edition.
 * @param against an edition as `loadEdition` takes it
 * @throws {SpecError} a named page can't be read, or no page of the contract is among them
 */
export async function check(docs: readonly string[], against?: string): Promise<Checked> {
  const edition = loadEdition(against);
  const read = await readDocs(docs);
  const contract = read.pages.filter(({ key }) => key === requestsPage || key === objectPage);
  const pages: ReadonlySet<string> = new Set(contract.map(({ key }) => key));
  if (pages.size === 0) {
    throw new SpecError(
      `${docs.join(', ')}: neither ${requestsPage} nor ${objectPage} is among the pages, so there is nothing to compare.`,
      'Give the newer page of one of them.',
    );
  }
  const drift = driftOf(loadRegister(edition), edition.facts, {
    facts: onPages(pages, factsFrom(read.reading)),
    pages,
    anchors: new Map(contract.map((page) => [page.key, page.anchors] as const)),
    where: read.reading.where,
  });
  const unread = contract.flatMap((page) => readPages([page]).unread);
  const compared = `Compared: ${[...pages].join(', ')}.`;
  if (nothingMoved(drift) && unread.length === 0)
    return { lines: [compared, 'Nothing moved.'], moved: false };
  const lines = sections({
    'Clauses whose source changed': drift.clauses,
    'New statements without a clause': drift.statements,
    'Rows that changed': drift.rows,
    'Rows that could not be read': unread.map(unreadLine),
  });
  return { lines: [compared, ...lines], moved: true };
}

const sections = (rowsByTitle: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(rowsByTitle).flatMap(([title, rows]) =>
    rows.length === 0 ? [] : [`${title} (${rows.length}):`, ...rows.map((line) => `  ${line}`)],
  );

/**
 * What changed between two editions, by clause and by row of the docs, in lines.
 * @param before as `loadEdition` takes it; `after` likewise
 * @throws {SpecError} there is no such edition, or it can't be read
 */
export function diff(before: string, after: string): readonly string[] {
  const [old, now] = [loadEdition(before), loadEdition(after)];
  const [from, to] = [loadRegister(old), loadRegister(now)];
  const { clauses, rows } = changesBetween([from, old.facts], [to, now.facts]);
  const lines = sections({ 'Clauses that changed': clauses, 'Rows of the docs that changed': rows });
  return [
    `Edition ${from.edition} has ${from.clauses.length} clauses, edition ${to.edition} has ${to.clauses.length}.`,
    ...(lines.length === 0 ? ['Both require the same, in the same words.'] : lines),
  ];
}
