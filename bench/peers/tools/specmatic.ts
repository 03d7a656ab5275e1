/** Specmatic: contract tests from the OpenAPI file, with an example for each answer that its user can bring about. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basic, live, type Peer, type Target } from '../peer.ts';
import { npmPackage } from './installed.ts';
import { junitFailures } from './junit-failures.ts';
import { bodiesAsJson } from './openapi.ts';
import { ran } from './ran.ts';

const version = '2.55.1';

const one = (id: string) => `/v1/crdb_tasks/${id}`;
const cancel = (id: string) => `${one(id)}/actions/cancel`;
const task = { id: live.read, status: 'started' };

/** Code, method and path of each, and the body of a 200. */
const wanted: readonly (readonly [number, string, string, unknown?])[] = [
  [200, 'GET', '/v1/crdb_tasks', [task]],
  [200, 'GET', one(live.read), task],
  [404, 'GET', one('nobody')],
  [200, 'POST', cancel(live.cancel)],
  [404, 'POST', cancel('nobody')],
  [406, 'POST', cancel(live.committing)],
  [409, 'POST', cancel(live.stubborn)],
];

const examples = (target: Target): readonly string[] =>
  wanted.map(([status, method, path, body]) =>
    JSON.stringify(
      {
        'http-request': { method, path, headers: { Authorization: basic(target) } },
        'http-response': {
          status,
          ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body }),
        },
      },
      null,
      2,
    ),
  );

export const specmatic: Peer = {
  name: 'Specmatic',
  version,
  from: 'OpenAPI and live ids',
  how: 'a copy of the file with `application/json` for `*/*`; --strict, so that only the examples are asked; one for each code but 401',
  install: () => npmPackage('specmatic', version),
  writes: examples,
  async accuse(target, folder) {
    mkdirSync(`${folder}/examples`);
    for (const [index, text] of examples(target).entries())
      writeFileSync(`${folder}/examples/${index}.json`, text);
    writeFileSync(`${folder}/openapi.yaml`, bodiesAsJson());
    const jar = `${npmPackage('specmatic', version)}specmatic/specmatic.jar`;
    const { code, output } = await ran(
      'java',
      [
        ...['-XX:TieredStopAtLevel=1', '-jar', jar, 'test', 'openapi.yaml', `--testBaseURL=${target.url}`],
        ...['--examples=examples', '--strict', '--junitReportDir=report'],
      ],
      { cwd: folder, env: { basic: basic(target).slice('Basic '.length) } },
    );
    if (code === 0) return [];
    const reports = readdirSync(`${folder}/report`).map((file) =>
      readFileSync(`${folder}/report/${file}`, 'utf8'),
    );
    const failures = reports.flatMap((xml) => junitFailures(xml));
    if (failures.length === 0) throw new Error(`Specmatic ended with ${code}: ${output.slice(-500)}`);
    return failures;
  },
};
