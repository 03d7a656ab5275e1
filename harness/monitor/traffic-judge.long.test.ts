/** Faithful servers of every kind, seen in every way, are never accused. Faulty ones are, as far as their traffic shows it. */
import { beforeAll, expect, test } from 'vitest';
import { mutants } from '../reference/mutants.ts';
import type { ClusterOptions } from '../reference/reference.ts';
import { rules } from '../reference/reference.ts';
import { variants } from '../reference/variants.ts';
import { type Contract, loadContract } from '../run/contract.ts';
import { gather } from '../run/report.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import {
  brokenIn,
  isPublic,
  judgedAsTraffic,
  type SeenAs,
  withIdsUsedOnce,
} from '../testing/traffic-samples.ts';

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract();
});

const none: readonly string[] = [];

async function exchangesOf(
  given: ClusterOptions['rules'],
  crdbs: boolean,
  profile: 'quick' | 'full' | 'nightly' = 'quick',
) {
  const events = await simulate(
    (clock) =>
      withIdsUsedOnce(
        withoutNetwork({ clock, ...(given ? { rules: given } : {}), ...(crdbs ? { crdbs: {} } : {}) }),
      ),
    { contract, settings: { profile }, ...(crdbs ? { crdbs: {} } : {}) },
  );
  return gather(events).exchanges;
}

const ofControl: readonly SeenAs[] = [
  { soleClient: true, control: true, every: 7 },
  { soleClient: false, control: true, every: 50 },
  { soleClient: false, control: false, passes: isPublic, every: 50 },
  { soleClient: true, control: true, resolutionMs: 300, every: 50 },
  { soleClient: true, control: false, every: 50 },
];
const ofDatabases: readonly SeenAs[] = [
  { soleClient: true, control: false, every: 20 },
  { soleClient: false, control: false, every: 50 },
];

test.each([{ id: 'reference', rules, warns: none }, ...variants])(
  'the traffic of $id breaks nothing that its runs do not warn of',
  async ({ rules: given, warns }) => {
    for (const [exchanges, ways] of [
      [await exchangesOf(given, false), ofControl],
      [await exchangesOf(given, true), ofDatabases],
    ] as const)
      for (const way of ways) {
        const broken = brokenIn(judgedAsTraffic(exchanges, way, contract));
        expect({ way, broken: broken.filter((clause) => !warns.includes(clause)) }).toEqual({
          way,
          broken: [],
        });
      }
  },
);

/** One of so many mutants. docs/traffic.md states what every eighth shows, which takes ten minutes. */
const every = Number(process.env.TRAFFIC_EVERY ?? 40);

/** The traffic is that of the suites. */
test('of the mutants a share is detected by traffic alone', async () => {
  const sample = mutants.filter((_, index) => index % every === 0);
  const ways = { strict: ofControl[0], others: ofControl[1], public: ofControl[2] };
  const found = { strict: 0, others: 0, public: 0 };
  for (const { rules: given, profile } of sample) {
    const exchanges = await exchangesOf(given, false, profile);
    for (const name of ['strict', 'others', 'public'] as const) {
      const way = ways[name];
      if (way && brokenIn(judgedAsTraffic(exchanges, way, contract)).length > 0) found[name]++;
    }
  }
  console.log(`detected of ${sample.length} faulty servers: ${JSON.stringify(found)}`);
  // Of every eighth, 76 and 41 % are; a smaller sample may differ much.
  expect(found.strict).toBeGreaterThanOrEqual(0.5 * sample.length);
  expect(found.public).toBeGreaterThanOrEqual(0.2 * sample.length);
}, 3_000_000); // ms; one run for each of the servers
