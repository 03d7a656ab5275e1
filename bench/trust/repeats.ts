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
  const each = Math.max(2, Math.ceil(size / lanes)); // one run alone compares with nothing
  return Array.from({ length: lanes }, (_, lane) => ({
    times: Math.min(each, size - lane * each),
    seed: seed + lane * each,
  })).filter(({ times }) => times > 0);
}

/** @returns the report, and the exit code that came with it */
async function repeated({ times, seed }: Lane, folder: string) {
  const child = spawn(
    process.execPath,
    [
      pathOf(new URL('harness/cli.ts', codeRoot)),
      ...['run', '--repeat', `${times}`, '--seed', `${seed}`, '--out', folder],
    ],
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
    const told = { runs: 0, unstable: 0, verdicts: 0 };
    try {
      await sideBySide(sharedOut(size, seed), lanes, async (lane) => {
        const { code, report } = await repeated(lane, join(folder, `${lane.seed}`));
        const where = `${lane.times} runs from seed ${lane.seed} on`;
        const { times = 1, unstable = [], clauses = [] } = report.repeats ?? {};
        told.runs += times;
        told.unstable += unstable.length;
        told.verdicts += clauses.length * times;
        if (code !== 0) against.push(`${where}: exit code ${code}`);
        if (times !== lane.times) against.push(`${where}: ${times} were made`);
        if (report.verdict !== 'conformant') against.push(`${where}: ${report.verdict}`);
        for (const id of unstable) against.push(`${where}: ${id} is unstable`);
        for (const { id, verdicts } of clauses)
          if (Object.keys(verdicts).length > 1)
            against.push(`${where}: ${id} came to ${JSON.stringify(verdicts)}`);
        for (const line of validateReport(report)) against.push(`${where}: ${line}`);
      });
      return {
        measured: `${told.runs} runs of the program on the reference cluster in real time, up to ${lanes} side by side: ${told.unstable} clauses unstable, ${told.verdicts} verdicts compared`,
        against,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
