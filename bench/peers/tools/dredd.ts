/** Dredd: one request for each answer of the OpenAPI file, with hooks that bring the other codes about. */
import { writeFileSync } from 'node:fs';
import { live, type Peer } from '../peer.ts';
import { npmPackage } from './installed.ts';
import { asOpenApi30 } from './openapi.ts';
import { ran } from './ran.ts';

const version = '14.1.0';

const hooks = `const hooks = require('hooks');
const ids = { 404: 'nobody', 406: '${live.committing}', 409: '${live.stubborn}' };
hooks.beforeEach((transaction, done) => {
  const code = transaction.expected.statusCode;
  if (code === '401') delete transaction.request.headers.Authorization;
  if (ids[code]) transaction.fullPath = transaction.fullPath.replace(/live-[a-z]+/, ids[code]);
  done();
});
`;

const withoutColours = (text: string): string =>
  text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '');

export const dredd: Peer = {
  name: 'Dredd',
  version,
  from: 'OpenAPI and live ids',
  how: 'a copy of the file as OpenAPI 3.0 with an example for each parameter; hooks for 401, 404, 406, 409',
  install: () => npmPackage('dredd', version),
  writes: () => [hooks, `example: ${live.read}\nexample: ${live.cancel}\n`],
  async accuse({ url, user, password }, folder) {
    writeFileSync(`${folder}/hooks.cjs`, hooks);
    writeFileSync(`${folder}/openapi.yaml`, asOpenApi30());
    const { code, output } = await ran(
      `${npmPackage('dredd', version)}.bin/dredd`,
      ['openapi.yaml', url, '--user', `${user}:${password}`, '--hookfiles', './hooks.cjs'],
      { cwd: folder },
    );
    const failed = withoutColours(output).match(/^(fail|error): .*$/gm) ?? [];
    if (code !== 0 && failed.length === 0) throw new Error(`Dredd ended with ${code}: ${output.slice(-500)}`);
    return failed.map((line) => line.replace(/ duration: .*/, ''));
  },
};
