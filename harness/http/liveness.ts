/** Whether the target still lives, and is still the one to ask: it is given up when nothing of it can be judged. */
import type { Exchange } from '../model/exchange.ts';

const manyLost = 20;
/** A change of the leader, a restart or a network that is away takes some seconds: that long it is waited for. */
const limitMs = 15_000;
/** What answers 503 is there: a check that gets nothing else is tried again for longer than a silent target is waited for. */
const answeringPatienceMs = 40_000;

/**
 * @param onDeath called once, when so many exchanges in a row gave nothing to judge that the target must be gone, or
 *   when it points to another host
 * @returns is told of every exchange
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
      die(`the target is no longer the node to ask: it ${lost}; test that one itself`);
    lostInARow++;
    const patience = response ? answeringPatienceMs : limitMs;
    if (lostInARow >= manyLost && receivedAt - aliveMs > patience)
      die(
        response
          ? `the target let nothing through any more: it ${lost}`
          : `the target stopped answering: ${lost}`,
      );
  };
}

// ===== harness/http/lockout.ts: Keeps the account that asks from being locked: real clusters lock one after five bad logins in a quarter of an hour.

export interface Lockout {
  /** Is told of every exchange before the next one is sent. */
  heed(exchange: Exchange): void;
  /** The last login was refused: until one is taken, logins go one by one. */
  readonly isDoubted: boolean;
  /** So many were refused that no more are sent. */
  readonly isShut: boolean;
}

/** So long a target counts a bad login, in milliseconds, whatever comes between. */
const countedForMs = 15 * 60_000;

/**
 * @param most refusals of the real login, none of which is a probe of ours, after which it is tried no more
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
