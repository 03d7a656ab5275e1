/** Trials that mostly wait are made side by side. */
import { semaphore } from '../../harness/http/environment.ts';

/** Does something for each of them, `atOnce` at a time. */
export async function sideBySide<T>(
  all: readonly T[],
  atOnce: number,
  does: (one: T) => Promise<void>,
): Promise<void> {
  const turn = semaphore(atOnce);
  await Promise.all(all.map((one) => turn(() => does(one))));
}
