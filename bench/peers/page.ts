/** results.md from what was measured. */
import { cpus } from 'node:os';
import type { Peer } from './peer.ts';
import type { Score } from './score.ts';
import type { Server } from './servers.ts';

export interface Row {
  readonly peer: Peer;
  readonly lines: number;
  readonly score: Score;
}

export interface Measured {
  readonly seed: number;
  readonly jobs: number;
  readonly servers: readonly Server[];
}

const cells = (...texts: readonly (string | number)[]): string => `| ${texts.join(' | ')} |`;

export function page(
  rows: readonly Row[],
  missing: readonly { readonly name: string; readonly why: string }[],
  { seed, jobs, servers }: Measured,
): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}`;
  const known = new Set(rows.find(({ peer }) => peer.from === 'the target')?.score.convicted);
  const count = (kind: Server['kind']): number => servers.filter((server) => server.kind === kind).length;
  const unseen = rows
    .filter(({ peer }) => peer.from !== 'the target')
    .map(
      ({ peer, score }) =>
        `${peer.name}: ${score.convicted.filter((id) => !known.has(id)).join(', ') || 'none'}`,
    );
  return [
    '# Other tools on the same servers',
    '',
    `Written by \`npm run bench:peers -- --wrong ${count('plainly wrong') + count('subtly wrong')} --seed ${seed} --jobs ${jobs}\` on ${new Date().toISOString().slice(0, 10)}; ${machine}.`,
    `${count('faithful')} faithful servers (the reference cluster and some variants), and wrong servers drawn by the seed`,
    `from all that break a \`must\`: ${count('plainly wrong')} plainly wrong, and ${count('subtly wrong')} of which no answer is wrong by itself`,
    '(`subtle.ts`): a relation between two answers is, or one between an answer and the clock.',
    '',
    'A server is convicted by an accusation that the same tool does not make against the reference. Lines are those',
    'that the user writes for one target; seconds are medians of a whole process for one server, of all servers,',
    `with ${jobs} tools running at a time.`,
    '',
    ...table(rows),
    '',
    ...missing.map(({ name, why }) => `Not measured: ${name}: ${why}.`),
    '',
    '## How each was set up, and what it said',
    '',
    ...rows.flatMap(({ peer, score }) => [
      `- **${peer.name}**: ${peer.how}.`,
      `  - false alarms: ${score.falseAlarms.join(', ') || 'none'}`,
      `  - subtle ones convicted: ${score.subtleConvicted.join(', ') || 'none'}`,
      ...(score.failures.length === 0 ? [] : [`  - gave no answer: ${score.failures.join('; ')}`]),
    ]),
    '',
    '## What they convict and a quick run of ours does not',
    '',
    ...unseen.map((line) => `- ${line}`),
    '',
  ].join('\n');
}

const table = (rows: readonly Row[]): readonly string[] => [
  cells('from', 'tool', 'lines', 'false alarms', 'wrong convicted', 'subtle convicted', 'seconds'),
  cells('---', '---', '--:', '--:', '--:', '--:', '--:'),
  ...rows.map(({ peer, lines, score }) =>
    cells(
      peer.from,
      `${peer.name} ${peer.version}`,
      lines,
      `${score.falseAlarms.length} of ${score.faithful}`,
      `${score.convicted.length} of ${score.wrong}`,
      `${score.subtleConvicted.length} of ${score.subtle}`,
      score.medianSeconds.toFixed(1),
    ),
  ),
];

const most = (rows: readonly Row[], from: Peer['from']): number =>
  Math.max(
    0,
    ...rows.filter(({ peer }) => peer.from === from).map(({ score }) => score.subtleConvicted.length),
  );

/** What the README says of it: what nobody else sees comes first. */
export const summary = (rows: readonly Row[]): string =>
  [
    `Of ${rows[0]?.score.subtle ?? 0} wrong servers of which no answer is wrong by itself (a relation between two answers is, or one between`,
    `an answer and the clock), tools that read the OpenAPI file convict ${most(rows, 'OpenAPI and live ids')} at most, requests written by hand`,
    `${most(rows, 'requests by hand')} at most, and a quick run of this program ${most(rows, 'the target')}:`,
    '',
    ...table(rows),
  ].join('\n');

const section = /(<!-- bench:peers -->\n)[\s\S]*?(<!-- \/bench:peers -->)/;

/** @throws {Error} the README has no place for it */
export function inReadme(readme: string, text: string): string {
  if (!section.test(readme)) throw new Error('README.md has no section between bench:peers comments.');
  return readme.replace(section, (_, before: string, after: string) => `${before}${text}\n${after}`);
}
