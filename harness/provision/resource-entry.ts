/** The lines of a resource log: what a run made, or was given for the purpose, told before it is made. Plain data. */
export const resourceLogSchema = 'crdb-conformance/resource-log@1';

/** The first line: whose resourceLog it is. */
export interface Opened {
  readonly type: 'resourceLog';
  readonly schema: typeof resourceLogSchema;
  /** The target's URL, without credentials. */
  readonly target: string;
  /** Drawn for the run: every id and name that it makes begins with `conformance-TAG-`. */
  readonly tag: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** By which protocol a task comes, and so how it is given back. */
export type Maker = 'control' | 'crdbs';

/** A database as `/v1/crdbs` lists it. */
export interface Listed {
  readonly guid: string;
  readonly name: string;
}

export type Entry =
  | Opened
  /** What was there before the run. */
  | { readonly type: 'found'; readonly databases: readonly Listed[] }
  | { readonly type: 'making task'; readonly id: string; readonly by: Maker }
  | { readonly type: 'making database'; readonly name: string; readonly task: string }
  /** The target gave the task an id of its own. */
  | { readonly type: 'made task'; readonly id: string; readonly asked: string }
  | { readonly type: 'made database'; readonly name: string; readonly guid: string }
  /** By the user: it may be changed, and is never removed. */
  | { readonly type: 'given task'; readonly id: string }
  | { readonly type: 'given database'; readonly guid: string }
  /** An id made up by the harness, which no task has. */
  | { readonly type: 'nobody'; readonly id: string }
  /** The task was removed, or has ended by itself. */
  | { readonly type: 'task over'; readonly id: string }
  | { readonly type: 'database gone'; readonly name: string }
  /** All was given back. */
  | { readonly type: 'closed' };
