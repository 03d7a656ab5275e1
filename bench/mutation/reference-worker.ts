/** Runs all suites on the reference cluster with each of some changes, whose ids are its data; see reference.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { isBroken } from '../../harness/model/verdict.ts';
import { gather } from '../../harness/run/report.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';

/** Where the changed code looks which change is active: the interface of StrykerJS, which the code makes when it is loaded. */
interface Switch {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>> };
}
const changes = Reflect.get(globalThis, '__stryker__') as Switch; // its name has no type

/** Whether a run ends as it does on the reference cluster without a change. */
async function goesUnnoticed(): Promise<boolean> {
  const { checks } = gather(await simulate((clock) => withoutNetwork({ clock })));
  return checks.length > 0 && !checks.some((check) => isBroken(check) || check.verdict === 'inconclusive');
}

changes.currentTestId = 'unchanged';
if (!(await goesUnnoticed())) throw new Error('the reference cluster is not faithful');
const reached = changes.mutantCoverage?.perTest.unchanged ?? {};
changes.hitLimit = 5_000_000;
for (const id of workerData as readonly string[]) {
  const run = async () => {
    Object.assign(changes, { activeMutant: id, hitCount: 0 });
    return (await goesUnnoticed().catch(() => false)) ? 'survived' : 'noticed';
  };
  parentPort?.postMessage({ id, outcome: id in reached ? await run() : 'not run' });
}
