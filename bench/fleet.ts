/** A fleet of reference clusters in this process, and the program that tests them in another. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../harness/http/clock.ts';
import { startReference } from '../harness/reference/reference.ts';

export interface FleetCost {
  readonly seconds: number;
  readonly peakMiB: number;
}

/** @throws {Error} a target was not found conformant: a fleet that hurries is none */
export async function fleetCost(targets: number): Promise<FleetCost> {
  const folder = mkdtempSync(join(tmpdir(), 'crdb-bench-fleet-'));
  const login = { user: 'somebody', password: 'a-password' };
  const servers = await Promise.all(
    Array.from({ length: targets }, () =>
      startReference({ clock: realClock(), epochMs: Date.now(), ...login }),
    ),
  );
  try {
    const rows = servers.map(({ url }, at) => ({ name: `t${at}`, target: url }));
    const config = join(folder, 'fleet.yaml');
    writeFileSync(config, JSON.stringify({ user: login.user, requireComplete: true, targets: rows }));
    const begun = performance.now();
    const args = [
      '--import',
      './bench/peak.ts',
      'harness/cli.ts',
      'run',
      '--config',
      config,
      '--out',
      folder,
    ];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, CRDB_PASSWORD: login.password, PEAK_FILE: join(folder, 'peak') },
      stdio: 'ignore',
    });
    const [code] = await once(child, 'close');
    const seconds = (performance.now() - begun) / 1000;
    if (code !== 0) throw new Error(`a fleet of ${targets} reference clusters ended with ${code}`);
    return { seconds, peakMiB: Number(readFileSync(join(folder, 'peak'), 'utf8')) / 2 ** 20 };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true });
  }
}
