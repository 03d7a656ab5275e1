/** How the databases' side of the cluster behaves, as data: what real clusters were seen to do, and what some do. */
export interface Quirks {
  /** The cluster's fully qualified name. */
  readonly name: string;
  /** `GET /v1/crdbs`: the documents promise an array, and real clusters were seen to wrap it. */
  readonly list: 'wrapped' | 'array';
  /** What an accepted request shows of its task. */
  readonly accepted: 'id and status' | 'with guid';
  /** Two families of refusals exist. */
  readonly refusalBody: 'error' | 'problem';
  /** `X-Result-TTL` at creation; some releases can't (release note RS171560). */
  readonly resultTtl: 'heeded' | 'refused' | 'fails the task';
  /** Whether an operation is taken while another one runs on the same database. */
  readonly whileBusy: 'queued' | 'refused';
  /** What the login is: some roles may create, update and delete databases, and some may see who has which. */
  readonly role: 'admin' | 'cluster_member' | 'cluster_viewer' | 'db_member' | 'db_viewer' | 'user_manager';
  /** What the node says that it runs. */
  readonly version: string;
  /** The origin of the master, where this node is another one: it answers everything with 307. */
  readonly master: string | null;
  /** When the leader changes, in milliseconds of the cluster's clock: everything is answered with 503 meanwhile. */
  readonly leaderless: readonly { readonly fromMs: number; readonly forMs: number }[];
  /** Whether it is a cluster from the start; a node that is none yet has to be bootstrapped. */
  readonly bootstrapped: boolean;
  readonly bootstrapMs: number;
  /** Whether the licence, which comes by itself, has run out. */
  readonly licenceExpired: boolean;
  /** Why the bootstrap fails when its time has come, as an error code; null: it doesn't. */
  readonly bootstrapFails: string | null;
  /** How long an operation on a database stays in each phase, at least, in milliseconds. One at a time runs on each. */
  readonly takesMs: { readonly queued: number; readonly running: number; readonly committing: number };
}

/** As real clusters were seen to be, in the patience of a test. */
export const usual: Quirks = {
  name: 'cluster1.local',
  list: 'wrapped',
  accepted: 'id and status',
  refusalBody: 'error',
  resultTtl: 'heeded',
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
};

/** Operations that are over as soon as they are asked for. */
export const instant: Quirks['takesMs'] = { queued: 0, running: 0, committing: 0 };
