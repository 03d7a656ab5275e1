/** Schemathesis: properties from the schema, in all its phases, with the two ids that its user would name. */
import { readFileSync, writeFileSync } from 'node:fs';
import { live, type Peer } from '../peer.ts';
import { pythonPackage } from './installed.ts';
import { junitFailures } from './junit-failures.ts';
import { with400OfRead } from './openapi.ts';
import { ran } from './ran.ts';

const version = '4.32.5';

const config = `[[operations]]
include-operation-id = "readTask"
parameters = { task_id = "${live.read}" }

[[operations]]
include-operation-id = "cancelTask"
parameters = { task_id = "${live.cancel}" }
`;

/**
 * Left out, for they accuse servers that are right: a valid request may be refused (a task that is cancelled can't be
 * cancelled twice), and an invalid `force` or `verbose` may be ignored.
 */
const unfair = 'positive_data_acceptance,negative_data_rejection';

export const schemathesis: Peer = {
  name: 'Schemathesis',
  version,
  from: 'OpenAPI and live ids',
  how: `a copy of the file with 400 for reads; all checks but ${unfair.replace(',', ' and ')}; all phases, 20 examples, deterministic`,
  install: () => pythonPackage('schemathesis', version),
  writes: () => [config, '"400":\n  description: Malformed.'],
  async accuse({ url, user, password }, folder) {
    writeFileSync(`${folder}/schemathesis.toml`, config);
    writeFileSync(`${folder}/openapi.yaml`, with400OfRead());
    const bin = pythonPackage('schemathesis', version);
    const { code, output } = await ran(
      `${bin}st`,
      [
        ...[
          '--config-file',
          'schemathesis.toml',
          'run',
          'openapi.yaml',
          '--url',
          url,
          '--auth',
          `${user}:${password}`,
        ],
        ...[
          '--checks',
          'all',
          '--exclude-checks',
          unfair,
          '--max-examples',
          '20',
          '--generation-deterministic',
        ],
        ...['--continue-on-failure', '--report', 'junit', '--report-junit-path', 'junit.xml'],
      ],
      { cwd: folder },
    );
    if (code === 0) return [];
    if (code !== 1) throw new Error(`Schemathesis ended with ${code}: ${output.slice(-500)}`);
    return junitFailures(readFileSync(`${folder}/junit.xml`, 'utf8'), /ST\d{3} [^\n]*|\[\d{3}\]/g);
  },
};
