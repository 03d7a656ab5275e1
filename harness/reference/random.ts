/** Chance by a seed, without a memory: the same request of the same cluster has the same luck, however often it is asked. */
import { type Operation, operations } from './rules.ts';

/** @returns at least 0, less than 1, for the request of an operation that so many came before */
export function luckOf(seed: number, operation: Operation, turn: number): number {
  const stream = seed * operations.length + operations.indexOf(operation);
  return mixed(mixed(stream) + turn) / 2 ** 32;
}

/** The last steps of MurmurHash3: each bit of a whole number changes half of all bits. */
function mixed(whole: number): number {
  let bits = (whole + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
