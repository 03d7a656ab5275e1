/** `npm run bench:peers`: other tools on the same faithful and faulty servers as this program, into results.md. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { shuffled } from '../../harness/model/settings.ts';
import { type Mutant, mutants } from '../../harness/reference/mutants.ts';
import { variants } from '../../harness/reference/variants.ts';
import { loadRegister } from '../../spec/register.ts';
import { scriptOptions } from '../script-options.ts';
import { forEach, inFolder, startTarget } from '../trust/trials.ts';
import { liveTasks, type Peer, peers, runPeer } from './tools.ts';

interface PeerServer extends Pick<Mutant, 'id'> {
  readonly rules?: Mutant['rules'];
  readonly kind: 'faithful' | 'plainly faulty' | 'subtly faulty';
}

interface PeerTrial {
  readonly server: Pick<PeerServer, 'id' | 'kind'>;
  readonly findings: readonly string[];
  readonly seconds: number;
  /** Why the tool broke down: it detects nothing then. */
  readonly failed?: string;
}

const variantIds = ['terse', 'leisurely', 'ended-is-409', 'cancel-in-3-s', 'charset'];
const faithful: readonly PeerServer[] = [
  { id: 'reference', kind: 'faithful' },
  ...variants
    .filter(({ id }) => variantIds.includes(id))
    .map(({ id, rules }): PeerServer => ({ id, rules, kind: 'faithful' })),
];

/** Clauses that compare two responses, or a response with the clock. */
const relational =
  /^expiry\.|\.(no-effect|read-no-effect|untouched|leaves|not-finished|stays-out|still-readable|that-task-alone|agrees-with-read|empty|holds-running|changes-nothing|change-shows|ended-stays|forward-only|false-is-plain|keeps-fields)$/;
/** They break such a clause by a status that is wrong by itself. */
const wrongByThemselves = ['bad-ttl-is-500', 'expired-is-410', 'verbose-false-is-400', 'verbose-is-500'];
const isSubtle = ({ id, killedBy }: Mutant): boolean =>
  killedBy.every((clause) => relational.test(clause)) && !wrongByThemselves.includes(id);

/** Drawn from those that break a `must` clause, always; a smaller number is the beginning of a larger one. */
function faulty(count: number, seed: number): readonly PeerServer[] {
  const must = loadRegister().clauses.filter(({ level }) => level === 'must');
  const isDetectable = ({ killedBy, profile }: Mutant): boolean =>
    profile === undefined && must.some(({ id }) => killedBy.includes(id));
  return shuffled(mutants.filter(isDetectable), seed)
    .slice(0, count)
    .map((mutant) => ({ ...mutant, kind: isSubtle(mutant) ? 'subtly faulty' : 'plainly faulty' }));
}

/** A faulty server is detected by a finding that the tool does not report of the reference too. */
function score(trials: readonly PeerTrial[]) {
  const usual = trials.find(({ server }) => server.id === 'reference')?.findings ?? [];
  const isNews = ({ findings }: PeerTrial): boolean => findings.some((one) => !usual.includes(one));
  const idsOf = (some: readonly PeerTrial[]): readonly string[] => some.map(({ server }) => server.id);
  const good = trials.filter(({ server }) => server.kind === 'faithful');
  const bad = trials.filter(({ server }) => server.kind !== 'faithful');
  const subtle = bad.filter(({ server }) => server.kind === 'subtly faulty');
  const seconds = trials.map((trial) => trial.seconds).toSorted((a, b) => a - b);
  return {
    falseAlarms: idsOf(good.filter(({ findings }) => findings.length > 0)),
    detected: idsOf(bad.filter(isNews)),
    subtleDetected: idsOf(subtle.filter(isNews)),
    of: { faithful: good.length, faulty: bad.length, subtle: subtle.length },
    medianS: seconds[Math.floor(seconds.length / 2)] ?? Number.NaN,
    failures: trials.flatMap(({ server, failed }) => (failed ? [`${server.id}: ${failed}`] : [])),
  };
}

const countLines = (files: Readonly<Record<string, string>>): number =>
  Object.values(files).flatMap((text) => text.split('\n').filter((line) => line.trim() !== '')).length;

function page(all: ReadonlyMap<Peer, readonly PeerTrial[]>, command: string): string {
  const example = { url: 'http://127.0.0.1:9080', user: 'me', password: 'secret' };
  const rows = [...all].map(([peer, trials]) => ({ ...peer, ...score(trials) }));
  const ours = rows.find(({ from }) => from === 'the target')?.detected ?? [];
  const list = (ids: readonly string[]): string => ids.join(', ') || 'none';
  return [
    '# Other tools on the same servers\n',
    `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}.`,
    'The faulty servers are drawn from all that break a `must` clause. A subtle fault shows in no single response: only in',
    'the relation of two responses, or of a response and the clock. A server is detected by a finding that the tool does',
    'not report of the reference too. Lines are those that the user writes for one target; seconds are medians.\n',
    '| from | tool | lines | false alarms | detected | subtle ones detected | seconds |',
    '| --- | --- | --: | --: | --: | --: | --: |',
    ...rows.map(
      ({ from, name, version, files, falseAlarms, detected, subtleDetected, of, medianS }) =>
        `| ${from} | ${name} ${version} | ${countLines(files(example))} | ${falseAlarms.length} of ${of.faithful} | ${detected.length} of ${of.faulty} | ${subtleDetected.length} of ${of.subtle} | ${medianS.toFixed(1)} |`,
    ),
    '',
    ...rows.flatMap(({ name, setup, falseAlarms, detected, subtleDetected, failures }) => [
      `- **${name}**: ${setup}.`,
      `  False alarms: ${list(falseAlarms)}. Subtle ones detected: ${list(subtleDetected)}. Detected by it and not by ours: ${list(detected.filter((id) => !ours.includes(id)))}. Broke down on: ${list(failures)}.`,
    ]),
    '',
  ].join('\n');
}

/** A server of its own for each trial, so that no tool sees what another one left. */
const tryPeer = (peer: Peer, server: PeerServer): Promise<PeerTrial> =>
  inFolder(async (folder) => {
    await using target = await startTarget(server.rules ? { rules: server.rules } : {});
    if (peer.from === 'OpenAPI file') for (const task of liveTasks) target.tasks.create(task);
    const fromMs = performance.now();
    const seconds = (): number => (performance.now() - fromMs) / 1000;
    try {
      return { server, findings: await runPeer(peer, target, folder), seconds: seconds() };
    } catch (error) {
      return { server, findings: [], seconds: seconds(), failed: `${error}`.split('\n', 1).join('') };
    }
  });

const { values } = scriptOptions('npm run bench:peers -- [--faulty N] [--seed N] [--only NAME]', {
  options: {
    faulty: { type: 'string', default: '43' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
  },
});
const { seed, only } = values;
const chosen = peers.filter(({ name }) => only === undefined || only.includes(name));
const all = new Map<Peer, PeerTrial[]>(chosen.map((peer) => [peer, []]));
const servers = [...faithful, ...faulty(Number(values.faulty), Number(seed))];
const turns = servers.flatMap((server) => chosen.map((peer) => ({ server, peer })));
await forEach(turns, 2, async ({ server, peer }) => {
  const trial = await tryPeer(peer, server);
  all.get(peer)?.push(trial);
  console.log(`${peer.name} on ${server.id}: ${trial.failed ?? (trial.findings.join('; ') || 'nothing')}`);
});
const text = page(all, `npm run bench:peers -- --faulty ${values.faulty} --seed ${seed}`);
console.log(text);
if (only === undefined) writeFileSync(new URL('results.md', import.meta.url), text);
