/** A clause: one statement of the contract that can be tested. */
import type { OperationName } from './contract.ts';

export const clauseLevels = ['must', 'should', 'may'] as const;
export type ClauseLevel = (typeof clauseLevels)[number];

export const bases = ['stated', 'implied'] as const;
export type Basis = (typeof bases)[number];

/** Where the docs say it. */
export interface Source {
  /** `requests/crdb_tasks` */
  readonly page: string;
  /** The heading's; '' for the part above the first one. */
  readonly anchor: string;
  /** Hash of the sentence or table cell that the statement rests on. */
  readonly fingerprint: string;
}

export interface Clause {
  /** Never changed or reused. */
  readonly id: string;
  readonly level: ClauseLevel;
  readonly basis: Basis;
  /** `any`: it speaks of all three. */
  readonly operation: OperationName | 'any';
  /** In our own words. */
  readonly statement: string;
  /** Why the docs ask for it. */
  readonly reason: string;
  readonly source: Source;
  /** The first edition of the docs that asks for it: `7.8`. */
  readonly since: string;
  /** The first edition that doesn't ask for it any more. */
  readonly until?: string;
  /** Made from a row of the docs, not written by hand. */
  readonly derived: boolean;
  /** The rows of the docs that it tests: `read.status.404`, `read.parameter.verbose`, `field.status`. */
  readonly covers: readonly string[];
  /** The rows of the stance table that it tests, as slugs of their questions. */
  readonly stance: readonly string[];
}

/** Something that the pages or the stance say and that no request can show. */
export interface NotTestable {
  readonly statement: string;
  readonly reason: string;
  readonly source: Source;
  readonly since: string;
  readonly covers: readonly string[];
  readonly stance: readonly string[];
}

/** The public page of an edition, at the heading that a statement rests on. */
export function docsUrl({ source }: Pick<Clause, 'source'>, of: string): string {
  const page = `https://redis.io/docs/latest/operate/rs/${of}/references/rest-api/${source.page}/`;
  return source.anchor === '' ? page : `${page}#${source.anchor}`;
}
