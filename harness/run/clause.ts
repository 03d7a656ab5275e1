/** How a suite states its checks. A block is only written down here; the runner runs it, in whichever environment. */
import { readdirSync } from 'node:fs';
import type { Finding } from '../model/verdict.ts';
import type { CheckContext } from './check-context.ts';
import { type Power, type RunPowers, whyOutOfReach } from './powers.ts';

/** Ways to prove a clause, and what each needs: a target that ages or moves tasks, or time. */
const neededBy = {
  ageing: ['age'],
  waiting: [],
  moving: ['move'],
  following: ['moves by itself'],
} as const satisfies Record<string, readonly Power[]>;
export type Way = keyof typeof neededBy;

/**
 * When a check runs: `empty` before the run has a task, `first` before most others, `last` after them. Those of `first` and
 * of `last` go one by one, because others would disturb them; the others of a moment go together.
 */
type Moment = 'empty' | 'first' | 'between' | 'last';

/** A row of a clause's table. Its columns tell the check what to do; those that are named here tell the runner. */
export type Case = object & {
  readonly moment?: Exclude<Moment, 'between'>;
  /** One of several ways to prove the clause; a row without it is needed in each. */
  readonly by?: Way;
  /** The clause is proven without this row: it tries another magnitude, or another way to the same end. */
  readonly sharpens?: true;
  /** What the row needs beyond a task in a phase. */
  readonly needs?: readonly Power[];
};

export interface Block<Row extends Case> {
  /** The clause that shows that the request can succeed; without its pass this one proves nothing. */
  readonly positiveControl?: string | ((row: Row) => string);
  /** Prerequisites, whose fault would show here too: where one of them is broken, this clause is not judged. */
  readonly dependsOn?: readonly string[] | ((row: Row) => readonly string[]);
  /** A clause with a common cause: where both fail on the very same answer, that is one finding. */
  readonly sameFaultAs?: string;
  /** Its checks let seconds pass: they begin before others, which are done meanwhile. */
  readonly letsTimePass?: true;
  readonly cases: readonly Row[];
  /** Acts through its context and returns its findings. */
  check(row: Row, context: CheckContext): Promise<readonly Finding[]>;
}

/** One row of one block, ready to be run. */
export interface Check {
  readonly clause: string;
  /** The case in words, unique within the clause: `running, force=false`. */
  readonly name: string;
  /** The suite file's name without its endings. */
  readonly suite: string;
  readonly moment: Moment;
  readonly positiveControl?: string;
  readonly dependsOn: readonly string[];
  readonly sameFaultAs?: string;
  /** The phase of its task, where the table has one: of a control with the same phase, that row alone counts. */
  readonly phase?: string;
  readonly way?: Way;
  readonly letsTimePass?: true;
  readonly sharpens?: true;
  readonly needs?: readonly Power[];
  readonly run: (context: CheckContext) => Promise<readonly Finding[]>;
}

/** How a check is named among all others. */
export const titleOf = ({ clause, name }: Pick<Check, 'clause' | 'name'>): string => `${clause} (${name})`;

export type CheckBook = ReadonlyMap<string, readonly Check[]>;

const folder = new URL('../../suites/', import.meta.url);

/** The suite files in the order of their names: TypeScript in a checkout, JavaScript in the package. */
export const suiteFiles: readonly URL[] = readdirSync(folder)
  .filter((name) => /\.suite\.[jt]s$/.test(name))
  .sort()
  .map((name) => new URL(name, folder));

/** Suite files add to it while they are imported, which happens once in a thread. */
const book = new Map<string, readonly Check[]>();
let suiteBeingRead = '';
let reading: Promise<CheckBook> | undefined;

/** The checks of all suites, by clause. */
export function readSuites(): Promise<CheckBook> {
  reading ??= importSuites();
  return reading;
}

async function importSuites(): Promise<CheckBook> {
  for (const file of suiteFiles) {
    suiteBeingRead = (file.pathname.split('/').at(-1) ?? '').replace(/\.suite\.[jt]s$/, '');
    await import(file.href);
  }
  return book;
}

/**
 * The checks of one clause, a row a check.
 * @throws {Error} another block of the same clause was read before
 */
export function clause<const Row extends Case>(id: string, block: Block<Row>): void {
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
      ...(row.by === undefined ? {} : { way: row.by }),
      ...(block.letsTimePass ? { letsTimePass: true as const } : {}),
      ...(row.sharpens ? { sharpens: true as const } : {}),
      needs: [...(row.by ? neededBy[row.by] : []), ...(row.needs ?? [])],
      run: (context) => block.check(row, context),
    };
  });
  book.set(id, checks);
}

/** `running, force=false`: a phase speaks for itself, other columns are named. */
function nameOf({ sharpens: _, needs: __, ...row }: Case): string {
  const named = Object.entries(row).map(([column, value]) =>
    column === 'phase' ? `${value}` : `${column}=${value}`,
  );
  return named.join(', ') || 'once';
}

/** A selection of clauses with their positive controls, each once, in the order of the book. */
export function withControls(selection: readonly string[], checks: CheckBook): readonly string[] {
  const wanted = new Set<string>();
  const want = (id: string): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    for (const { positiveControl } of checks.get(id) ?? [])
      if (positiveControl !== undefined) want(positiveControl);
  };
  for (const id of selection) want(id);
  return [...checks.keys()].filter((id) => wanted.has(id));
}

/** Hundreds of rows that only one provisioner can have would hide what else a run could not test. */
const isOfOneProvisioner = (power: Power): boolean => power === 'many tasks' || power === 'moves by itself';

/**
 * The checks that a run plans. Where a clause can be proven in several ways, such as ageing and waiting, and one of them
 * is wholly within reach, rows of the others that are not are left out. A replay plans none.
 */
export function plannedChecks(
  book: CheckBook,
  clauses: readonly string[],
  reach: RunPowers,
): readonly Check[] {
  if (reach.replay !== undefined) return [];
  return clauses.flatMap((id) => {
    const all = book.get(id) ?? [];
    const out = new Set(all.filter((check) => whyOutOfReach(check, reach) !== undefined));
    const checks = all.filter((check) => !(out.has(check) && check.needs?.some(isOfOneProvisioner)));
    const needed = checks.filter(({ way, sharpens }) => way !== undefined && !sharpens);
    const ways = [...Map.groupBy(needed, ({ way }) => way).values()];
    const oneIsWhole = ways.some((rows) => rows.every((row) => !out.has(row)));
    return oneIsWhole ? checks.filter((check) => check.way === undefined || !out.has(check)) : checks;
  });
}
