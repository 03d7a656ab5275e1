/** A run of the whole program on one hostile target: what it said, what it left, and what it cost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../harness/http/clock.ts';
import { codeRoot, pathOf } from '../../harness/model/package.ts';
import type { Report } from '../../harness/model/report.ts';
import type { Hostile } from '../../harness/testing/hostile/hostile.ts';
import { startHostile } from '../../harness/testing/hostile/server.ts';

/** The program has so long, and is ended then: a run that is not bounded in time is a finding. */
const limitMs = 180_000;

export const login = { user: 'somebody', password: 'pass"word/of+ours' };

export interface HostileRun {
  /** Null where it had to be ended. */
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
  readonly tookMs: number;
  /** The most memory that the program's process ever held. */
  readonly peakMiB: number;
  /** Undefined where there is none. */
  readonly report: Report | undefined;
  readonly junit: string;
  /** All that it wrote, as text. */
  readonly written: string;
  /** How often another server was asked for something. */
  readonly strayed: number;
}

export async function runOn(hostile: Hostile): Promise<HostileRun> {
  const folder = mkdtempSync(join(tmpdir(), 'crdb-hostile-'));
  await using server = await startHostile(hostile, login, realClock());
  try {
    const ca = join(folder, 'ca.pem');
    if (server.ca !== undefined) writeFileSync(ca, server.ca);
    const told = await program(
      [
        [
          'run',
          '--target',
          server.url,
          '--user',
          login.user,
          '--timeout-s',
          '1',
          '--settle-s',
          '1',
          '--out',
          folder,
        ],
        server.ca === undefined ? [] : ['--ca', ca],
      ].flat(),
      join(folder, 'peak'),
    );
    const text = (name: string): string =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
    const [report, junit, journal] = [text('report.json'), text('junit.xml'), text('journal.ndjson')];
    return {
      ...told,
      peakMiB: Number(text('peak')) / 2 ** 20,
      report: report === '' ? undefined : JSON.parse(report),
      junit,
      written: [report, junit, journal].join('\n'),
      strayed: server.strayed.length,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function program(args: readonly string[], peakFile: string) {
  const { PATH = '', HOME = '' } = process.env;
  const measured = ['--import', pathOf(new URL('bench/peak.ts', codeRoot))];
  const cli = pathOf(new URL('harness/cli.ts', codeRoot));
  const fromMs = performance.now();
  const child = spawn(process.execPath, [...measured, cli, ...args], {
    env: { PATH, HOME, PEAK_FILE: peakFile, CRDB_PASSWORD: login.password },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const [exit] = await once(child, 'close');
  return { exit, ...said, tookMs: performance.now() - fromMs };
}
