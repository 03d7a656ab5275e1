/** Keeps one core busy until its parent process ends, or for half an hour at most. */
const untilMs = performance.now() + 30 * 60_000;
process.on('disconnect', () => process.exit());

/** In turns, so that the event of the parent's end is handled. */
function burn(): void {
  const turnMs = performance.now() + 200;
  while (performance.now() < turnMs);
  if (performance.now() < untilMs) setImmediate(burn);
  else process.exit();
}
burn();
