/** `spec generate` and `spec check`, as functions that give lines. Printing and exit codes are cli.ts's. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explicitAnchors } from './blocks.ts';
import { edition as checkedIn, objectPage, requestsPage } from './contract.ts';
import { type Docs, readDocs } from './docs.ts';
import { documentFile } from './document.ts';
import { driftOf, nothingMoved, onPages } from './drift.ts';
import { editionFiles, isEditionName } from './edition.ts';
import { SpecError } from './errors.ts';
import { type Facts, factsFile, loadFacts } from './fact.ts';
import { factsFrom, readPages } from './facts.ts';
import { documentText, factsText } from './generated.ts';
import type { Counts } from './reading.ts';
import { loadRegister } from './register.ts';

export { generatedIsCurrent } from './generated.ts';

export interface Generated {
  /** What was read, every row that could not be, and what was written. */
  readonly lines: readonly string[];
  readonly counts: Readonly<Counts>;
  /** How many rows could not be read. */
  readonly unread: number;
  /** Whether facts.json and openapi.yaml were written. */
  readonly written: boolean;
}

/** What is generated, and where it goes: the checked-in files unless told otherwise. */
export interface Generation {
  /** `7.22` */
  readonly edition?: string;
  /** A folder, which is made. */
  readonly out?: string;
}

/**
 * Reads pages and, where the page of the task operations is among them, writes facts.json and openapi.yaml.
 * @param docs files, URLs and directories
 * @throws {SpecError} what is named is no docs page, or the overlay doesn't fit what the pages say
 */
export async function generate(
  docs: readonly string[],
  { edition = checkedIn, out }: Generation = {},
): Promise<Generated> {
  if (!isEditionName(edition)) throw noEditionName(edition);
  if (edition !== checkedIn && out === undefined) throw noFolder(edition);
  const read = await readDocs(docs);
  const { counts, unread } = read.reading;
  const facts = taskFacts(read, edition);
  const lines = [...summary(read), ...unreadLines(read)];
  if (!facts) {
    return {
      lines: [...lines, `Nothing written: ${requestsPage} is not among the pages.`],
      counts,
      unread: unread.length,
      written: false,
    };
  }
  const keepsObject = !read.reading.objects.some(({ page }) => page === objectPage);
  const whole = keepsObject ? withObjectOf(facts, loadFacts()) : facts;
  const text = await documentText(whole);
  if (out !== undefined) await mkdir(out, { recursive: true });
  const fileAt = (name: string, otherwise: URL) => (out === undefined ? otherwise : join(out, name));
  await writeFile(fileAt(editionFiles.facts, factsFile), factsText(whole));
  await writeFile(fileAt(editionFiles.document, documentFile), text);
  return {
    lines: [
      ...lines,
      ...(keepsObject ? [`${objectPage} is not among the pages: its facts are kept as they were.`] : []),
      `Written${out === undefined ? '' : ` to ${out}`}: ${editionFiles.facts}, ${editionFiles.document}.`,
    ],
    counts,
    unread: unread.length,
    written: true,
  };
}

const noEditionName = (given: string): SpecError =>
  new SpecError(`--edition ${given} is no edition.`, 'Give numbers with dots between them, such as 7.22.');

const noFolder = (edition: string): SpecError =>
  new SpecError(
    `The files of this program are of edition ${checkedIn}, and those of ${edition} would take their place.`,
    'Say where they are to go: --out DIR',
  );

/** The facts of the two pages of the contract, or undefined where the requests page is not among those read. */
function taskFacts({ reading }: Docs, edition: string): Facts | undefined {
  const facts = onPages(new Set([requestsPage, objectPage]), factsFrom(reading, edition));
  return facts.operations.length === 0 ? undefined : facts;
}

const withObjectOf = (facts: Facts, older: Facts): Facts => ({
  ...facts,
  objects: older.objects.filter(({ page }) => page === objectPage),
  statements: [...older.statements.filter(({ page }) => page === objectPage), ...facts.statements], // by page
});

const kinds: readonly (readonly [keyof Counts, string])[] = [
  ['pages', 'pages'],
  ['operations', 'operations'],
  ['summaryRows', 'rows of overviews'],
  ['statusRows', 'status rows'],
  ['errorCodes', 'error codes'],
  ['parameters', 'parameters'],
  ['responseHeaders', 'response headers'],
  ['bodyFields', 'body fields'],
  ['permissions', 'rows of permissions'],
  ['objects', 'objects'],
  ['fields', 'fields of objects'],
  ['statements', 'statements'],
];

function summary({ reading: { counts } }: Docs): readonly string[] {
  const read = kinds.filter(([kind]) => counts[kind] > 0).map(([kind, name]) => `${counts[kind]} ${name}`);
  return [`Read: ${read.join(', ')}.`];
}

function unreadLines({ reading: { unread }, leftOut }: Docs): readonly string[] {
  return [
    ...leftOut.map(({ where, reason }) => `Left out: ${where}: ${reason}`),
    unread.length === 0 ? 'Every row was read.' : `Not read: ${unread.length}.`,
    ...unread.map(({ where, reason }) => `  ${where}: ${reason}`),
  ];
}

export interface Checked {
  readonly lines: readonly string[];
  /** Whether anything that the contract rests on is other than in the checked-in facts. */
  readonly moved: boolean;
}

/**
 * Compares newer pages with the checked-in facts and clauses.
 * @throws {SpecError} what is named is no docs page, or none of the pages of the contract is among them
 */
export async function check(docs: readonly string[]): Promise<Checked> {
  const read = await readDocs(docs);
  const contract = read.pages.filter(({ key }) => key === requestsPage || key === objectPage);
  const pages: ReadonlySet<string> = new Set(contract.map(({ key }) => key));
  if (pages.size === 0) {
    throw new SpecError(
      `${docs.join(', ')}: neither ${requestsPage} nor ${objectPage} is there, so there is nothing to compare.`,
      'Give the newer page of one of them.',
    );
  }
  const newer = onPages(pages, factsFrom(read.reading));
  const drift = driftOf(loadRegister(), loadFacts(), {
    facts: newer,
    pages,
    anchors: new Map(contract.map((page) => [page.key, explicitAnchors(page)] as const)),
    where: read.reading.where,
  });
  const unread = contract.flatMap((page) => readPages([page]).unread);
  const compared = `Compared: ${[...pages].join(', ')}.`;
  if (nothingMoved(drift) && unread.length === 0)
    return { lines: [compared, 'Nothing moved.'], moved: false };
  return {
    lines: [
      compared,
      ...section('Clauses whose ground moved', drift.clauses),
      ...section('New statements without a clause', drift.statements),
      ...section('Rows that changed', drift.rows),
      ...section(
        'Rows that could not be read',
        unread.map(({ where, reason }) => `${where}: ${reason}`),
      ),
    ],
    moved: true,
  };
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`${title} (${lines.length}):`, ...lines.map((line) => `  ${line}`)];
