/** docs/trust.md: what was measured of every proof, when and on what. The figures are kept in docs/trust.json. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import type { Proof, Proven } from './proof.ts';

export interface Told extends Proven {
  readonly tries: number;
  readonly seed: number;
  readonly tookS: number;
}

interface Kept extends Told {
  /** When it was measured: a day. */
  readonly day: string;
  readonly machine: string;
}

const figures = new URL('../../docs/trust.json', import.meta.url);
const pageFile = new URL('../../docs/trust.md', import.meta.url);

const kept = (): Readonly<Record<string, Kept>> =>
  existsSync(figures) ? JSON.parse(readFileSync(figures, 'utf8')) : {};

/** Keeps what a proof came to, in the place of what it came to before. */
export function keep(id: string, told: Told): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? arch()}), Node ${process.versions.node}`;
  const now: Kept = { ...told, day: new Date().toISOString().slice(0, 10), machine };
  writeFileSync(figures, `${JSON.stringify({ ...kept(), [id]: now }, null, 2)}\n`);
}

/** Writes the page anew. */
export function page(proofs: readonly Proof[]): void {
  const all = kept();
  const lines = [
    '# Why a verdict can be trusted',
    '',
    'Each of these is a claim, and the trial that could show it wrong. `npm run trust` makes them all at full length, and',
    '`npm test` makes a quick version of each. The kill matrix, which stands behind them, is [a page of its own](mutants.md).',
    ...proofs.flatMap((proof) => ['', ...section(proof, all[proof.id])]),
    '',
  ];
  writeFileSync(pageFile, lines.join('\n'));
}

const section = ({ id, claims, sizes }: Proof, told: Kept | undefined): readonly string[] => [
  `## ${id}`,
  '',
  `${claims}.`,
  '',
  ...(told ? measured(told) : [`- At full length (${sizes.long} tries) it has not been run yet.`]),
  `- Again: \`npm run trust -- --only ${id}\``,
];

const measured = ({ measured, against, tries, seed, tookS, day, machine }: Kept): readonly string[] => [
  `- Measured: ${measured}.`,
  `- ${against.length === 0 ? 'It holds.' : `Against it: ${against.join('; ')}.`}`,
  `- ${tries} tries with seed ${seed} in ${tookS} s, on ${day}, on ${machine}.`,
];
