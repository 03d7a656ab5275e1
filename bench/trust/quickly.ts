/** The quick version of a proof, as a test of its own. */
import { expect, test } from 'vitest';
import type { Proof } from './proof.ts';

export function testQuickly({ claims, sizes, seed, prove }: Proof): void {
  test(`${claims} (${sizes.quick} tries)`, { timeout: 300_000 }, async () => {
    const { against, measured } = await prove(sizes.quick, seed);
    expect(against, measured).toEqual([]);
  });
}
