/** This program, asked like the others: as a process, in real time, by its command line. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Peer } from '../peer.ts';
import { ran } from './ran.ts';

const cli = fileURLToPath(new URL('../../../harness/cli.ts', import.meta.url));
const where = ({ url, user }: { readonly url: string; readonly user: string }): readonly string[] => [
  'run',
  ...['--target', url, '--user', user],
];

interface Told {
  readonly clauses: readonly { readonly id: string; readonly verdict: string }[];
}

export const ours: Peer = {
  name: 'crdb-conformance',
  version: 'this checkout',
  from: 'the target',
  how: 'profile quick, tasks by the control protocol',
  install: () => {},
  writes: (target) => [`crdb-conformance ${where(target).join(' ')}`],
  async accuse(target, folder) {
    const { code, output } = await ran(process.execPath, [cli, ...where(target), '--out', folder], {
      cwd: folder,
      env: { CRDB_PASSWORD: target.password },
    });
    if (code === 0) return [];
    if (code !== 1) throw new Error(`It ended with ${code}: ${output.slice(-500)}`);
    const told: Told = JSON.parse(readFileSync(`${folder}/report.json`, 'utf8'));
    return told.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  },
};
