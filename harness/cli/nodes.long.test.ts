import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { startReference } from '../reference/reference.ts';
import { expectSaid, freshFolder, program, reportIn } from '../testing/cli/program.ts';
import { counting, deadPort } from '../testing/cli/servers.ts';

const env = { CRDB_PASSWORD: 'a-password', CRDB_USER: 'somebody' };
const login = { user: env.CRDB_USER, password: env.CRDB_PASSWORD };
const cluster = (crdbs?: { readonly master: string }) =>
  startReference({ clock: realClock(), epochMs: Date.now(), ...login, ...(crdbs ? { crdbs } : {}) });

async function asked(...args: readonly string[]) {
  const cwd = freshFolder();
  return { ended: await program(['run', '--clause', 'read.status.200', ...args], { env, cwd }), cwd };
}

describe.concurrent('nodes of one cluster', () => {
  test('the run is on the first that answers and is no follower; the report says which', async () => {
    await using master = await cluster();
    await using follower = await cluster({ master: master.url });
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const { ended, cwd } = await asked('--target', dead, '--node', follower.url, master.url);
    expectSaid(ended, 0, [`${dead} can't be tested`, 'it answered 307', `The run is on ${master.url} alone`]);
    const { target, run } = reportIn(cwd);
    expect(target).toMatchObject({ url: `${master.url}/`, name: new URL(dead).host });
    expect(run.settings).toMatchObject({ nodes: [dead, follower.url, master.url].join(', ') });
  });

  test('a master whose host is named is followed to, with the login', async () => {
    await using master = await cluster();
    await using follower = await cluster({ master: master.url });
    const { ended, cwd } = await asked('--target', follower.url, '--follow-leader', new URL(master.url).host);
    expectSaid(ended, 0, [`The run is on ${master.url} alone`]);
    expect(reportIn(cwd).target.url).toBe(`${master.url}/`);
  });

  test('one that is not named is sent nothing at all', async () => {
    await using stranger = await counting((response) => response.end('[]'));
    await using follower = await cluster({ master: stranger.url });
    const { ended } = await asked('--target', follower.url, '--follow-leader', '127.0.0.1:1');
    expectSaid(ended, 3, ['it answered 307', '--follow-leader']);
    expect(stranger.requests).toEqual([]);
  });

  test('a bad address of a node, or a host that is none, is told before anything is sent', async () => {
    await using master = await cluster();
    expectSaid((await asked('--target', master.url, '--node', 'here')).ended, 2, [
      '--node here is not a URL',
    ]);
    const followed = await asked('--target', master.url, '--follow-leader', 'https://a');
    expectSaid(followed.ended, 2, ['--follow-leader https://a is not a host']);
  });
});
