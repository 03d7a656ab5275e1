/** A whole run has as much within reach as `doctor` says, by each provisioner. */
import { expect, test } from 'vitest';
import type { Listening } from '../reference/http-server.ts';
import type { ReferenceOptions } from '../reference/reference.ts';
import { ran } from '../testing/cli/called.ts';
import { env, reference, seen } from '../testing/cli/doctored.ts';
import { expectSaid, reportIn } from '../testing/cli/program.ts';
import { counting } from '../testing/cli/servers.ts';
import type { DoctorFlags } from './doctor.ts';

/** A cluster with tasks of others on it. */
async function busy(more: Partial<ReferenceOptions> = {}) {
  const target = await reference(more);
  for (const phase of ['running', 'running', 'finished'] as const) target.tasks.create({ phase });
  return target;
}

const withoutLogin = () =>
  counting((response) => {
    const isList = response.req.url === '/v1/crdb_tasks';
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' }).end(isList ? '[]' : '{}');
  });

test.each<{ by: string; server: () => Promise<Listening & AsyncDisposable>; flags: DoctorFlags }>([
  { by: 'control', server: busy, flags: {} },
  { by: 'none', server: busy, flags: { provision: 'none' } },
  { by: 'none, without a login', server: withoutLogin, flags: { provision: 'none', auth: false } },
  {
    by: 'crdbs, as a user who may create no database',
    server: () => busy({ crdbs: { role: 'user_manager' } }),
    flags: { provision: 'crdbs' },
  },
])('by $by', async ({ server, flags }) => {
  await using target = await server();
  const one = await seen({ target: target.url, ...flags });
  const args = [
    ...(flags.provision ? ['--provision', flags.provision] : []),
    ...(flags.auth === false ? ['--no-auth'] : []),
  ];
  const ended = await ran(['--target', target.url, ...args], { env });
  expectSaid(ended, 0, []);
  const { verdict, summary } = reportIn(ended.folder);
  const { must, fail } = summary;
  expect([verdict, fail]).toEqual(['incomplete', 0]);
  expect(one.reaches[0]).toMatchObject({ reachable: must.reachable, total: must.total });
  expect(one.reaches[0]?.beyond).toHaveLength(must.total - must.reachable);
});
