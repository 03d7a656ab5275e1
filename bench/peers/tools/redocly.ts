/** Redocly respect: the careful user's requests as an Arazzo workflow; the OpenAPI file is judged along with it. */
import { writeFileSync } from 'node:fs';
import type { Peer } from '../peer.ts';
import { arazzoFile } from './by-hand.ts';
import { npmPackage } from './installed.ts';
import { openApiFile } from './openapi.ts';
import { ran } from './ran.ts';

const version = '2.77.0';

export const redocly: Peer = {
  name: 'Redocly respect',
  version,
  from: 'requests by hand',
  how: 'Arazzo 1.0.1; a failed step goes on to the next, the cancelled task is read again for 10 s',
  install: () => npmPackage('@redocly/cli', version),
  writes: (target) => [arazzoFile(target, openApiFile)],
  async accuse(target, folder) {
    writeFileSync(`${folder}/careful.arazzo.yaml`, arazzoFile(target, openApiFile));
    const { code, output } = await ran(
      `${npmPackage('@redocly/cli', version)}.bin/redocly`,
      ['respect', 'careful.arazzo.yaml', '--server', `api=${target.url}`],
      { cwd: folder, env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
    );
    if (code === 0) return [];
    const failed = [...output.matchAll(/^\s*stepId - (\S+)/gm)].map(([, id = '']) => id);
    if (failed.length === 0) throw new Error(`Redocly ended with ${code}: ${output.slice(-500)}`);
    return failed;
  },
};
