/** Clusters in containers as a user boots them. They need a Docker daemon, which `.ci/run` starts where it can. */
import { spawnSync } from 'node:child_process';
import { on } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Fleet } from '../../reports/fleet.ts';
import { fleetProblem } from '../../reports/validate.ts';
import { version } from '../model/package.ts';
import { selfSigned } from '../reference/certificate.ts';
import { docker, imageRunning, noDocker, referenceImage, whereDocker } from '../testing/cli/images.ts';
import { expectSaid, program, reportIn, type StartedProgram, start } from '../testing/cli/program.ts';
import { freshFolder } from '../testing/temporary-folder.ts';

const quick = ['--clause', 'read.status.404'];
const run = (...args: readonly string[]) => {
  const cwd = freshFolder();
  return program(['run', ...args], { cwd }).then((ended) => ({ ...ended, cwd }));
};

/** The containers with the label of this program, by their names. */
const labelled = (): readonly string[] =>
  docker(['ps', '--all', '--filter', 'label=crdb-conformance', '--format', '{{.Names}}'])
    .split('\n')
    .filter((name) => name !== '');

/** What an earlier test run that was killed left on this daemon. */
const leftBefore = noDocker === undefined ? labelled() : [];

/** The containers that these tests left. */
const left = (): readonly string[] => labelled().filter((name) => !leftBefore.includes(name));

