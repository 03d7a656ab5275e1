/** `npm run trust`: the long version of every proof, and docs/trust.md made from what was measured. */
import { parseArgs } from 'node:util';
import { keep, page, type Told } from './page.ts';
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

let fails = 0;
for (const proof of proofs.filter(({ id }) => only === undefined || only.includes(id))) {
  const tries = size === undefined ? proof.sizes.long : Number(size);
  const drawnWith = seed === undefined ? proof.seed : Number(seed);
  const fromMs = performance.now();
  const { measured, against } = await proof.prove(tries, drawnWith);
  const tookS = Math.round((performance.now() - fromMs) / 1000);
  const holds = against.length === 0;
  if (!holds) fails++;
  console.log(`${holds ? 'holds' : 'FAILS'}  ${proof.id}: ${measured} (${tookS} s)`);
  for (const line of against) console.log(`       against it: ${line}`);
  const told: Told = { tries, seed: drawnWith, tookS, measured, against };
  // What is told to readers is the long version alone.
  if (size === undefined && seed === undefined) keep(proof.id, told);
}
page(proofs);
process.exitCode = fails === 0 ? 0 : 1;
