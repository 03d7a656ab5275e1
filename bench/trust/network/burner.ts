/** Burns a core until its parent ends: a busy machine, for `busy-machine.ts`. Its end is bounded, whatever comes. */
const untilMs = performance.now() + 30 * 60_000;
process.on('disconnect', () => process.exit());

/** In turns, so that it hears of its parent's end. */
function burn(): void {
  const turnMs = performance.now() + 200;
  while (performance.now() < turnMs);
  if (performance.now() < untilMs) setImmediate(burn);
  else process.exit();
}
burn();
