/** How `/v1/crdbs` and the rest of the cluster behave, as data: what real clusters were seen to do. */
export interface CrdbsOptions {
  /** The cluster's fully qualified name. */
  readonly name: string;
  /** `GET /v1/crdbs`: the docs promise an array; real clusters were seen to wrap it. */
  readonly list: 'wrapped' | 'array';
  /** The fields of its task that an accepted request shows. */
  readonly accepted: 'id and status' | 'with guid';
  /** Two families of refusals exist. */
  readonly refusalBody: 'error' | 'problem';
  /** `X-Result-TTL` at creation; it fails on some releases (release note RS171560). */
  readonly resultTtl: 'applied' | 'refused' | 'fails the task';
  /** Whether an operation is accepted while another one runs on the same database. */
  readonly whileBusy: 'queued' | 'refused';
  /** The role of the login: some may change databases, some may see the users. */
  readonly role: 'admin' | 'cluster_member' | 'cluster_viewer' | 'db_member' | 'db_viewer' | 'user_manager';
  /** The release that the node shows. */
  readonly version: string;
  /** The origin of the leader, if this node is a follower: it answers everything with 307. */
  readonly master: string | null;
  /** When the leader changes, in milliseconds of the cluster's clock: every request is answered with 503 meanwhile. */
  readonly leaderless: readonly { readonly fromMs: number; readonly forMs: number }[];
  /** Whether the node is part of a cluster from the start; otherwise it must be bootstrapped. */
  readonly bootstrapped: boolean;
  readonly bootstrapMs: number;
  /** Whether the trial licence has expired. */
  readonly licenceExpired: boolean;
  /** The error code with which the bootstrap fails; null: it succeeds. */
  readonly bootstrapFails: string | null;
  /** How long an operation on a database stays in each phase at least. One operation at a time runs on each database. */
  readonly takesMs: { readonly queued: number; readonly running: number; readonly committing: number };
  /** How many times as long an operation of each kind takes. */
  readonly slower: Readonly<Record<OperationKind, number>>;
  /** Whether operations on different databases run at the same time. */
  readonly acrossDatabases: 'at the same time' | 'one by one';
  /** How many shards the licence allows. A database takes one. */
  readonly shards: number;
  /** What becomes of a creation for which there is no shard: real clusters check it in the task too. */
  readonly withoutRoom: 'refused' | 'fails the task';
}

export type OperationKind = 'create' | 'update' | 'remove';

/** As real clusters were seen to behave, but fast enough for tests. */
export const usual: CrdbsOptions = {
  name: 'cluster1.local',
  list: 'wrapped',
  accepted: 'id and status',
  refusalBody: 'error',
  resultTtl: 'applied',
  whileBusy: 'queued',
  role: 'admin',
  version: '7.22.2-20',
  master: null,
  leaderless: [],
  bootstrapped: true,
  bootstrapMs: 2000,
  licenceExpired: false,
  bootstrapFails: null,
  takesMs: { queued: 50, running: 300, committing: 200 },
  slower: { create: 1, update: 1, remove: 1 },
  acrossDatabases: 'at the same time',
  shards: 4,
  withoutRoom: 'refused',
};

/** Operations of so many seconds, in the proportions that real ones were seen to have. */
export const takingS = (s: number): CrdbsOptions['takesMs'] => ({
  queued: 50,
  running: s * 600,
  committing: s * 350,
});

/** Operations that end at once. */
export const instant: CrdbsOptions['takesMs'] = { queued: 0, running: 0, committing: 0 };
