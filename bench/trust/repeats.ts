/** The program itself, again and again in real time on the reference cluster: its verdicts are no matter of luck. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeRoot, pathOf } from '../../harness/model/package.ts';
import type { Report } from '../../harness/model/report.ts';
import { validateReport } from '../../reports/validate.ts';
import type { Proof } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

/** Each lane is a process with a reference cluster of its own, which all of its runs share. */
const lanes = 4;

interface Lane {
  readonly times: number;
  readonly seed: number;
}

/** The runs shared out, with the seeds that one process would have used. */
function sharedOut(size: number, seed: number): readonly Lane[] {
  const each = Math.ceil(size / lanes);
  return Array.from({ length: lanes }, (_, lane) => ({
    times: Math.min(each, size - lane * each),
    seed: seed + lane * each,
  })).filter(({ times }) => times > 0);
}

/** One run. @returns its report, and the exit code that came with it */
async function runOnce(seed: number, folder: string) {
  const child = spawn(
    process.execPath,
    [pathOf(new URL('harness/cli.ts', codeRoot)), 'run', '--seed', `${seed}`, '--out', folder],
    { stdio: 'ignore' },
  );
  const [code] = await once(child, 'exit');
  const report: Report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  return { code, report };
}

export const repeats: Proof = {
  id: 'repeats',
  claims: 'The same server has the same verdict in every run in real time: no clause is unstable',
  sizes: { quick: 2, long: 100 },
  seed: 1,
  prove: async (size, seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'crdb-repeats-'));
    const against: string[] = [];
    const told = { runs: 0, verdicts: 0 };
    const verdicts = new Map<string, string>();
    const unstable = new Set<string>();
    try {
      await sideBySide(sharedOut(size, seed), lanes, async (lane) => {
        for (let run = 0; run < lane.times; run++) {
          const runSeed = lane.seed + run;
          const { code, report } = await runOnce(runSeed, join(folder, `${runSeed}`));
          const where = `seed ${runSeed}`;
          told.runs++;
          told.verdicts += report.clauses.length;
          if (code !== 0) against.push(`${where}: exit code ${code}`);
          if (report.verdict !== 'conformant') against.push(`${where}: ${report.verdict}`);
          for (const { id, verdict } of report.clauses) {
            const first = verdicts.get(id) ?? verdict;
            verdicts.set(id, first);
            if (verdict === first || unstable.has(id)) continue;
            unstable.add(id);
            against.push(`${where}: ${id} came to ${verdict}, and to ${first} before`);
          }
          for (const line of validateReport(report)) against.push(`${where}: ${line}`);
        }
      });
      return {
        measured: `${told.runs} runs of the program on the reference cluster in real time, up to ${lanes} side by side: ${unstable.size} clauses unstable, ${told.verdicts} verdicts compared`,
        against,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
