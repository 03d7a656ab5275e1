/** What the oracle costs: judging the evidence of a run, exploring, and reading its source. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../harness/model/report.ts';
import { judgeTwice } from '../harness/run/second-judgement.ts';
import { secondsOf } from './in-process.ts';
import { type BenchRow, folder, runOn } from './processes.ts';

const reportOf = (name: string): Report =>
  JSON.parse(readFileSync(join(folder, name, 'report.json'), 'utf8'));

const exploredS = 10;

/** Milliseconds for each request of an exploration. */
async function msPerRequest(): Promise<number> {
  await runOn('reference', '--clause', 'list.status.200', '--explore', String(exploredS));
  const { scripts = 0, requests = 0 } = reportOf('one').run.oracle?.exploration ?? {};
  console.log(`  ${scripts} scripts, ${Math.round(requests / exploredS)} requests a second`);
  return (exploredS * 1000) / requests;
}

/** The lines of the oracle's source but blank ones and comments. */
function linesOfSource(): number {
  const lines = globSync('harness/judge/oracle/*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
  const code = lines.filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line));
  console.log(`  ${lines.length} lines with comments and blank ones`);
  return code.length;
}

export const oracleRows: readonly BenchRow[] = [
  {
    what: 'oracle: the evidence of an ordinary run, judged a second time',
    unit: 'ms',
    bound: 200,
    runs: 5,
    async measure() {
      await runOn('reference');
      const { exchanges, clauses } = reportOf('one');
      const settings = { graceS: 2, settleS: 10 };
      const checks = clauses.flatMap(({ id: clause, checks }) => checks.map((one) => ({ ...one, clause })));
      const run = { exchanges, checks, settings, provisioner: 'control', known: [] } as const;
      return secondsOf(() => judgeTwice({ ...run, levelOf: () => 'must' })) * 1000;
    },
  },
  {
    what: 'oracle: a request of an exploration of 10 s',
    unit: 'ms',
    bound: 4,
    runs: 3,
    measure: msPerRequest,
  },
  {
    what: 'oracle: its source, without comments and blank lines',
    unit: 'lines',
    bound: 1500,
    runs: 1,
    measure: linesOfSource,
  },
];
