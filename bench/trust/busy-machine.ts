/** A machine that has no time for the harness is nobody's fault: a faithful server beside it is accused of nothing. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runOver } from './network/run.ts';
import type { Proof, Proven } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

const atOnce = 5;

export const busyMachine: Proof = {
  id: 'busy-machine',
  claims: 'With every core of the machine kept busy beside it, a faithful server is accused of nothing',
  sizes: { quick: 2, long: 50 },
  seed: 1,
  prove: async (size, seed): Promise<Proven> => {
    const burner = new URL('./network/burner.ts', import.meta.url);
    const burners = Array.from({ length: availableParallelism() }, () => fork(burner, { execArgv: [] }));
    const stall = monitorEventLoopDelay({ resolution: 5 });
    stall.enable();
    const against: string[] = [];
    const sum = { proven: 0, total: 0 };
    try {
      const seeds = Array.from({ length: size }, (_, index) => seed + index);
      await sideBySide(seeds, atOnce, async (drawn) => {
        const { checks, summary, leftBehind } = await runOver({ weather: {}, seed: drawn });
        for (const { verdict, clause, name, reason } of checks)
          if (verdict === 'fail' || verdict === 'warn')
            against.push(`seed ${drawn}: ${verdict} ${clause} (${name}): ${reason}`);
        if (leftBehind > 0) against.push(`seed ${drawn}: ${leftBehind} tasks were left on the server`);
        sum.proven += summary.must.proven;
        sum.total += summary.must.total;
      });
    } finally {
      stall.disable();
      for (const child of burners) child.kill();
    }
    return {
      measured: `${size} runs beside ${burners.length} burners, the event loop standing still for up to ${Math.round(stall.max / 1e6)} ms: ${((sum.proven / sum.total) * 100).toFixed(1)} % of the must clauses proven`,
      against,
    };
  },
};
