/** Attacks on what a run knows: a target that echoes the login, the surroundings of the program, and a mock that lies. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDeviating } from '../../harness/testing/cli/deviating.ts';
import { startEchoServer } from '../../harness/testing/echo-server.ts';
import { spellingsOf } from '../../harness/testing/spellings.ts';
import { type Attack, gained, runProgram } from './trials.ts';

const user = 'somebody';
const passwords = [
  'pass "word" s3cret/ü',
  'correct horse+battery',
  'Geheim&<W\\er>',
  'ends-with\\',
  '50%25%zz-secret',
];
const tokenOf = (password: string): string => Buffer.from(`${user}:${password}`).toString('base64');
const spelled = (password: string): readonly string[] =>
  [...spellingsOf(password), ...spellingsOf(tokenOf(password))].map(({ text }) => text);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** Which of the secrets some outputs show, and whether they can move a terminal's cursor. */
function leaks(
  secrets: readonly string[],
  folder: string,
  { out, err }: { readonly out: string; readonly err: string },
) {
  const outputs = [out, err, ...filesIn(folder)].map((text) => text.toLowerCase());
  const shown = secrets.filter((secret) => outputs.some((text) => text.includes(secret.toLowerCase())));
  return [
    ...gained(shown.length > 0, `it shows the secret as ${shown[0]}`),
    ...gained(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u.test(out + err), 'it prints a control character'),
    ...gained(/^ +at .*:\d+/m.test(out + err), 'it shows a stack trace'),
  ];
}

const echoes: readonly Attack[] = passwords.flatMap((password) =>
  ['none', 'crdbs'].map((provision) => ({
    name: `a target echoes the login (${password}) in every spelling and place, with --provision ${provision}`,
    async attempt(folder) {
      await using target = await startEchoServer(spelled(password));
      const args = ['run', '--target', target.url, '--user', user, '--provision', provision, '--out', folder];
      const ended = await runProgram(args, { CRDB_PASSWORD: password, DEBUG: '*' });
      return leaks(spelled(password), folder, ended);
    },
  })),
);

const [password = ''] = passwords;

/** The surroundings of the program: its environment, its options, and the process list. */
const surroundings: readonly Attack[] = [
  ...[
    { name: 'NODE_DEBUG asks Node for every request', args: [], env: { NODE_DEBUG: '*' } },
    {
      name: 'a proxy password holds a percent sign',
      args: [],
      env: { HTTP_PROXY: `http://${user}:50%25%zz-secret@127.0.0.1:9` },
    },
    {
      name: 'a command for the password fails and prints it as its error',
      // From the environment: on its command line the attack on the process list, which runs beside it, would see it.
      args: ['--password-from', 'cmd:printf %s "$SECRET" >&2; exit 1'],
      env: { SECRET: password },
    },
  ].map(({ name, args, env }) => ({
    name,
    async attempt(folder: string) {
      const target = ['--target', 'http://target.invalid', '--user', user];
      const ended = await runProgram(['run', ...target, ...args, '--out', folder], {
        CRDB_PASSWORD: password,
        ...env,
      });
      return leaks([...spelled(password), '%zz-secret', tokenOf('50%25%zz-secret')], folder, ended);
    },
  })),
  {
    name: 'somebody reads the process list during a run',
    async attempt(folder) {
      await using target = await startEchoServer(['none']);
      const running = runProgram(['run', '--target', target.url, '--user', user, '--out', folder], {
        CRDB_PASSWORD: password,
      });
      let isOver = false;
      void running.finally(() => {
        isOver = true;
      });
      const seen = new Set<string>();
      for (; !isOver; await sleep(20)) for (const line of commandLines()) seen.add(line);
      return [...seen].flatMap((line) => gained(line.includes(password), `the process list shows ${line}`));
    },
  },
];

function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8')];
      } catch {
        return []; // it has ended
      }
    });
}

/** A mock whose control protocol names a task of somebody else. */
const lies: readonly Attack[] = ['queued', 'running', 'finished'].map((phase) => ({
  name: `a mock says that it made a task of somebody else, which is ${phase}`,
  async attempt(folder) {
    await using target = await startDeviating(async (call, ask) => {
      const answer = await ask(call);
      const makes = call.method === 'POST' && call.path === '/_control/v1/tasks' && answer.status === 201;
      return makes ? { ...answer, body: '{"id":"foreign"}' } : answer;
    });
    target.tasks.create({
      id: 'foreign',
      phase: phase === 'queued' || phase === 'running' ? phase : 'finished',
    });
    const args = ['run', '--target', target.url, '--user', target.user, '--out', folder];
    const { code, err } = await runProgram(args, { CRDB_PASSWORD: target.password });
    return [
      ...gained(!target.tasks.get('foreign'), 'the task was removed'),
      ...gained(target.tasks.size > 1, 'tasks of the run are left'),
      ...gained(code !== 2 || !err.includes('ignores the id'), `exit code ${code}: ${err}`),
    ];
  },
}));

export const secretAttacks: readonly Attack[] = [...echoes, ...surroundings, ...lies];
