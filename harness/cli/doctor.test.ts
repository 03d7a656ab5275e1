/** What a doctor says of a target that could be tested, and of options that no run could be made with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Listening } from '../reference/http-server.ts';
import type { ReferenceOptions } from '../reference/reference.ts';
import { asked, env, login, marks, mock, reference, said, seen } from '../testing/cli/doctored.ts';
import { expectSaid, freshFolder, program, reportIn } from '../testing/cli/program.ts';
import { counting, deadPort } from '../testing/cli/servers.ts';
import type { DoctorFlags } from './doctor.ts';

describe('a target that is in order', () => {
  test('by control: every step is fine, and everything is within reach', async () => {
    await using target = await reference();
    const { code, out } = await asked({ target: target.url });
    expect(code).toBe(0);
    expect(out).not.toContain('problem');
    expect(out).toContain('Nothing prevents a run.');
    expect(out).toContain('A run could test 67 of 67 must clauses (--provision control).');
  });

  test('by crdbs: it looks at the databases, and makes none', async () => {
    await using target = await reference({ crdbs: {} });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(one.exitCode).toBe(0);
    expect(said(one, 'version')).toContain('7.22.2-20, cluster cluster1.local');
    expect(said(one, 'permission')).toContain('has the role admin');
    expect(one.reaches).toMatchObject([{ provision: 'crdbs', condition: null, total: 67 }]);
    expect(target.side?.changing).toEqual([]);
  });

  test('it sends GET and OPTIONS alone, and no credentials before the target has answered without', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    await asked({ target: target.url });
    expect([...new Set(target.requests.map(({ method }) => method))].sort()).toEqual(['GET', 'OPTIONS']);
    expect(target.requests[0]?.headers.authorization).toBeUndefined();
  });

  /** With tasks of others on it. */
  const busy = async (more: Partial<ReferenceOptions> = {}) => {
    const target = await reference(more);
    for (const phase of ['running', 'running', 'finished'] as const) target.tasks.create({ phase });
    return target;
  };
  const open = () =>
    counting((response) => {
      const isList = response.req.url === '/v1/crdb_tasks';
      response
        .writeHead(isList ? 200 : 404, { 'content-type': 'application/json' })
        .end(isList ? '[]' : '{}');
    });

  test.each<{ by: string; server: () => Promise<Listening & AsyncDisposable>; flags: DoctorFlags }>([
    { by: 'control', server: busy, flags: {} },
    { by: 'none', server: busy, flags: { provision: 'none' } },
    { by: 'none, without a login', server: open, flags: { provision: 'none', auth: false } },
    {
      by: 'crdbs, as a user who may create no database',
      server: () => busy({ crdbs: { role: 'user_manager' } }),
      flags: { provision: 'crdbs' },
    },
  ])(
    'what it says is within reach, a run by $by has within reach, and breaks nothing',
    async ({ server, flags }) => {
      await using target = await server();
      const one = await seen({ target: target.url, ...flags });
      const cwd = freshFolder();
      const args = [
        ...(flags.provision ? ['--provision', flags.provision] : []),
        ...(flags.auth === false ? ['--no-auth'] : []),
      ];
      expectSaid(await program(['run', '--target', target.url, ...args], { env, cwd }), 0, []);
      const { verdict, summary } = reportIn(cwd);
      const { must, fail } = summary;
      expect([verdict, fail]).toEqual(['incomplete', 0]);
      expect(one.reaches[0]).toMatchObject({ reachable: must.reachable, total: must.total });
      expect(one.reaches[0]?.beyond).toHaveLength(must.total - must.reachable);
    },
  );
});

