/** When a run stops sending: the liveness monitor gives up a target that is gone, the lockout guard protects the account. */
import type { Exchange } from '../model/exchange.ts';

const manyLost = 20;
/** A change of leader, a restart or a network failure takes some seconds. */
const silentLimitMs = 15_000;
/** A target that answers 503 is there, so it gets longer than a silent one. */
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
      die(`the target is no longer the leader: it ${lost}; test that one itself`);
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
  heed(exchange: Exchange): void;
  /** The last login was refused: until one is accepted, requests are sent one by one. */
  readonly isDoubted: boolean;
  /** Too many were refused: no more are sent. */
  readonly isShut: boolean;
}

/** How long a target counts a bad login. */
const countedForMs = 15 * 60_000;

/**
 * @param most refusals of the run's own login (probes excluded) after which it is not sent any more
 * @param onShut called once then
 */
export function lockout(most: number, onShut: () => void = () => {}): Lockout {
  let refusedAtMs: readonly number[] = [];
  let isDoubted = false;
  let isShut = false;
  return {
    heed({ request: { credentials }, response, receivedAt }) {
      if (!response || credentials !== 'own') return;
      isDoubted = response.status === 401;
      if (!isDoubted) return;
      refusedAtMs = [...refusedAtMs.filter((atMs) => receivedAt - atMs < countedForMs), receivedAt];
      if (refusedAtMs.length < most || isShut) return;
      isShut = true;
      onShut();
    },
    get isDoubted() {
      return isDoubted;
    },
    get isShut() {
      return isShut;
    },
  };
}
