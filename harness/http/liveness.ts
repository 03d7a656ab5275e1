/** When a run stops sending: the liveness monitor ends a run without a target, the lockout guard protects the account. */
import type { Exchange } from '../model/exchange.ts';

const manyLost = 20;
/** A change of leader, a restart or a network failure takes some seconds. */
const silentLimitMs = 15_000;
/** A target that answers 503 is up, so it gets more time than a silent one. */
const answeringLimitMs = 40_000;

/**
 * @param onDeath called once, after so many lost exchanges in a row that the target must be gone, or after a redirect to
 *   another host
 * @returns the receiver of every exchange
 */
export function livenessMonitor(onDeath: (reason: string) => void): (exchange: Exchange) => void {
  let lostInARow = 0;
  let aliveMs = 0;
  let dead = false;
  const die = (reason: string): void => {
    if (!dead) onDeath(reason);
    dead = true;
  };
  return ({ lost, response, receivedAt }) => {
    if (lost === undefined) {
      lostInARow = 0;
      aliveMs = receivedAt;
      return;
    }
    if (lost.startsWith('redirected to'))
      die(`the target is no longer the leader: it ${lost}; test that host instead`);
    lostInARow++;
    const limitMs = response ? answeringLimitMs : silentLimitMs;
    if (lostInARow >= manyLost && receivedAt - aliveMs > limitMs)
      die(
        response
          ? `the target accepted no more requests: it ${lost}`
          : `the target stopped answering: ${lost}`,
      );
  };
}

/** Keeps the account from being locked: real clusters lock one after five bad logins within 15 minutes. */
export interface Lockout {
  /** Receives every exchange before the next one is sent. */
  observe(exchange: Exchange): void;
  /** The last login was refused: requests are sent one by one until a login is accepted. */
  readonly isRefused: boolean;
  /** Too many logins were refused: no more requests are sent. */
  readonly isClosed: boolean;
}

/** How long a target counts a bad login. */
const countedForMs = 15 * 60_000;

/**
 * @param most after this many refusals of the run's own login (without probes) nothing more is sent
 * @param onClose called once then
 */
export function lockout(most: number, onClose: () => void = () => {}): Lockout {
  let refusedAtMs: readonly number[] = [];
  let isRefused = false;
  let isClosed = false;
  return {
    observe({ request: { credentials }, response, receivedAt }) {
      if (!response || credentials !== 'own') return;
      isRefused = response.status === 401;
      if (!isRefused) return;
      refusedAtMs = [...refusedAtMs.filter((atMs) => receivedAt - atMs < countedForMs), receivedAt];
      if (refusedAtMs.length < most || isClosed) return;
      isClosed = true;
      onClose();
    },
    get isRefused() {
      return isRefused;
    },
    get isClosed() {
      return isClosed;
    },
  };
}
