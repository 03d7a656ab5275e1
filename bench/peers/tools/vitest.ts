/** vitest with an OpenAPI matcher: the careful user's requests as a test. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Peer } from '../peer.ts';
import { junitFailures } from './junit-failures.ts';
import { ran } from './ran.ts';

const here = fileURLToPath(new URL('..', import.meta.url));
const files = ['careful.ts', 'careful.spec.ts'];

export const vitest: Peer = {
  name: 'vitest + vitest-openapi',
  version: '5.1.1 + 1.0.3',
  from: 'requests by hand',
  how: 'every answer must satisfy the OpenAPI file; the cancelled task is read again for 10 s',
  install: () => {}, // both are among our own
  writes: () => files.map((file) => readFileSync(`${here}${file}`, 'utf8')),
  async accuse({ url, user, password }, folder) {
    const { code, output } = await ran(
      process.execPath,
      [
        fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url)),
        ...['run', '--root', here, '--config', 'vitest.config.ts', '--no-file-parallelism'],
        ...['--reporter', 'junit', '--outputFile', `${folder}/junit.xml`],
      ],
      { cwd: here, env: { PEER_URL: url, PEER_USER: user, PEER_PASSWORD: password } },
    );
    if (code === 0) return [];
    const failures = junitFailures(readFileSync(`${folder}/junit.xml`, 'utf8'));
    if (failures.length === 0) throw new Error(`vitest ended with ${code}: ${output.slice(-500)}`);
    return failures;
  },
};
