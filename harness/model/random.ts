/** An order drawn by a seed: the same seed, the same order, on every machine. */

/** Mulberry32: small, and good enough to mix some hundred checks. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same things in an order drawn by the seed. */
export function shuffled<Thing>(things: readonly Thing[], seed: number): readonly Thing[] {
  const draw = random(seed);
  return things
    .map((thing) => ({ thing, place: draw() }))
    .sort((a, b) => a.place - b.place)
    .map(({ thing }) => thing);
}
