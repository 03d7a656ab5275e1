/** The reference cluster: keeps the contract, or breaks it in the one way that its rules say. */
import type { Clock } from './clock.ts';
import { type Quirks, usual } from './cluster/cluster-options.ts';
import { type ClusterSide, clusterSide } from './cluster/handler.ts';
import { rules as contract } from './contract.ts';
import { type Face, faceOf } from './handler.ts';
import { httpServer, type Tls } from './http.ts';
import { listening } from './listening.ts';
import type { RulesInTime } from './rules.ts';
import { Tasks } from './tasks.ts';

export type { Clock } from './clock.ts';
export { rules } from './contract.ts';
export type { Rules, RulesInTime } from './rules.ts';
export type { Tasks, Wanted } from './tasks.ts';

export interface ClusterOptions {
  readonly clock: Clock;
  /** The contract where they are left out. */
  readonly rules?: RulesInTime;
  readonly user?: string;
  readonly password?: string;
  /** For what it does by chance. */
  readonly seed?: number;
  /** When the clock was at zero, in milliseconds since 1970: for timestamps only. */
  readonly epochMs?: number;
  /** Tasks come by `/v1/crdbs`, as on a real cluster, in the place of the control protocol. */
  readonly crdbs?: Partial<Quirks>;
}

export interface ReferenceOptions extends ClusterOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Served over HTTPS where it is given. */
  readonly tls?: Tls;
}

export interface Reference extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly tasks: Tasks;
  /** Where the options ask for it. */
  readonly side?: ClusterSide;
  /** Ends open connections at once; answers that are being waited for are never sent. */
  close(): Promise<void>;
}

/** Where nothing else is said. No secret: it opens nothing but a reference cluster on this machine. */
export const defaultLogin = { user: 'admin@cluster.local', password: 'reference-password' } as const;

/** Any instant would do: without one from outside, timestamps only have to be timestamps. */
const defaultEpochMs = Date.UTC(2025, 0, 1);

/** A cluster that nobody can reach yet. */
export function clusterOf({
  clock,
  rules = contract,
  user = defaultLogin.user,
  password = defaultLogin.password,
  epochMs = defaultEpochMs,
  seed = 1,
  crdbs,
}: ClusterOptions): {
  readonly face: Face;
  readonly tasks: Tasks;
  readonly side?: ClusterSide;
  readonly user: string;
  readonly password: string;
} {
  const tasks = new Tasks(clock);
  const given = { user, password };
  const side = crdbs && clusterSide(clock, tasks, given, epochMs, { ...usual, ...crdbs });
  const service = {
    tasks,
    get login() {
      return side?.login() ?? given;
    },
    nowMs: () => clock.nowMs(),
    epochMs,
    seed,
  };
  return { face: faceOf(service, rules, side), tasks, user, password, ...(side ? { side } : {}) };
}

/** Starts a cluster. @throws the error of the system where it can't listen on the port */
export async function startReference(options: ReferenceOptions): Promise<Reference> {
  const { clock, host = '127.0.0.1', port = 0, tls } = options;
  const { face, ...about } = clusterOf(options);
  const server = httpServer(face, clock, tls);
  const { url, close } = await listening(server, { host, port, scheme: tls ? 'https' : 'http' });
  return { ...about, url, close, [Symbol.asyncDispose]: close };
}
