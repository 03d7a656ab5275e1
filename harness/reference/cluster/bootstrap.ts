/** A node becomes a cluster: `GET /v1/bootstrap`, `POST /v1/bootstrap/create_cluster`. Whoever bootstraps names the login. */
import type { Login } from '../auth.ts';
import type { Clock } from '../clock.ts';
import { wholeSeconds } from '../contract.ts';
import type { Quirks } from './cluster-options.ts';

/** What a bootstrap object asks for, as far as it is looked at. */
export interface Wanted {
  readonly name: string;
  readonly login: Login;
}

export class Bootstrap {
  readonly #clock: Clock;
  readonly #epochMs: number;
  readonly #takesMs: number;
  readonly #fails: string | null;
  #begun: { readonly wanted: Wanted | undefined; readonly atMs: number } | undefined;

  constructor(clock: Clock, epochMs: number, { bootstrapped, bootstrapMs, bootstrapFails }: Quirks) {
    this.#clock = clock;
    this.#epochMs = epochMs;
    this.#takesMs = bootstrapMs;
    this.#fails = bootstrapFails;
    this.#begun = bootstrapped ? { wanted: undefined, atMs: clock.nowMs() - bootstrapMs } : undefined;
  }

  /** It is a cluster. */
  get isDone(): boolean {
    return this.#isOver && this.#fails === null;
  }

  get #isOver(): boolean {
    return this.#begun !== undefined && this.#clock.nowMs() >= this.#begun.atMs + this.#takesMs;
  }

  /** Who and what the bootstrap named; undefined where the cluster was there before. */
  get named(): Wanted | undefined {
    return this.#begun?.wanted;
  }

  /** @returns false where it has begun before */
  begin(wanted: Wanted): boolean {
    if (this.#begun) return false;
    this.#begun = { wanted, atMs: this.#clock.nowMs() };
    return true;
  }

  /** The body of `GET /v1/bootstrap`. */
  shown(): unknown {
    const begun = this.#begun;
    const times = begun
      ? {
          start_time: wholeSeconds(this.#epochMs + begun.atMs),
          ...(this.#isOver ? { end_time: wholeSeconds(this.#epochMs + begun.atMs + this.#takesMs) } : {}),
        }
      : {};
    return {
      bootstrap_status: { ...this.#state(), ...times },
      local_node_info: { uid: 1, cores: 2 },
    };
  }

  #state(): object {
    if (this.#begun === undefined) return { state: 'idle' };
    if (!this.#isOver) return { state: 'creating_cluster' };
    if (this.#fails === null) return { state: 'completed' };
    return { state: 'error', error_code: this.#fails, error_details: { message: 'It was told to fail.' } };
  }
}