describe.skipIf(noDocker !== undefined)(`a cluster in a container${whereDocker}`, () => {
  let reference = '';
  beforeAll(() => {
    reference = referenceImage();
  });

  test('is booted, tested as a real cluster is, and removed', async () => {
    const ended = await run('--container', reference, ...quick);
    expectSaid(ended, 0, [
      'booting',
      'the API answers; creating the cluster',
      'the cluster is ready; testing starts',
    ]);
    const { target, run: about, clauses } = reportIn(ended.cwd);
    expect(target).toMatchObject({ name: reference, provisioner: 'crdbs' });
    expect(target.url).toMatch(/^https:\/\/[\d.]+:\d+\/$/);
    expect(about.settings).toMatchObject({ insecure: true });
    expect(clauses.find(({ id }) => id === 'read.status.404')?.verdict).toBe('pass');
    expect(ended.err).not.toContain('--insecure');
    expect(left()).toEqual([]);
  });

  test('has a login that is written down nowhere', async () => {
    const ended = await run('--container', reference, ...quick);
    const folder = join(ended.cwd, 'reports/out');
    const written = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    // How every password begins that is made for a container.
    for (const text of [ended.out, ended.err, ...written]) expect(text).not.toContain('Aa1-');
    expect(written.join('')).toContain('read.status.404');
  });

  test('runs as any user, in the image of the Dockerfile', () => {
    const uid = ['run', '--rm', '--entrypoint', 'node', reference, '--print', 'process.getuid()'];
    expect(docker(uid)).toBe('1000');
  });

  test('the image of the Dockerfile is the whole program, where only /tmp can be written', () => {
    const args = ['run', '--rm', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', reference];
    expect(docker([...args, 'run', '--out', '/tmp/out', '--clause', 'list'])).toContain('CONFORMANT');
    // By its name, as a script in a pod calls it; this base has no /usr/bin/env for the line at its top.
    const byName = ['--entrypoint', 'node', reference, '/usr/local/bin/crdb-conformance', '--version'];
    expect(docker(['run', '--rm', ...byName])).toBe(version);
  });

  test.each([
    {
      image: 'ends-at-once',
      code: `console.log('looking for a licence'); console.error('no licence \\u001b[2J'); process.exit(3);`,
      says: [
        'did not become a cluster: it ended with exit code 3',
        '  looking for a licence',
        '  no licence \\u{1b}[2J',
      ],
    },
    {
      image: 'says-nothing',
      code: 'process.exit(0)',
      says: ['it ended with exit code 0', 'It printed nothing.'],
    },
  ])(
    'one that does not come is reported with its last lines, and removed: $image',
    async ({ image, code, says }) => {
      const ended = await run('--container', imageRunning(image, code));
      expectSaid(ended, 3, says);
      expect(ended.err).not.toContain('\u001b');
      expect(left()).toEqual([]);
    },
  );

  test('what it says of its login is not said again', async () => {
    const image = imageRunning(
      'tells-all',
      `import { createServer } from 'node:https';
      createServer(${JSON.stringify(await selfSigned('localhost'))}, async (request, response) => {
        const body = (await request.toArray()).join('');
        if (body !== '') { console.log('was told ' + body); process.exit(1); }
        response.setHeader('Content-Type', 'application/json');
        response.end('{"bootstrap_status":{"state":"idle"}}');
      }).listen(9443);`,
    );
    const ended = await run('--container', image);
    expectSaid(ended, 3, ['it ended with exit code 1', '"password":"[redacted]"']);
    expect(ended.err).not.toContain('Aa1-');
  });

  test('an image that isn’t there: exit 3, and what the daemon says', async () => {
    const ended = await run('--container', 'localhost:1/no-such/image:1');
    expectSaid(ended, 3, ['localhost:1/no-such/image:1 can’t be pulled: ', 'registry can’t be reached']);
  });

  test('an image that can’t be started', async () => {
    docker(
      ['build', '--quiet', '--tag', 'crdb-conformance-test:no-such-program', '-'],
      `FROM ${reference}\nENTRYPOINT ["/no-such-program"]\n`,
    );
    expectSaid(await run('--container', 'crdb-conformance-test:no-such-program'), 3, [
      'can’t be started',
      '/no-such-program',
    ]);
    expect(left()).toEqual([]);
  });

  describe('Ctrl-C removes it: exit code 130', () => {
    test.each(['booting', 'creating the cluster', 'testing starts'])('once it said “%s”', async (step) => {
      const running = start(['run', '--container', reference], { cwd: freshFolder() });
      await said(running, step);
      running.child.kill('SIGINT');
      expectSaid(await running.ended, 130, []);
      expect(left()).toEqual([]);
    });
  });

  test('what a kill -9 leaves is reported by the next run, with the line that removes it', async () => {
    const killed = start(['run', '--container', reference], { cwd: freshFolder() });
    await said(killed, 'testing starts');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const [name = ''] = left();
    const next = await run('--container', reference, ...quick);
    docker(['rm', '--force', '--volumes', ...left()]);
    expectSaid(next, 0, [
      `the container ${name} is left over from a run that was killed. Remove it: docker rm`,
    ]);
  });

  test('several versions are tested one after another, and held against each other', async () => {
    const wrong = 'crdb-conformance-test:wrong';
    const command = ['--bare-node', '--tls', '--host', '0.0.0.0', '--port', '9443'];
    docker(
      ['build', '--quiet', '--tag', wrong, '-'],
      `FROM ${reference}\nCMD ${JSON.stringify(['reference', '--mutant', 'read-unknown-is-410', ...command])}\n`,
    );
    const config = join(freshFolder(), 'versions.yaml');
    const target = (name: string) => `  - { name: ${name}, container: "crdb-conformance-test:${name}" }`;
    writeFileSync(config, ['targets:', ...['reference', 'gone', 'wrong'].map(target), ''].join('\n'));
    const ended = await run('--config', config, '--targets-at-once', '1', ...quick);
    expectSaid(ended, 1, ['1 of 3: reference', '2 of 3: gone not tested', '3 of 3: wrong']);
    const fleet: Fleet = JSON.parse(readFileSync(join(ended.cwd, 'reports/out/fleet.json'), 'utf8'));
    expect(fleetProblem(fleet)).toBeUndefined();
    expect(fleet.targets.map(({ name, url, exitCode }) => ({ name, url, exitCode }))).toEqual([
      { name: 'reference', url: 'docker://crdb-conformance-test:reference', exitCode: 0 },
      { name: 'gone', url: 'docker://crdb-conformance-test:gone', exitCode: 3 },
      { name: 'wrong', url: 'docker://crdb-conformance-test:wrong', exitCode: 1 },
    ]);
    expect(fleet.targets[1]?.problem).toContain('can’t be pulled');
    expect(ended.out).toMatch(/^broken somewhere +reference +wrong\nread\.status\.404 +pass +fail$/m);
    expect(left()).toEqual([]);
  });
});

/** Until a run tells how it goes on; a run that has ended won't. */
async function said({ child }: StartedProgram, words: string): Promise<void> {
  let output = '';
  for await (const [text] of on(child.stderr, 'data', { close: ['end'] })) {
    output += text;
    if (output.includes(words)) return;
  }
}

describe.concurrent('before anything is booted, exit 2:', () => {
  test.for<{ args: readonly string[]; says: readonly string[]; env?: Readonly<Record<string, string>> }>([
    {
      args: ['--container', 'a:1', '--target', 'http://h'],
      says: ['A container is a target of its own (flag --container), and flag --target contradicts it.'],
    },
    {
      args: ['--container', 'a:1'],
      env: { CRDB_TARGET: 'http://h' },
      says: ['environment CRDB_TARGET contradicts it'],
    },
    { args: ['--container', 'a:1', '--provision', 'control'], says: ['flag --provision'] },
    { args: ['--container', 'a:1', '--password-from', 'file:pw'], says: ['flag --password-from'] },
    { args: ['--container', 'a:1', '--no-auth'], says: ['flag --no-auth'] },
    { args: ['--container', '--rm'], says: ['--container'] },
    { args: ['--container', 'a b'], says: ['--container a b is not the name of an image'] },
    { args: ['--container', 'a:1', '--clause', 'read.status.40'], says: ['Did you mean read.status.40'] },
  ])('$args', async ({ args, says, env = {} }) => {
    expectSaid(await program(['run', ...args], { cwd: freshFolder(), env }), 2, says);
  });
});

test('--dry-run boots nothing, and tells what would be', async () => {
  const { code, out } = await run('--container', 'redislabs/redis:7.4', '--dry-run', ...quick);
  expect(code).toBe(0);
  expect(out).toContain('The run would start redislabs/redis:7.4, send POST /v1/bootstrap');
  expect(out).toContain('POST /v1/crdbs');
});

/** Runs the program with somebody who is asked before each module of Docker's is loaded. */
function hooked(atLoad: string, ...args: readonly string[]) {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, about, next) {
      if (/^(testcontainers|dockerode)$/.test(name)) { ${atLoad} }
      return next(name, about);
    } });`;
  return spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, 'harness/cli.js', 'run', ...args],
    { encoding: 'utf8' },
  );
}

test('who boots no container loads nothing for it', () => {
  const loads = (...args: readonly string[]): string =>
    hooked("console.error('loaded ' + name);", ...args).stderr;
  expect(loads('--help')).not.toContain('loaded');
  expect(loads('--out', freshFolder(), ...quick)).not.toContain('loaded');
  expect(loads('--out', freshFolder(), '--container', 'localhost:1/none:1')).toContain(
    'loaded testcontainers',
  );
});

test('without testcontainers the program says what to install: exit 2', () => {
  const missing = "throw Object.assign(new Error(name), { code: 'ERR_MODULE_NOT_FOUND' });";
  const { status, stderr } = hooked(missing, '--out', freshFolder(), '--container', 'a:1');
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(
      /^Containers need the package testcontainers.*\nnpm install --save-dev testcontainers.*\n$/,
    ),
  ]);
});
