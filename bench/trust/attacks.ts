/** The table of attacks: each row does to the program what an attacker would, and looks for what it gained. */
import { realClock } from '../../harness/http/clock.ts';
import { startReference } from '../../harness/reference/reference.ts';
import { counting } from '../../harness/testing/cli/servers.ts';
import { fileAttacks } from './attacks-files.ts';
import { resourceAttacks } from './attacks-resources.ts';
import { secretAttacks } from './attacks-secrets.ts';
import { type Attack, forEach, gained, inFolder, type Proof, runProgram } from './trials.ts';

const elsewhere: readonly Attack[] = [
  {
    name: 'a target redirects to another host, which asks for the login',
    async attempt(folder) {
      await using attacker = await counting((response) => response.writeHead(401).end());
      await using target = await counting((response) =>
        response.writeHead(307, { Location: `${attacker.url}/v1/crdb_tasks` }).end(),
      );
      const args = ['run', '--target', target.url, '--user', 'somebody', '--out', folder];
      const { code } = await runProgram(args, { CRDB_PASSWORD: 'secret-of-the-target' });
      return [
        ...gained(attacker.requests.length > 0, `the other host got ${attacker.requests.length} requests`),
        ...gained(code !== 3, `exit code ${code}, expected 3`),
      ];
    },
  },
  {
    name: 'a run on a mock finds tasks of somebody else there',
    async attempt(folder) {
      await using target = await startReference({ clock: realClock() });
      for (const phase of ['queued', 'running', 'committing'] as const)
        target.tasks.create({ id: `foreign-${phase}`, phase });
      const args = ['run', '--target', target.url, '--user', target.user, '--out', folder];
      await runProgram([...args, '--clause', 'list', 'cancel'], { CRDB_PASSWORD: target.password });
      return [...target.tasks.all()].flatMap(({ id, cancelledMs, marks }) =>
        gained(cancelledMs !== undefined || marks.length > 1, `${id} was changed`),
      );
    },
  },
];

/** Every attack. Rows of one kind stand in a file of their own. */
export const attacks: readonly Attack[] = [
  ...elsewhere,
  ...resourceAttacks,
  ...secretAttacks,
  ...fileAttacks,
];

const names = attacks.map(({ name }) => name);

export const attacksProof: Proof = {
  name: 'attacks',
  shows: 'No attack of the table changes anything foreign, learns a secret, or keeps a run from ending',
  full: attacks.length,
  smallest: attacks.length,
  seed: 1,
  async prove() {
    const rows: { readonly name: string; readonly gain: readonly string[] }[] = [];
    await forEach(attacks, 2, async ({ name, attempt }) => {
      rows.push({ name, gain: await inFolder(attempt) });
    });
    rows.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    const held = rows.filter(({ gain }) => gain.length === 0).length;
    return {
      measured: `${held} of ${attacks.length} attacks held`,
      rows: rows.map(({ name, gain }) => `${gain.length === 0 ? 'held' : 'NOT HELD'}: ${name}`),
      against: rows.flatMap(({ name, gain }) => gain.map((line) => `${name}: ${line}`)),
    };
  },
};
