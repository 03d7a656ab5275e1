/** A whole run has as much within reach as `doctor` says, by each provisioner; what permissions and releases put out of reach. */
import { describe, expect, test } from 'vitest';
import type { Listening } from '../reference/http-server.ts';
import type { ReferenceOptions } from '../reference/reference.ts';
import { ran } from '../testing/cli/called.ts';
import { env, reference, said, seenOfAll } from '../testing/cli/doctored.ts';
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
  const one = await seenOfAll({ target: target.url, ...flags });
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

describe('permissions and releases', () => {
  test('a user who may not create databases: what that puts out of reach', async () => {
    await using target = await reference({ crdbs: { role: 'user_manager' } });
    const one = await seenOfAll({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'permission')).toContain('has the role user_manager, which may not create databases');
    const [without, allowed] = one.reaches;
    expect(allowed?.condition).toBe('if databases could be created');
    expect(without?.reachable).toBeLessThan(allowed?.reachable ?? 0);
    expect(without?.beyond).toContain('cancel.queued.accepted');
    expect(allowed?.beyond).not.toContain('cancel.queued.accepted');
    expect(one.exitCode).toBe(0);
  });

  test.each([
    {
      why: 'an unknown role',
      crdbs: { role: 'db_member' },
      flags: { provision: 'crdbs' },
      step: 'permission',
      says: 'can’t see whether it may create databases',
      conditions: [null, 'if no database can be created'],
    },
    {
      why: 'an expired licence',
      crdbs: { licenceExpired: true },
      flags: {},
      step: 'permission',
      says: 'licence has expired',
      conditions: [null, null, 'if databases could be created'],
    },
    {
      why: 'a release that may fail with X-Result-TTL',
      crdbs: { version: '7.8.6-286' },
      flags: { provision: 'crdbs' },
      step: 'version',
      says: 'RS171560',
      conditions: [null, 'if tasks fail with X-Result-TTL (RS171560)'],
    },
  ] as const)('$why', async ({ crdbs, flags, step, says, conditions }) => {
    await using target = await reference({ crdbs });
    const one = await seenOfAll({ target: target.url, ...flags });
    expect(said(one, step)).toContain(says);
    expect(one.reaches.map(({ condition }) => condition)).toEqual(conditions);
  });
});
