/**
 * The behaviour of the cluster as data. The contract's rules are in contract.ts; a variant or a mutant overrides some
 * of them. The code that serves requests knows no mutant: it does what the rules say.
 */
import type { CredentialFault, Login, RefusalBody, Reply } from './messages.ts';
import type { Phase, Task, TaskView } from './task.ts';

export const operations = ['list', 'read', 'cancel'] as const;
export type Operation = (typeof operations)[number];

/** A task as the API shows it. */
export type TaskBody = Readonly<Record<string, unknown>>;

/** When a request came and what it is about: what a rule may depend on. */
export interface RequestContext {
  readonly operation: Operation;
  /** How many requests of this operation came before this one. */
  readonly turn: number;
  /** Milliseconds since the cluster started. */
  readonly upMs: number;
  /** The cluster's clock, by which the phases of a task are marked. */
  readonly nowMs: number;
  /** Milliseconds since the request of this operation before; infinite for the first one. */
  readonly sinceMs: number;
  /** Drawn for each request from the cluster's seed: at least 0, less than 1. */
  readonly random: number;
  /** As it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The value of `X-Result-TTL`. */
  readonly resultTtl: string | undefined;
  /** The task whose id the path names exactly, expired or not. */
  readonly task: Task | undefined;
  /** Milliseconds since the last request for that task, where that was spelt the same; otherwise infinite. */
  readonly sinceSameMs: number;
  /** Whether a request with the right login came on the same connection before. */
  readonly afterLogin: boolean;
}

