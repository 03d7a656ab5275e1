/**
 * The behaviour of the cluster as data. `rules` keeps the contract; a variant or a mutant overrides some of them.
 * What serves them knows no mutant: it does what the rules say.
 */
import type { Body, View } from './body.ts';
import type { Reply } from './reply.ts';
import type { Moment } from './request-context.ts';
import type { Phase, Task } from './task.ts';

export const operations = ['list', 'read', 'cancel'] as const;
export type Operation = (typeof operations)[number];

/** What a request comes to: the status that answers it, and whether it has its effect. */
export interface Outcome {
  readonly status: number;
  readonly acts: boolean;
  /** Where the effect is not the one that all cancels have. */
  readonly effect?: Partial<CancelEffect>;
}
export const accepted: Outcome = { status: 200, acts: true };
export const refusedWith = (status: number): Outcome => ({ status, acts: false });
/** Said to be refused, and done nevertheless. */
export const doneBut = (status: number, effect: Partial<CancelEffect> = {}): Outcome => ({
  status,
  acts: true,
  effect,
});

export interface Route {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** `{id}` stands for one segment of the path. */
  readonly path: string;
}

export interface PathRules {
  readonly trailingSlash: 'another path' | 'same path';
  readonly unknown: number;
  /** A method that the path doesn't know; where it acts, it does what the path's first route does. */
  readonly wrongMethod: Outcome;
}

export interface IdRules {
  readonly match: 'exact' | 'any case' | 'prefix';
  /** What is looked up, of the decoded segment of the path. */
  readonly clean: (decoded: string) => string;
  /** The status that answers an id without looking it up, or null: most ids are looked up. */
  readonly refuses: (decoded: string) => number | null;
}

export type Doubt = 'absent' | 'malformed' | 'unknown user' | 'wrong password';

export interface AuthRules {
  /** Which doubts about the credentials each operation takes no notice of. */
  readonly overlooks: Readonly<Record<Operation, readonly Doubt[]>>;
  readonly schemeCase: 'any' | 'exact';
  readonly status: Readonly<Record<Doubt, number>>;
  /** The value of `WWW-Authenticate` with a refusal, or null for none. */
  readonly challenge: string | null;
  /** Whether an unknown id is answered before the credentials are looked at. */
  readonly lookupFirst: boolean;
  /** For which doubts a refused request has its effect nevertheless. */
  readonly actsAnyway: Readonly<Record<Operation, readonly Doubt[]>>;
}

export interface ListRules {
  readonly status: number;
  readonly holds: Readonly<Record<Phase, boolean>>;
  /** How often a task that it holds is listed. */
  readonly times: Readonly<Record<Phase, number>>;
  /** How long a phase change takes to show in the list; infinite: it never does. */
  readonly lagMs: number;
  readonly order: 'oldest first' | 'newest first';
  /** What is answered, of the rows. */
  readonly answer: (rows: readonly Body[], moment: Moment) => unknown;
  readonly rewriteRow: (row: Body, view: View, moment: Moment) => Body;
}

export type VerboseKind = 'absent' | 'true' | 'false' | 'malformed';

export interface ReadRules {
  readonly status: Readonly<Record<Phase, number>>;
  readonly unknown: number;
  readonly expired: (phase: Phase) => number;
  /** How long a phase change takes to show in a read; infinite: it never does. */
  readonly lagMs: number;
  /** What each value of `verbose` gives: a body, or a refusal with that status. */
  readonly verbose: Readonly<Record<VerboseKind, 'plain' | 'verbose' | number>>;
  readonly rewrite: (body: Body, view: View, moment: Moment) => unknown;
  readonly rewriteVerbose: (body: Body, view: View, moment: Moment) => Body;
  /** A phase that a read moves the task to, or null: a read changes nothing. */
  readonly moves: (phase: Phase) => Phase | null;
}

export type Manner = 'graceful' | 'forced';

/** Whether what is done to a task is done to that other one too. */
export type Touches = (other: Task, task: Task) => boolean;

export interface CancelEffect {
  /** How long after the request the task ends, in milliseconds. */
  readonly afterMs: number;
  readonly endsAs: Phase | 'nothing';
  /** Where the task goes afterwards: a contract-keeping server sends it nowhere. */
  readonly afterwards: { readonly phase: Phase; readonly afterMs: number } | null;
  /** Whether the task is gone once it is cancelled. */
  readonly forgets: boolean;
  readonly alsoEnds: 'no other task' | 'neighbour' | 'all tasks' | Touches;
  readonly alsoForgets: 'no other task' | 'ended tasks' | Touches;
  /** Whether it takes back what an earlier cancel has begun, instead. */
  readonly takesBack: boolean;
}

