/** `npm run trust [-- --only NAME] [--smallest | --trials N] [--seed N]`: makes the proofs, and docs/trust.md from docs/trust.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { misused, scriptOptions } from '../script-options.ts';
import { proofs } from './proofs.ts';
import type { Proof, Proven } from './trials.ts';

/** What docs/trust.json keeps of a proof. */
interface Measurement extends Proven {
  readonly tries: number;
  readonly seed: number;
  readonly tookS: number;
  /** A day: `2026-11-24`. */
  readonly day: string;
  readonly machine: string;
  /** What has been changed because of it, written by hand: a new measurement removes it. */
  readonly since?: string;
  /** Why the proof is no longer made. */
  readonly removed?: string;
}

const figuresFile = new URL('../../docs/trust.json', import.meta.url);
const pageFile = new URL('../../docs/trust.md', import.meta.url);
const figures = (): Readonly<Record<string, Measurement>> => JSON.parse(readFileSync(figuresFile, 'utf8'));

function page(kept: Readonly<Record<string, Measurement>>): string {
  const removed = Object.entries(kept).filter(([, { removed: why }]) => why !== undefined);
  return [
    '# Why a verdict can be trusted',
    '',
    'Each proof is a claim, with the trials that could refute it. `npm run trust` makes all of them at full length;',
    '`npm test` and `npm run test:all` make each at its smallest size. The kill matrix, on which they build, is',
    '[a page of its own](mutants.md).',
    ...proofs.flatMap((proof) => ['', ...section(proof, kept[proof.name])]),
    ...secondServer(),
    ...unnoticed(),
    ...(removed.length > 0 ? ['', '## Removed', ''] : []),
    ...removed.map(
      ([name, { removed: why, day, measured }]) => `- ${name}: ${why}. Last measured on ${day}: ${measured}.`,
    ),
    '',
  ].join('\n');
}

/** What one trial of the second server came to, as bench/second-server/trial.ts writes it. */
interface Sight {
  readonly date: string;
  readonly all: string;
  readonly detected: Readonly<Record<string, string>>;
}

const sight = (name: string): Sight =>
  JSON.parse(readFileSync(new URL(`../second-server/${name}.json`, import.meta.url), 'utf8'));

/** Faults by somebody else, in sets: before anything was changed because of them, and after. */
function secondServer(): readonly string[] {
  const seen = [
    ['first set, first sight', sight('first/sight')],
    ['first set, after that', sight('first/again')],
    ['second set, first sight', sight('second/sight')],
    ['third set, first sight', sight('third/sight')],
    ['fourth set, first sight', sight('fourth/sight')],
    ['fifth set, first sight', sight('fifth/sight')],
    ['sixth set, first sight', sight('sixth/sight')],
  ] as const;
  const [first, second, third, fourth, sixth] = ['first', 'second', 'third', 'fourth', 'sixth'].map((set) =>
    sight(`${set}/misses`),
  ) as [Sight, Sight, Sight, Sight, Sight]; // five names give five
  const day = ({ date }: Sight): string => date.slice(0, 10);
  const row = (name: string, cellOf: (one: Sight) => string | undefined): string =>
    `| ${[name, ...seen.map(([, one]) => cellOf(one))].join(' | ')} |`;
  return [
    '',
    '## Faults that somebody else thought of',
    '',
    'A second server was written from the documented facts alone, with six sets of faults, each by somebody who had not seen',
    'the suites, the mutants or the other sets. *First sight* was measured before anything was changed because of these faults:',
    'it tells how many faults of a stranger the program finds. *After that* was measured when the checks had been extended, so',
    'it is no measure of unknown faults. The program had been extended because of each set when it first met the next one.',
    '',
    `| faults | ${seen.map(([name, one]) => `${name}, ${day(one)}`).join(' | ')} |`,
    `|${'---|'.repeat(seen.length + 1)}`,
    ...Object.keys(seen[0][1].detected).map((kind) => row(kind, ({ detected }) => detected[kind])),
    row('**all**', ({ all }) => `**${all}**`),
    '',
    `- Of the first set, ${first.all} that were missed after that were found on ${day(first)}. Of the others, one answers 429 to`,
    '  repeated bad logins, which is taken for a rate limit, so that its check is inconclusive; and one decodes the login',
    '  leniently, as common decoders do.',
    `- Of the second set, ${second.all} that were missed at first sight were found on ${day(second)}. One more, timestamps in the`,
    '  future, turned out to break a `should` only.',
    `- Of the third set, ${third.all} that were missed at first sight were found on ${day(third)}. One more, a`,
    '  cancel that fails and ends the task all the same, turned out to break nothing that the docs state.',
    `- Of the fourth set, ${fourth.all} that were missed at first sight were found on ${day(fourth)}. The other one skips`,
    '  characters that base64 does not have, as common decoders do.',
    '- Of the fifth set, three that were missed break a `should` only: timestamps without a zone, in local time, and a zero',
    '  time. One answers 429 to repeated bad logins, and one skips characters that base64 does not have.',
    `- Of the sixth set, ${sight('sixth/explored').all} that were missed are found at first sight with \`--explore 10\`, as in the profiles`,
    '  `full` and `nightly`. Another reader of the facts, who knew no result, found that 146 of its faults break a `must`; the',
    `  other one always cuts one kind of connection. ${sixth.all} that were missed were found on ${day(sixth)}, when the checks had been`,
    '  extended. With one of them a run ends with an error: the list says that it is compressed, and is not.',
    '- Repeat: `node bench/second-server/trial.ts --set first`, or `second`, `third`, `fourth`, `fifth`, `sixth`; behind `--`',
    '  there may be options of a run, such as `--explore 10`',
  ];
}

