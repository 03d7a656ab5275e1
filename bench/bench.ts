/**
 * `npm run bench [-- PART OF A ROW'S NAME]`: times, sizes and memory as a table of medians with their spread and bounds. It
 * keeps them in bench/results.json; with `--compare` it says what moved since then, and keeps nothing. Tests never assert
 * speed.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { type BenchRow, folder } from './processes.ts';
import { rows } from './rows.ts';

interface BenchResult extends Pick<BenchRow, 'what' | 'unit' | 'bound'> {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
  /** The load of the machine before it, a minute's mean: times on a busy machine prove little. */
  readonly load: number;
}

interface BenchFile {
  readonly node: string;
  readonly cores: number;
  readonly processor: string;
  readonly date: string;
  readonly results: readonly BenchResult[];
}

const file = new URL('./results.json', import.meta.url);
const before: readonly BenchResult[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as BenchFile).results // this program wrote it
  : [];

async function measured({ what, unit, bound, runs, measure }: BenchRow): Promise<BenchResult> {
  const [load = 0] = loadavg();
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push(await measure());
  values.sort((a, b) => a - b);
  const at = (index: number): number => values[index] ?? Number.NaN;
  const median = at(Math.floor(runs / 2));
  return { what, unit, bound, median, least: at(0), most: at(runs - 1), runs, load };
}

const shown = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(3).replace(/\.0+$/, '');

const lineOf = ({ what, unit, bound, median, least, most, runs }: BenchResult): string =>
  [
    what.padEnd(64),
    shown(bound).padStart(6),
    shown(median).padStart(7),
    (runs === 1 ? '' : `${shown(least)} to ${shown(most)}`).padStart(17),
    ` ${unit.padEnd(12)}`,
    median <= bound ? 'ok' : 'NOT MET',
  ].join(' ');

/** A median that lies outside what was measured before has moved. */
function moved({ what, median }: BenchResult): string {
  const old = before.find((one) => one.what === what);
  if (!old) return 'new';
  const change = `${shown(old.median)} → ${shown(median)}`;
  if (median >= old.least && median <= old.most) return `as before (${change})`;
  return `${median < old.median ? 'better' : 'WORSE'} (${change})`;
}

const [first, second = ''] = process.argv.slice(2);
const compares = first === '--compare';
const wanted = compares ? second : (first ?? '');
const [processor] = cpus();
console.log(
  `${cpus().length} cores (${processor?.model}), Node ${process.versions.node}, load ${loadavg()[0]}\n`,
);
console.log(
  `${'what'.padEnd(64)} ${'bound'.padStart(6)} ${'median'.padStart(7)} ${'spread'.padStart(17)}  unit`,
);
const results: BenchResult[] = [];
for (const row of rows.filter(({ what, slow }) => what.includes(wanted) && (wanted !== '' || !slow))) {
  const result = await measured(row);
  results.push(result);
  console.log(`${lineOf(result)}${compares ? `  ${moved(result)}` : ''}`);
}
if (!compares) {
  const kept = rows.flatMap(({ what }) => [...results, ...before].find((one) => one.what === what) ?? []);
  const written: BenchFile = {
    node: process.versions.node,
    cores: cpus().length,
    processor: processor?.model ?? 'unknown',
    date: new Date().toISOString().slice(0, 10),
    results: kept,
  };
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
}
rmSync(folder, { recursive: true });