describe('what a login may do', () => {
  test('a user without the permission is told what can’t be tested for want of it', async () => {
    await using target = await reference({ crdbs: { role: 'user_manager' } });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'permission')).toContain('has the role user_manager, which may not create databases');
    const [without, allowed] = one.reaches;
    expect(allowed?.condition).toBe('if databases could be created');
    expect(without?.reachable).toBeLessThan(allowed?.reachable ?? 0);
    expect(without?.beyond).toContain('cancel.queued.accepted');
    expect(allowed?.beyond).not.toContain('cancel.queued.accepted');
    expect(one.exitCode).toBe(0);
  });

  test('where the role isn’t shown, both are told', async () => {
    await using target = await reference({ crdbs: { role: 'db_member' } });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'permission')).toContain('can’t see whether it may create databases');
    expect(one.reaches.map(({ condition }) => condition)).toEqual([null, 'if no database can be created']);
  });

  test('a licence that has run out', async () => {
    await using target = await reference({ crdbs: { licenceExpired: true } });
    const one = await seen({ target: target.url });
    expect(said(one, 'permission')).toContain('licence has expired');
    expect(one.reaches.map(({ condition }) => condition)).toEqual([
      null,
      null,
      'if databases could be created',
    ]);
  });

  test('a release that may fail with X-Result-TTL is told of', async () => {
    await using target = await reference({ crdbs: { version: '7.8.6-286' } });
    const one = await seen({ target: target.url, provision: 'crdbs' });
    expect(said(one, 'version')).toContain('RS171560');
    expect(one.reaches[1]?.condition).toBe('if tasks fail with X-Result-TTL (RS171560)');
  });
});

describe('options that no run could be made with', () => {
  test('a provisioner that the target does not have', async () => {
    await using target = await counting((response) => mock({ response, more: () => false }));
    const one = await seen({ target: target.url, provision: 'control' });
    expect([one.exitCode, marks(one).provisioner, one.reaches]).toEqual([2, 'problem', []]);
    expect((await asked({ target: target.url, provision: 'crdbs' })).out).toContain(
      'As it is, a run is not possible.',
    );
  });

  test('a database that there is not', async () => {
    await using target = await reference({ crdbs: {} });
    target.side?.databases.plant({ name: 'theirs' }, 'guid-1');
    const one = await seen({ target: target.url, crdb: 'guid-2' });
    expect([one.exitCode, said(one, 'provisioner')]).toEqual([2, expect.stringContaining('guid-1 (theirs)')]);
  });

  test('tasks that are handed over, and gone', async () => {
    await using target = await reference();
    const { id } = target.tasks.create({ phase: 'running' });
    const one = await seen({ target: target.url, provision: 'fixed', tasks: { running: [id, 'gone-1'] } });
    expect(said(one, 'provisioner')).toContain('does not know 1 of the 2 configured tasks: gone-1');
    expect(one.exitCode).toBe(0);
    expect((await seen({ target: target.url, provision: 'fixed' })).exitCode).toBe(2);
  });

  test('a program that makes tasks is not started', async () => {
    await using target = await reference();
    const one = await seen({ target: target.url, command: 'exit 99' });
    expect(said(one, 'provisioner')).toContain('not tried');
  });

  test('Ctrl-C ends it', async () => {
    await using target = await reference();
    const { code, out } = await asked({ target: target.url }, env, AbortSignal.abort());
    expect([code, out]).toEqual([130, `${target.url}\n`]);
  });

  test('no target', async () => {
    await expect(asked({})).rejects.toThrow('No target is given.');
  });
});

test('of a fleet each target is looked at by its own options, and the worst is what it ends with', async () => {
  await using target = await reference();
  const config = join(freshFolder(), 'fleet.yaml');
  writeFileSync(
    config,
    `user: somebody\ntargets:\n  - { name: a, target: "${target.url}" }\n  - { name: b, target: "${target.url}", user: nobody }\n`,
  );
  const { code, out } = await asked({ config }, { CRDB_PASSWORD: login.password });
  expect(code).toBe(3);
  expect(out).toMatch(/^a: http[\s\S]*67 of 67[\s\S]*^b: http[\s\S]*refused the login of nobody/m);
});

test('as a program it tells a target in order with 0, and one that is not there with 3', async () => {
  await using target = await reference();
  expectSaid(await program(['doctor', '--target', target.url], { env }), 0, []);
  expectSaid(await program(['doctor', '--target', `http://127.0.0.1:${await deadPort()}`], { env }), 3, []);
  expectSaid(await program(['doctor', '--target', 'here'], { env }), 2, ['is not a URL']);
});