/** What bench/mutation/reference.ts came to, with the reason why each change that it lists is no missing check. */
interface Unnoticed {
  readonly date: string;
  readonly minutes: number;
  readonly changes: number;
  readonly run: number;
  readonly notReached: number;
  readonly noticed: number;
  readonly survived: number;
  /** Changes that showed a missing check of a `must`, and the mutants that became of them. */
  readonly missing: readonly { readonly at: string; readonly change: string; readonly mutants: string }[];
  readonly harmless: readonly {
    readonly why: string;
    readonly changes: readonly { readonly at: string }[];
  }[];
}

/** Changes of the reference cluster that no check notices. */
function unnoticed(): readonly string[] {
  const file = new URL('../mutation/reference-survivors.json', import.meta.url);
  const { date, minutes, changes, run, notReached, noticed, survived, missing, harmless }: Unnoticed =
    JSON.parse(readFileSync(file, 'utf8'));
  return [
    '',
    '## Changes of the reference cluster that nothing notices',
    '',
    'The mutators of StrykerJS change the code of the reference cluster, one change at a time, drawn by a seed, and all suites',
    'and the oracle run on each. What nothing notices breaks nothing that the docs state, or shows a missing check.',
    '',
    `- Measured on ${date}, in ${minutes} minutes on a busy machine: ${run + notReached} of ${changes} changes tried. ${notReached} are in code that no run reaches, ${noticed} were noticed, ${survived} were not.`,
    `- ${missing.length} of these ${survived} showed missing checks of a \`must\`. Now there are such checks, and mutants:`,
    ...missing.map(({ at, change, mutants }) => `  - ${at}, \`${change}\`: ${mutants}`),
    `- The other ${survived - missing.length} break nothing:`,
    ...harmless.map(
      (one) =>
        `  - ${one.changes.length}: ${one.why} (${[...new Set(one.changes.map(({ at }) => at))].join(', ')})`,
    ),
    '- Each change is in `bench/mutation/reference-survivors.json`. Repeat: `npm run mutation:reference`',
  ];
}

const section = ({ name, shows, full }: Proof, kept: Measurement | undefined): readonly string[] => [
  `## ${name}`,
  '',
  `${shows}.`,
  '',
  ...(kept ? result(kept, full) : [`- Not yet measured at full length (${full} trials).`]),
  `- Repeat: \`npm run trust -- --only ${name}\``,
];

const result = (
  { measured, against, rows = [], since, tries, seed, tookS, day, machine }: Measurement,
  full: number,
) => [
  `- Measured: ${measured}.`,
  ...rows.map((row) => `  - ${row}`),
  `- ${against.length === 0 ? 'It holds.' : `Against it: ${against.join('; ')}.`}`,
  ...(since === undefined ? [] : [`- Since then: ${since}.`]),
  `- ${tries}${tries < full ? ` of ${full}` : ''} trials with seed ${seed} in ${tookS} s, on ${day}, on ${machine}.`,
];

const usage = 'npm run trust [-- --only NAME] [--smallest | --trials N] [--seed N]';
const { values } = scriptOptions(usage, {
  options: {
    only: { type: 'string', multiple: true },
    smallest: { type: 'boolean', default: false },
    /** Fewer than at full length, where there is no time for that; the page shows how many. */
    trials: { type: 'string' },
    seed: { type: 'string' },
  },
});
const { only, smallest, trials, seed: chosenSeed } = values;
const unknown = only?.filter((name) => !proofs.some((proof) => proof.name === name)) ?? [];
if (unknown.length > 0)
  misused(
    usage,
    `there is no proof ${unknown.join(', ')}; the proofs are ${proofs.map(({ name }) => name).join(', ')}`,
  );
for (const [name, number] of Object.entries({ trials, seed: chosenSeed }))
  if (number !== undefined && !/^[1-9]\d{0,8}$/.test(number))
    misused(usage, `--${name} must be a whole number, 1 or more, and is ${number}`);

let failures = 0;
for (const proof of proofs.filter(({ name }) => only === undefined || only.includes(name))) {
  const tries = smallest ? proof.smallest : Math.min(Number(trials ?? proof.full), proof.full);
  const seed = chosenSeed === undefined ? proof.seed : Number(chosenSeed);
  const fromMs = performance.now();
  const { measured, against, rows = [] } = await proof.prove(tries, seed);
  const tookS = Math.round((performance.now() - fromMs) / 1000);
  if (against.length > 0) failures++;
  console.log(`${against.length === 0 ? 'holds' : 'FAILS'}  ${proof.name}: ${measured} (${tookS} s)`);
  for (const line of [...rows, ...against]) console.log(`       ${line}`);
  if (smallest || chosenSeed !== undefined) continue; // the page shows full length alone
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? arch()}), Node ${process.versions.node}`;
  const day = new Date().toISOString().slice(0, 10);
  const entry: Measurement = { tries, seed, tookS, measured, against, rows, day, machine };
  writeFileSync(figuresFile, `${JSON.stringify({ ...figures(), [proof.name]: entry }, null, 2)}\n`);
}
writeFileSync(pageFile, page(figures()));
process.exitCode = failures === 0 ? 0 : 1;
