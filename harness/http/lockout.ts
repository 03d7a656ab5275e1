/** Keeps the account that asks from being locked: real clusters lock one after five bad logins in a quarter of an hour. */
import type { Exchange } from '../model/exchange.ts';

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
