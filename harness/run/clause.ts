/** How a suite states its checks. A block is only written down here; the runner runs it, in whichever environment. */
import type { Finding } from '../model/verdict.ts';
import type { CheckContext } from './check-context.ts';

/** A row of a clause's table. `moment` is kept apart: such a check runs before all others, or after them. */
export type Case = object & { readonly moment?: 'first' | 'last' };

export interface Block<Row extends Case> {
  /** The clause that shows that the probe can succeed; without its pass this one proves nothing. */
  readonly positiveControl?: string | ((row: Row) => string);
  /** Clauses whose fault would show here too: where one of them is broken, this one is not judged, because of it. */
  readonly dependsOn?: readonly string[] | ((row: Row) => readonly string[]);
  /** A clause that one cause breaks together with this one: where it fails on the very same answer, that is one finding. */
  readonly sameFaultAs?: string;
  readonly cases: readonly Row[];
  /** Does something through its context and returns what it found; it throws for nothing of its own. */
  check(row: Row, context: CheckContext): Promise<readonly Finding[]>;
}

/** One row of one block, ready to be run. */
export interface Check {
  readonly clause: string;
  /** The case in words, unique within the clause: `running, force=false`. */
  readonly name: string;
  /** The suite file's name without its endings. */
  readonly suite: string;
  readonly moment: 'first' | 'last' | 'between';
  readonly positiveControl?: string;
  readonly dependsOn: readonly string[];
  readonly sameFaultAs?: string;
  /** The phase of its task, where the table has one: of a control with the same phase, that row alone counts. */
  readonly phase?: string;
  readonly run: (context: CheckContext) => Promise<readonly Finding[]>;
}

/** How a check is named among all others. */
export const titleOf = ({ clause, name }: Pick<Check, 'clause' | 'name'>): string => `${clause} (${name})`;

const book = new Map<string, readonly Check[]>();
let suiteBeingRead = '';

/** Called for every block; what it gives a suite file is the pleasure of reading like the contract. */
type Reader = (clause: string) => void;
let shows: Reader | undefined;

/**
 * The checks of one clause, a row a check.
 * @throws {Error} another block of the same clause was read before
 */
export function clause<const Row extends Case>(id: string, block: Block<Row>): void {
  if (shows) {
    shows(id);
    return;
  }
  if (book.has(id)) throw new Error(`the clause ${id} has two blocks: put their cases into one`);
  const { dependsOn = [] } = block;
  const checks = block.cases.map((row): Check => {
    const control =
      typeof block.positiveControl === 'function' ? block.positiveControl(row) : block.positiveControl;
    return {
      clause: id,
      name: nameOf(row),
      suite: suiteBeingRead,
      moment: row.moment ?? 'between',
      ...(control === undefined ? {} : { positiveControl: control }),
      ...(block.sameFaultAs === undefined ? {} : { sameFaultAs: block.sameFaultAs }),
      dependsOn: typeof dependsOn === 'function' ? dependsOn(row) : dependsOn,
      ...('phase' in row && typeof row.phase === 'string' ? { phase: row.phase } : {}),
      run: (context) => block.check(row, context),
    };
  });
  book.set(id, checks);
}

/** `running, force=false`: a phase speaks for itself, other columns are named. */
export function nameOf(row: Case): string {
  const named = Object.entries(row).map(([column, value]) =>
    column === 'phase' ? `${value}` : `${column}=${value}`,
  );
  return named.join(', ') || 'once';
}

/** The checks of every suite in a folder, by clause; each file is read once in a process. */
export async function readSuites(files: readonly URL[]): Promise<ReadonlyMap<string, readonly Check[]>> {
  for (const file of files) {
    suiteBeingRead = suiteName(file);
    await import(file.href);
  }
  return book;
}

/** `cancel`, of `suites/cancel.suite.ts`. */
export const suiteName = (file: URL): string =>
  (file.pathname.split('/').at(-1) ?? '').replace(/\.suite\.[jt]s$/, '');

/** From now on a block is shown to `reader` and not written down: vitest reads the files a second time. */
export function showBlocksTo(reader: Reader): void {
  shows = reader;
}
