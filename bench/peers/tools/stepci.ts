/** StepCI: the careful user's requests as its YAML. */
import { writeFileSync } from 'node:fs';
import type { Peer } from '../peer.ts';
import { stepCiFile } from './by-hand.ts';
import { npmPackage } from './installed.ts';
import { ran } from './ran.ts';

const version = '2.8.2';

export const stepci: Peer = {
  name: 'StepCI',
  version,
  from: 'requests by hand',
  how: 'codes, ids, statuses and a JSON schema of what is required; it can not ask again until something has come about',
  install: () => npmPackage('stepci', version),
  writes: (target) => [stepCiFile(target)],
  async accuse(target, folder) {
    writeFileSync(`${folder}/careful.stepci.yaml`, stepCiFile(target));
    const { code, output } = await ran(
      `${npmPackage('stepci', version)}.bin/stepci`,
      ['run', 'careful.stepci.yaml'],
      { cwd: folder, env: { STEPCI_DISABLE_ANALYTICS: '1' } },
    );
    if (code === 0) return [];
    const failed = [...output.matchAll(/✕ (\S+) failed/g)].map(([, id = '']) => id);
    if (failed.length === 0) throw new Error(`StepCI ended with ${code}: ${output.slice(-500)}`);
    return failed;
  },
};
