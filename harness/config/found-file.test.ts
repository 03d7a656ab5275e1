// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file's variables look like that
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { expectSaid, program } from '../testing/cli/program.ts';
import { freshFolder } from '../testing/temporary-folder.ts';
import { chosenOptions } from './chosen-options.ts';
import { refuseUntrusted } from './found-file.ts';

const name = 'crdb-conformance.config.yaml';

function refusal(text: string): unknown {
  try {
    refuseUntrusted(name, text, parse(text));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** `doctor --print-config ARGS` in a folder with this file. */
function printed(text: string, args: readonly string[] = [], file = name) {
  const cwd = freshFolder();
  writeFileSync(join(cwd, file), text);
  return program(['doctor', '--print-config', ...args], {
    cwd,
    env: { CRDB_HOST: 'cluster', CRDB_PASSWORD: 'x' },
  });
}

describe('a configuration file that was found and not named', () => {
  test.each([
    { line: 'command: ./evil', says: 'command runs a program' },
    { line: 'container: evil/image', says: 'container starts a container' },
    { line: 'proxy: http://evil', says: 'proxy sends the requests through another host' },
    { line: 'insecure: true', says: 'insecure accepts any certificate' },
    { line: 'allowForce: true', says: 'allowForce allows requests that can break a database' },
    { line: 'passwordFrom: cmd:./evil', says: 'passwordFrom takes the password from another place' },
    { line: 'passwordFrom: env:AWS_SECRET', says: 'passwordFrom takes the password from another place' },
    { line: 'out: ../../elsewhere', says: 'out is a path outside the working folder' },
    { line: 'out: a/../../b', says: 'out is a path outside the working folder' },
    { line: 'history: /var/lib/x', says: 'history is a path outside the working folder' },
    { line: 'clause: ["${AWS_SECRET}"]', says: 'clause reads the environment variable AWS_SECRET' },
    { line: 'user: "${CRDB_PASSWORD}"', says: 'user reads the environment variable CRDB_PASSWORD' },
  ])('may not hold `$line`', ({ line, says }) => {
    expect(refusal(`# ours\ngraceS: 3\n${line}\n`)).toMatchObject({
      message: `${name}:3: ${says.startsWith('passwordFrom') ? `${says} than CRDB_PASSWORD` : says}. The file was found in the working folder, so it may be somebody else’s.`,
      remedy: `If you trust it, name it: --config ${name}`,
      exitCode: 2,
    });
  });

  test('nor may one of its targets', () => {
    const text = 'targets:\n  - name: a\n    target: http://a\n  - name: b\n    target: "http://${HOST}"\n';
    expect(refusal(text)).toMatchObject({
      message: expect.stringContaining(`${name}:5: target reads the env`),
    });
  });

  test('may say what is tested and how', async () => {
    const text =
      'target: "http://${CRDB_HOST}"\nuser: ci\ninsecure: false\npasswordFrom: env:CRDB_PASSWORD\nout: reports\n';
    expect(refusal(text)).toBeUndefined();
    const { code, out } = await printed(text);
    expect([code, out]).toEqual([0, expect.stringMatching(/^target: http:\/\/cluster /m)]);
  });

  test('may not be code', async () => {
    const file = 'crdb-conformance.config.ts';
    const says = [`${file} is a program.`, `name it: --config ${file}`];
    expectSaid(await printed('throw new Error("it ran")', [], file), 2, says);
  });

  test('may not add hosts to a target that it did not name: they would get the login', async () => {
    const text = 'target: http://theirs\nnode: [http://evil]\n';
    const mine = ['--target', 'http://mine'];
    expectSaid(await printed(text), 0, []);
    expectSaid(await printed(text, mine), 2, ['node adds hosts to the target of flag --target']);
    expectSaid(await printed(text, [...mine, '--config', name]), 0, []);
  });

  test('is named by a run', async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, name), 'clause: [list.status.200]\n');
    expectSaid(await program(['run'], { cwd }), 0, [`Options from ${name}, found in the working folder.`]);
  });
});

test('CRDB_PASSWORD goes before the place that a file names', async () => {
  const config = join(freshFolder(), 'named.yaml');
  writeFileSync(config, 'passwordFrom: file:pw\ncommand: ./mine\n');
  const { options, origins, isFound } = await chosenOptions({ config }, { CRDB_PASSWORD: 'x' });
  expect([options.passwordFrom, options.command, isFound]).toEqual(['env:CRDB_PASSWORD', './mine', false]);
  expect(origins.get('passwordFrom')).toBe('environment CRDB_PASSWORD');
  expect((await chosenOptions({ config }, {})).options.passwordFrom).toBe('file:pw');
});
