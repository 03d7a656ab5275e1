/** `npm run trust`: the long version of every proof, and docs/trust.md made from what was measured. */
import { writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Proof, Proven } from './proof.ts';
import { proofs } from './proofs.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, size: { type: 'string' }, seed: { type: 'string' } },
});
const { only, size, seed } = values;
const unknown = only?.filter((id) => !proofs.some((proof) => proof.id === id)) ?? [];
if (unknown.length > 0) {
  console.error(
    `There is no proof ${unknown.join(', ')}.\nThere are ${proofs.map(({ id }) => id).join(', ')}.`,
  );
  process.exit(2);
}

interface Told extends Proven {
  readonly proof: Proof;
  readonly tries: number;
  readonly seed: number;
  readonly tookS: number;
}

const told: Told[] = [];
for (const proof of proofs.filter(({ id }) => only === undefined || only.includes(id))) {
  const tries = size === undefined ? proof.sizes.long : Number(size);
  const drawnWith = seed === undefined ? proof.seed : Number(seed);
  const fromMs = performance.now();
  const proven = await proof.prove(tries, drawnWith);
  const tookS = Math.round((performance.now() - fromMs) / 1000);
  told.push({ ...proven, proof, tries, seed: drawnWith, tookS });
  console.log(
    `${proven.against.length === 0 ? 'holds' : 'FAILS'}  ${proof.id}: ${proven.measured} (${tookS} s)`,
  );
  for (const line of proven.against) console.log(`       against it: ${line}`);
}
if (only === undefined && size === undefined && seed === undefined) {
  writeFileSync(new URL('../../docs/trust.md', import.meta.url), page(told));
  console.log('docs/trust.md is written');
}
process.exitCode = told.every(({ against }) => against.length === 0) ? 0 : 1;

function page(all: readonly Told[]): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? arch()}), Node ${process.versions.node}`;
  return [
    '# Why a verdict can be trusted',
    '',
    `Written by \`npm run trust\` on ${new Date().toISOString().slice(0, 10)}, on ${machine}. A quick version of each is a test of \`npm test\`.`,
    ...all.flatMap((one) => ['', ...section(one)]),
    '',
  ].join('\n');
}

const section = ({ proof, measured, against, tries, seed, tookS }: Told): readonly string[] => [
  `## ${proof.id}`,
  '',
  `${proof.claims}.`,
  '',
  `- Measured: ${measured}.`,
  `- ${against.length === 0 ? 'It holds.' : `Against it: ${against.join('; ')}.`}`,
  `- ${tries} tries with seed ${seed}, in ${tookS} s; again: \`npm run trust -- --only ${proof.id}\``,
];
