/**
 * Changes the reference cluster by the mutators of StrykerJS, one change at a time, runs all suites and the oracle on it in
 * simulated time, and lists the changes that nothing notices. Each is looked at: it breaks nothing, or a check is missing.
 *
 *     node bench/mutation/reference.ts [--minutes 30] [--after N] [--out FILE]
 *
 * The order is drawn by a seed: while these files stay as they are, `--after 274` goes on where an earlier run of 274 ended.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { shuffled } from '../../harness/model/settings.ts';
import { scriptOptions } from '../script-options.ts';

const files = ['tasks', 'task', 'operations', 'messages', 'handler'].map(
  (name) => `harness/reference/${name}.ts`,
);
/** A run takes a second; one that does not end in so many milliseconds never does. */
const longestMs = 60_000;

const { values } = scriptOptions('node bench/mutation/reference.ts [--minutes 30] [--after N] [--out FILE]', {
  options: {
    minutes: { type: 'string', default: '30' },
    after: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'reference-'));
const silent = () => {};
const off = () => false;
const logger = {
  ...{ isTraceEnabled: off, isDebugEnabled: off, isInfoEnabled: off, isWarnEnabled: off },
  ...{ isErrorEnabled: off, isFatalEnabled: off, trace: silent, debug: silent, info: silent },
  ...{ warn: silent, error: silent, fatal: silent },
};

/** What a change came to: `noticed` by a clause or because the run did not end well, or `survived`. */
export interface Outcome {
  readonly id: string;
  readonly outcome: 'noticed' | 'survived' | 'not run';
}

const { files: changed, mutants } = await new Instrumenter(logger).instrument(
  files.map((name) => ({ name, mutate: true, content: readFileSync(join(root, name), 'utf8') })),
  { excludedMutations: ['StringLiteral'], ignorers: [], plugins: null },
);
for (const name of ['harness', 'suites', 'spec', 'bench/mutation', 'package.json'])
  cpSync(join(root, name), join(copy, name), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
for (const { name, content } of changed) writeFileSync(join(copy, name), content);

const untilMs = performance.now() + Number(values.minutes) * 60_000;
const left = [
  ...shuffled(
    mutants.map(({ id }) => id),
    1,
  ),
].slice(Number(values.after));
const outcomes = new Map<string, Outcome['outcome']>();
while (left.length > 0 && performance.now() < untilMs) await runSome();
rmSync(copy, { recursive: true });

/** Runs the changes that are left in a worker, until it hangs, the time is over, or none is left. */
function runSome(): Promise<void> {
  const worker = new Worker(join(copy, 'bench/mutation/reference-worker.ts'), { workerData: [...left] });
  return new Promise((resolve) => {
    const stop = () => void worker.terminate().then(() => resolve());
    const hung = () => {
      const [id] = left.splice(0, 1);
      if (id !== undefined) outcomes.set(id, 'noticed');
      stop();
    };
    let timer = setTimeout(hung, longestMs);
    worker.on('message', ({ id, outcome }: Outcome) => {
      clearTimeout(timer);
      left.splice(left.indexOf(id), 1);
      outcomes.set(id, outcome);
      process.stdout.write(`\r${outcomes.size} of ${mutants.length}`);
      if (performance.now() > untilMs || left.length === 0) stop();
      else timer = setTimeout(hung, longestMs);
    });
    worker.on('error', () => {
      clearTimeout(timer);
      hung();
    });
  });
}

const of = (wanted: Outcome['outcome']) => mutants.filter(({ id }) => outcomes.get(id) === wanted);
const survivors = of('survived').map(({ fileName, location, mutatorName, replacement }) => {
  const lines = readFileSync(join(root, fileName), 'utf8').split('\n');
  const { start, end } = location;
  const source =
    start.line === end.line
      ? (lines[start.line] ?? '').slice(start.column, end.column)
      : `${(lines[start.line] ?? '').slice(start.column)} …`;
  return { file: fileName, line: start.line + 1, mutator: mutatorName, source, replacement };
});
const figures = {
  changes: mutants.length,
  run: of('noticed').length + of('survived').length,
  notRun: of('not run').length,
  noticed: of('noticed').length,
  survived: survivors.length,
};
console.log(figures);
console.table(survivors);
if (values.out) writeFileSync(values.out, `${JSON.stringify({ ...figures, survivors }, null, 2)}\n`);
