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
