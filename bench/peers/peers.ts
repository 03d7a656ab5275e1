/** `npm run bench:peers`: other tools on the same faithful and wrong servers, and results.md and a part of the README made from it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { realClock } from '../../harness/http/clock.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { inReadme, page, summary } from './page.ts';
import { liveTasks, type Peer } from './peer.ts';
import { linesIn, score, type Trial } from './score.ts';
import { faithful, type Server, wrong } from './servers.ts';
import { notToBeHad, peers } from './tools/all.ts';

const { values } = parseArgs({
  options: {
    wrong: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '25' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', multiple: true },
  },
});
const { jobs, minutes, only, seed } = values;
const servers = [...faithful, ...wrong(Number(values.wrong), Number(seed))];
/** No further server is begun after that. */
const untilMs = performance.now() + Number(minutes) * 60_000;

/** A server of its own for each tool, so that none meets what another has left. */
async function tried(peer: Peer, server: Server): Promise<Trial> {
  await using cluster = await startReference({
    clock: realClock(),
    rules: server.rules,
    epochMs: Date.now(),
  });
  if (peer.from === 'OpenAPI and live ids') for (const task of liveTasks) cluster.tasks.create(task);
  const folder = mkdtempSync(join(tmpdir(), 'crdb-peer-'));
  const fromMs = performance.now();
  const seconds = (): number => (performance.now() - fromMs) / 1000;
  try {
    const accused = await peer.accuse(cluster, folder);
    return { server, accused, seconds: seconds() };
  } catch (error) {
    return { server, accused: [], seconds: seconds(), failed: `${error}`.split('\n', 1).join('') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const missing = [...notToBeHad];
const at = { url: 'http://127.0.0.1:9080', user: 'admin@cluster.local', password: 'secret' };
const asked = peers.filter(({ name }) => only === undefined || only.includes(name));
const there = asked.filter((peer) => {
  try {
    peer.install();
    return true;
  } catch (error) {
    missing.push({ name: peer.name, why: `it could not be installed: ${error}`.split('\n', 1).join('') });
    return false;
  }
});

const trials = new Map<Peer, Trial[]>(there.map((peer) => [peer, []]));
const waiting = [...servers];
const begun: Server[] = [];
const turns: { readonly server: Server; readonly peer: Peer }[] = [];

function nextTurn(): (typeof turns)[number] | undefined {
  if (turns.length === 0 && performance.now() < untilMs) {
    const server = waiting.shift();
    if (!server) return undefined;
    begun.push(server);
    turns.push(...there.map((peer) => ({ server, peer })));
  }
  return turns.shift();
}

const work = async (): Promise<void> => {
  for (let turn = nextTurn(); turn; turn = nextTurn()) {
    const { server, peer } = turn;
    const trial = await tried(peer, server);
    trials.get(peer)?.push(trial);
    const said = trial.failed ?? (trial.accused.join('; ') || 'nothing');
    console.log(
      `${begun.length}/${servers.length} ${peer.name} on ${server.id} (${trial.seconds.toFixed(1)} s): ${said.slice(0, 200)}`,
    );
  }
};
await Promise.all(Array.from({ length: Number(jobs) }, work));
const rows = there.map((peer) => ({
  peer,
  lines: linesIn(peer.writes(at)),
  score: score(trials.get(peer) ?? []),
}));

const text = page(rows, missing, { seed: Number(seed), jobs: Number(jobs), servers: begun });
console.log(text);
if (only === undefined) {
  const readme = new URL('../../README.md', import.meta.url);
  writeFileSync(new URL('./results.md', import.meta.url), text);
  writeFileSync(readme, inReadme(readFileSync(readme, 'utf8'), summary(rows)));
}
