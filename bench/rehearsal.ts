/** A process of its own: every suite against the reference cluster in simulated time; prints how long that was there. */
import { startReference } from '../harness/reference/reference.ts';
import { simulate } from '../harness/simulate/simulation.ts';

let simulatedMs = () => 0;
await simulate((clock) => {
  simulatedMs = () => clock.nowMs();
  return startReference({ clock });
});
process.stdout.write(`${simulatedMs()}\n`, () => process.exit());
