/** Whether the target still lives: it is given up when nothing answers any more. */
import type { Exchange } from './exchange.ts';

const manyLost = 20;

/**
 * @param onDeath called once, when so many exchanges in a row got no answer that the target must be gone
 * @returns is told of every exchange
 */
export function pulse(onDeath: (reason: string) => void): (exchange: Exchange) => void {
  let lostInARow = 0;
  return (exchange) => {
    lostInARow = exchange.response ? 0 : lostInARow + 1;
    if (lostInARow === manyLost) onDeath(`the target stopped answering: ${exchange.lost}`);
  };
}
