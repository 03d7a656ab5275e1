/** The mocks, served as their READMEs say: each keeps the whole contract, and the control protocol with its errors. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  newFolder,
  pathOf,
  program,
  readExample,
  run,
  type ServedExample,
  serve,
} from '../harness/testing/cli/examples.ts';

const login = { user: 'mock@example', password: 'no-secret' };
const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
const task = { id: 'a', phase: 'running' };

/** In this order: later rows build on earlier ones. */
const controlRows: readonly (readonly [what: string, request: string, body: unknown, status: number])[] = [
  ['a body that is no JSON', 'POST /tasks', '{', 400],
  ['no body', 'POST /tasks', undefined, 400],
  ['an unknown phase', 'POST /tasks', { ...task, phase: 'done' }, 400],
  ['an unknown field', 'POST /tasks', { ...task, more: 1 }, 400],
  ['a malformed id', 'POST /tasks', { ...task, id: 'a/b' }, 400],
  ['a negative retention', 'POST /tasks', { ...task, result_ttl: -1 }, 400],
  ['a new task', 'POST /tasks', task, 201],
  ['a known id', 'POST /tasks', task, 409],
  ['a move back', 'POST /tasks/a/phase', { phase: 'queued' }, 409],
  ['a move of an unknown task', 'POST /tasks/b/phase', { phase: 'failed' }, 404],
  ['a move to an unknown phase', 'POST /tasks/a/phase', { phase: 'gone' }, 400],
  ['no seconds', 'POST /tasks/a/age', {}, 400],
  ['ageing an unknown task', 'POST /tasks/b/age', { seconds: 1 }, 404],
  ['ageing a task', 'POST /tasks/a/age', { seconds: 0.5 }, 204],
  ['ending a task', 'POST /tasks/a/phase', { phase: 'finished' }, 204],
  ['ending it again', 'POST /tasks/a/phase', { phase: 'failed' }, 409],
  ['removing a task', 'DELETE /tasks/a', undefined, 204],
  ['removing it again', 'DELETE /tasks/a', undefined, 204],
];

interface MockRow {
  readonly name: string;
  /** What must be installed, and an argument with which it does nothing. */
  readonly needs: readonly [command: string, argument: string];
  /** Builds it, with a folder for what that gives. @returns the command that serves it */
  readonly built: (folder: string) => readonly [command: string, ...args: string[]];
  readonly source: string;
  /** Of the source, empty ones apart. */
  readonly mostLines: number;
}

const build = (command: string, args: readonly string[], cwd: string): void => {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
};

const mocks: readonly MockRow[] = [
  {
    name: 'Express',
    needs: [process.execPath, '--version'],
    built: () => [process.execPath, pathOf('mock/serve.mjs')],
    source: 'mock/mock.mjs',
    mostLines: 60,
  },
  {
    name: 'Python',
    needs: ['python3', '--version'],
    built: () => ['python3', pathOf('mock-python/serve.py')],
    source: 'mock-python/mock.py',
    mostLines: 60,
  },
  {
    name: 'Go',
    needs: ['go', 'version'],
    built(folder) {
      build('go', ['build', '-o', join(folder, 'mock'), '.'], pathOf('mock-go'));
      return [join(folder, 'mock')];
    },
    source: 'mock-go/mock.go',
    mostLines: 140,
  },
  {
    name: 'Java',
    needs: ['javac', '-version'],
    built(folder) {
      build('javac', ['-d', folder, 'Mock.java', 'Control.java'], pathOf('mock-java'));
      return ['java', '-cp', folder, 'Mock'];
    },
    source: 'mock-java/Mock.java',
    mostLines: 140,
  },
];

for (const { name, needs, built, source, mostLines } of mocks) {
  const missing = spawnSync(needs[0], [needs[1]]).status !== 0;
  describe.skipIf(missing)(
    `the mock in ${name}${missing ? ` [skipped: ${needs[0]} is missing]` : ''}`,
    () => {
      let mock: ServedExample;
      beforeAll(async () => {
        mock = await serve(built(newFolder()));
      });
      afterAll(() => mock.end());

      test('it is conformant with --require-complete', async () => {
        const options = ['--target', mock.url, '--user', login.user, '--require-complete'];
        const env = { CRDB_PASSWORD: login.password };
        const { code, out } = await run([process.execPath, program, 'run', ...options], newFolder(), env);
        expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/ CONFORMANT {2}all \d+ must/) });
        expect(out).not.toContain('Warnings');
      });

      const statusOf = async (request: string, body: unknown, headers: Record<string, string>) => {
        const [method = '', path = ''] = request.split(' ');
        const { status } = await fetch(`${mock.url}/_control/v1${path}`, {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
        return status;
      };
      test('the control protocol asks for credentials', async () => {
        expect(await statusOf('GET ', undefined, {})).toBe(401);
      });
      test.for(controlRows)('the control protocol: %s', async ([, request, body, status]) => {
        expect(await statusOf(request, body, { authorization })).toBe(status);
      });

      test(`it has at most ${mostLines} lines`, () => {
        const lines = readExample(source)
          .split('\n')
          .filter((line) => line.trim() !== '');
        expect(lines.length).toBeLessThanOrEqual(mostLines);
      });
    },
  );
}