/** The status that answers a request, and whether the request has its effect. */
export interface RequestOutcome {
  readonly status: number;
  readonly acts: boolean;
  /** Where the effect is not the one that all cancels have. */
  readonly effect?: Partial<CancelEffect>;
}
export const accepted: RequestOutcome = { status: 200, acts: true };
export const refusedWith = (status: number): RequestOutcome => ({ status, acts: false });
/** Answered with that status, and done whatever the status says. */
export const actsWith = (status: number, effect: Partial<CancelEffect> = {}): RequestOutcome => ({
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
  readonly unknown: number;
  /** A method that the path doesn't support; where it acts, it does what the path's first route does. */
  readonly wrongMethod: RequestOutcome;
}

export interface IdRules {
  /** By the last one, a path without an id names the oldest task. */
  readonly match: 'exact' | 'any case' | 'prefix' | 'oldest for none';
  /** What of an id tells tasks apart: of those that are the same in it, the oldest is found; null: all of it. */
  readonly tellsApart: ((id: string) => string) | null;
  /** The id to look up, from the decoded segment of the path. */
  readonly clean: (decoded: string) => string;
  /** The status that answers an id without a look-up; null: the id is looked up. */
  readonly refuses: (decoded: string) => number | null;
}

export interface AuthRules {
  /** Which faults of the credentials each operation ignores. */
  readonly overlooks: Readonly<Record<Operation, readonly CredentialFault[]>>;
  readonly schemeCase: 'any' | 'exact';
  /** Whether a header that does not hold the login is accepted all the same. */
  readonly accepts: (header: string, login: Login) => boolean;
  readonly status: Readonly<Record<CredentialFault, number>>;
  /** The value of `WWW-Authenticate` with a refusal, or null for none. */
  readonly challenge: string | null;
  /** Whether an unknown id is answered before the credentials are checked. */
  readonly lookupFirst: boolean;
  /** For which faults of the credentials a refused request has its effect all the same. */
  readonly actsAnyway: Readonly<Record<Operation, readonly CredentialFault[]>>;
}

export interface ListRules {
  readonly status: number;
  readonly holds: Readonly<Record<Phase, boolean>>;
  /** How many times the list holds a task. */
  readonly times: Readonly<Record<Phase, number>>;
  /** How long until the list shows a phase change; infinite: never. */
  readonly lagMs: number;
  readonly order: 'oldest first' | 'newest first';
  /** The body of the list, made from its rows. */
  readonly answer: (rows: readonly TaskBody[], context: RequestContext) => unknown;
  readonly rewriteRow: (row: TaskBody, view: TaskView, context: RequestContext) => TaskBody;
}

export type VerboseKind = 'absent' | 'true' | 'false' | 'malformed';

export interface ReadRules {
  readonly status: Readonly<Record<Phase, number>>;
  readonly unknown: number;
  readonly expired: (phase: Phase) => number;
  /** How long until a read shows a phase change; infinite: never. */
  readonly lagMs: number;
  /** What each value of `verbose` leads to: a body, or a refusal with that status. */
  readonly verbose: Readonly<Record<VerboseKind, 'plain' | 'verbose' | number>>;
  readonly rewrite: (body: TaskBody, view: TaskView, context: RequestContext) => unknown;
  readonly rewriteVerbose: (body: TaskBody, view: TaskView, context: RequestContext) => TaskBody;
  /** The phase that a read moves the task to; null: a read changes nothing. */
  readonly moves: (phase: Phase) => Phase | null;
  /** Whether a read removes the task. */
  readonly forgets: (phase: Phase, verbose: boolean) => boolean;
}

export type Manner = 'graceful' | 'forced';

/** Whether what happens to a task happens to another task too. */
export type Touches = (other: Task, task: Task) => boolean;

export interface CancelEffect {
  /** How long after the request the task ends, in milliseconds. */
  readonly afterMs: number;
  readonly endsAs: Phase | 'nothing';
  /** Where the task moves later; null, as the contract has it: nowhere. */
  readonly afterwards: { readonly phase: Phase; readonly afterMs: number } | null;
  /** Whether the task no longer exists once it is cancelled. */
  readonly forgets: boolean;
  readonly alsoEnds: Touches;
  readonly alsoForgets: Touches;
  /** Whether it only undoes what an earlier cancel has begun. */
  readonly takesBack: boolean;
}

export interface CancelRules {
  readonly outcome: Readonly<Record<Phase, Readonly<Record<Manner, RequestOutcome>>>>;
  readonly unknown: number;
  readonly expired: number;
  /** The outcome of an otherwise accepted cancel of a task made with `cancel_fails`. */
  readonly failing: Readonly<Record<Manner, RequestOutcome>>;
  /** The outcome of a second cancel, after one that had its effect; null: by the task's phase. */
  readonly again: RequestOutcome | null;
  readonly isForced: (force: string | null) => boolean;
  readonly effect: Readonly<Record<Manner, CancelEffect>>;
  /** The body of an accepted cancel; undefined for none. */
  readonly says: (id: string) => unknown;
}

export interface RetentionRules {
  readonly defaultS: number;
  readonly msPerSecond: number;
  readonly from: 'completion' | 'creation' | 'start' | 'last read' | 'first read of the end';
  readonly creationTtl: {
    readonly on: 'that task' | 'later tasks too';
    /** The TTL in seconds, from the default and the given one. */
    readonly makes: (defaultS: number, givenS: number) => number;
  };
  readonly readTtl: {
    readonly on: 'that task' | 'all tasks' | 'later tasks too' | 'no task';
    readonly from: 'completion' | 'that read';
    /** The TTL in seconds, from the previous one and the header's. */
    readonly makes: (beforeS: number, headerS: number) => number;
    /** Whether a read of a task in that phase may set one. */
    readonly applies: (phase: Phase, verbose: boolean) => boolean;
    /** The header's seconds, or null where it is malformed. */
    readonly parse: (header: string) => number | null;
    /** What a read without the header sets, in seconds; null: it sets nothing. */
    readonly assumes: number | null;
    readonly malformed: 'ignored' | number;
    /** Whether a read without one undoes it. */
    readonly holds: 'for good' | 'until a plain read';
  };
  /** The TTL in seconds, from the previous one and the number of reads without a TTL. */
  readonly afterPlainReads: (beforeS: number, reads: number) => number;
  /** The part of the retention that a task gets, by how it ended. */
  readonly share: Readonly<Record<'finished' | 'failed' | 'cancelled', number>>;
  readonly unfinished: 'kept' | 'expire' | 'expire by a TTL on a read';
  /** Instants are rounded down to this before they are compared. */
  readonly clockStepMs: number;
  /** The age of a status begins again at this. */
  readonly ageWrapsAtMs: number;
  /** Expired tasks are removed at the next multiple of this. */
  readonly reaperStepMs: number;
  /** For which operations an expired task is unknown. */
  readonly forgottenBy: Readonly<Record<Operation, boolean>>;
  /** Whether that holds for a read with `verbose=true` too. */
  readonly forgottenByVerbose: boolean;
}

export type Field = 'crdb_guid' | 'operation' | 'started' | 'ended' | 'errors' | 'progress' | 'worker_name';

export interface TaskRules {
  readonly status: Readonly<Record<Phase, string>>;
  /** Besides `id` and `status`; shown where they have a value. */
  readonly fields: Readonly<Record<Phase, readonly Field[]>>;
  readonly absent: 'left out' | 'null';
  /** How an instant, in milliseconds since 1970, is shown. */
  readonly timestamp: (epochMs: number) => unknown;
}

export interface TransportRules {
  /** How long the reply takes, in milliseconds; the request has its effect at once. */
  readonly afterMs: Readonly<Record<Operation, number>>;
  /** The content type of a 200 with a body. */
  readonly mediaType: Readonly<Record<Operation, string>>;
  readonly refusalBody: RefusalBody;
  readonly connection: 'keep-alive' | 'close';
  readonly framing: 'content-length' | 'chunked';
  readonly headerNames: 'canonical' | 'lower' | 'upper' | 'mixed';
  readonly version: '1.0' | '1.1';
  /** Whether bodies are compressed for a client that accepts it. */
  readonly gzip: boolean;
  /** For how long the same request gets the previous reply again, without its effect. */
  readonly cache: {
    readonly ms: Readonly<Record<Operation, number>>;
    /** Whether requests with different credentials count as different. */
    readonly byLogin: boolean;
  };
  /** The last change of a reply of the three operations; `before` is this operation's previous reply. */
  readonly finish: (reply: Reply, context: RequestContext, before: Reply | undefined) => Reply;
}

export interface ControlRules {
  /** Whether the control protocol still knows an expired task. Its id is free again either way. */
  readonly knowsExpired: boolean;
  /** Whether it shows the guid of the tasks that it makes. */
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

/** Rules that change over time, or from one request to the next, are a function of the request's context. */
export type RulesInTime = Rules | ((context: RequestContext) => Rules);