export interface CancelRules {
  readonly outcome: Readonly<Record<Phase, Readonly<Record<Manner, Outcome>>>>;
  readonly unknown: number;
  readonly expired: number;
  /** A cancel that would be accepted, of a task that was made with `cancel_fails`. */
  readonly failing: Readonly<Record<Manner, Outcome>>;
  /** A second cancel after one that had its effect; null: as the task's phase asks for. */
  readonly again: Outcome | null;
  readonly isForced: (force: string | null) => boolean;
  readonly effect: Readonly<Record<Manner, CancelEffect>>;
  /** The body of an accepted cancel; undefined for none. */
  readonly says: (id: string) => unknown;
}

export interface RetentionRules {
  readonly defaultS: number;
  readonly msPerSecond: number;
  readonly from: 'completion' | 'creation' | 'start' | 'last read';
  readonly creationTtl: {
    readonly on: 'that task' | 'later tasks too';
    /** The TTL in seconds, of the default and the one that was given. */
    readonly makes: (defaultS: number, givenS: number) => number;
  };
  readonly readTtl: {
    readonly on: 'that task' | 'all tasks' | 'later tasks too' | 'no task';
    readonly from: 'completion' | 'that read';
    /** The TTL in seconds, of the one before and the header's. */
    readonly makes: (beforeS: number, headerS: number) => number;
    /** Whether a read of a task in that phase may carry one. */
    readonly heeds: (phase: Phase, verbose: boolean) => boolean;
    /** The header's seconds, or null where it is malformed. */
    readonly parse: (header: string) => number | null;
    /** What a read without the header sets, in seconds; null: it sets nothing. */
    readonly assumes: number | null;
    readonly malformed: 'ignored' | number;
    /** Whether a read without one takes it back. */
    readonly holds: 'for good' | 'until a plain read';
  };
  /** The TTL in seconds, of the one before and how often the task was read without a TTL. */
  readonly afterPlainReads: (beforeS: number, reads: number) => number;
  /** Which part of the retention a task gets, by how it ended. */
  readonly share: Readonly<Record<'finished' | 'failed' | 'cancelled', number>>;
  readonly unfinished: 'kept' | 'expire' | 'expire by a TTL on a read';
  /** Instants are rounded down to this before they are compared. */
  readonly clockStepMs: number;
  /** Expired tasks go at the next multiple of this. */
  readonly reaperStepMs: number;
  /** Which operations know that an expired task is gone. */
  readonly forgottenBy: Readonly<Record<Operation, boolean>>;
  /** Whether a read with `verbose=true` knows it too. */
  readonly forgottenByVerbose: boolean;
}

export type Field = 'crdb_guid' | 'operation' | 'started' | 'ended' | 'errors' | 'progress' | 'worker_name';

export interface TaskRules {
  readonly status: Readonly<Record<Phase, string>>;
  /** Besides `id` and `status`; shown where they have a value. */
  readonly fields: Readonly<Record<Phase, readonly Field[]>>;
  /** What `verbose` adds to them. */
  readonly verboseFields: readonly Field[];
  readonly absent: 'left out' | 'null';
  /** How an instant, in milliseconds since 1970, is shown. */
  readonly timestamp: (epochMs: number) => unknown;
}

export interface TransportRules {
  /** How long the answer takes, in milliseconds; the request has its effect at once. */
  readonly afterMs: Readonly<Record<Operation, number>>;
  /** Of a 200 with a body. */
  readonly mediaType: Readonly<Record<Operation, string>>;
  readonly refusalBody: 'none' | 'error' | 'problem';
  readonly connection: 'keep-alive' | 'close';
  readonly framing: 'content-length' | 'chunked';
  readonly headerNames: 'canonical' | 'lower' | 'upper' | 'mixed';
  readonly version: '1.0' | '1.1';
  /** Whether bodies are compressed for a client that accepts it. */
  readonly gzip: boolean;
  /** For how long a request is given the answer that the same one was given before, without its effect. */
  readonly cache: {
    readonly ms: Readonly<Record<Operation, number>>;
    /** Whether the credentials tell two requests apart. */
    readonly byLogin: boolean;
  };
  /** The last word on an answer of the three operations; `before` is this operation's answer before. */
  readonly finish: (reply: Reply, moment: Moment, before: Reply | undefined) => Reply;
}

export interface ControlRules {
  /** Whether the control protocol still knows a task that has expired. Its id is free again either way. */
  readonly knowsExpired: boolean;
  /** Whether it names the guid of the tasks that it makes. */
  readonly namesGuid: boolean;
  /** Whether a task that it removes stays in the list of the API. */
  readonly removedStaysListed: boolean;
}

export interface Rules {
  readonly routes: readonly Route[];
  readonly paths: PathRules;
  readonly ids: IdRules;
  readonly auth: AuthRules;
  readonly list: ListRules;
  readonly read: ReadRules;
  readonly cancel: CancelRules;
  readonly retention: RetentionRules;
  readonly task: TaskRules;
  readonly transport: TransportRules;
  readonly control: ControlRules;
}

/** Rules that change over time, or from one request to the next, are a function of the moment. */
export type RulesInTime = Rules | ((moment: Moment) => Rules);
