/** A process of its own: all suites on the reference cluster in simulated time. Prints the simulated milliseconds. */
import { startReference } from '../harness/reference/reference.ts';
import { simulate } from '../harness/simulate/simulation.ts';

let simulatedMs = () => 0;
await simulate((clock) => {
  simulatedMs = () => clock.nowMs();
  return startReference({ clock });
});
process.stdout.write(`${simulatedMs()}\n`, () => process.exit());
