/** The reference cluster: keeps the contract, or breaks it in the one way that its rules say. */
import type { Clock } from './clock.ts';
import { rules as contract } from './contract.ts';
import { type Face, faceOf } from './face.ts';
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
  /** When the clock was at zero, in milliseconds since 1970: for timestamps only. */
  readonly epochMs?: number;
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
}: ClusterOptions): {
  readonly face: Face;
  readonly tasks: Tasks;
  readonly user: string;
  readonly password: string;
} {
  const tasks = new Tasks(clock);
  const face = faceOf({ tasks, login: { user, password }, nowMs: () => clock.nowMs(), epochMs }, rules);
  return { face, tasks, user, password };
}

/** Starts a cluster. @throws the error of the system where it can't listen on the port */
export async function startReference(options: ReferenceOptions): Promise<Reference> {
  const { clock, host = '127.0.0.1', port = 0, tls } = options;
  const { face, tasks, user, password } = clusterOf(options);
  const server = httpServer(face, clock, tls);
  const { url, close } = await listening(server, { host, port, scheme: tls ? 'https' : 'http' });
  return { url, user, password, tasks, close, [Symbol.asyncDispose]: close };
}
