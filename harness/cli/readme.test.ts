/** README and docs/ against the program: the samples, the figures that are counts, and each command and option they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { junit } from '../../reports/junit.ts';
import { terminal } from '../../reports/terminal.ts';
import type { Report } from '../model/report.ts';
import { mutants } from '../reference/mutants.ts';
import { loadContract } from '../run/contract.ts';
import { reportOf } from '../run/report.ts';
import { told } from '../testing/cli/simulated.ts';
import { listeningTerminal } from '../testing/cli/terminal.ts';
import { programOn } from './commands.ts';
import { progressOn } from './terminal.ts';

const read = (page: string): string => readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
const readme = read('README.md');
/** Trust.md also reports measurements that were made with options of then. */
const docs = readdirSync(new URL('../../docs', import.meta.url)).filter(
  (name) => name.endsWith('.md') && name !== 'trust.md',
);
const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];

/** The lines of a sample. */
function sample(title: string): readonly string[] {
  const [, block = ''] = readme.split(`<!-- sample: ${title} -->\n\`\`\`\n`);
  return block.slice(0, block.indexOf('\n```')).split('\n');
}

/** Without what differs from run to run: ids, ports, durations, the names of a simulated target. */
const steady = (line: string): string =>
  line
    .replace(/conformance-\w+-/g, 'conformance-RUN-')
    .replace(/^(Target {5}|Took {7}|Reports {4}).*/, '$1')
    .replace(/http:\/\/(reference\.invalid|127\.0\.0\.1:\d+)/, 'TARGET');

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

test.each([{ title: 'npm start' }, { title: 'mutant cancels-in-commit', mutant: 'cancels-in-commit' }])(
  'sample $title is what the program prints',
  async ({ title, mutant }) => {
    const report = reportOf(await told(mutant === undefined ? {} : { mutant }));
    const printed = terminal(report, { colour: false, width: 100, files: ['report.json'] })
      .split('\n')
      .map(steady);
    let at = 0;
    for (const line of sample(title).filter((one) => one !== '…')) {
      const wanted = new RegExp(`^${steady(line).split('…').map(literally).join('.*')}$`);
      const found = printed.findIndex((one, row) => row >= at && wanted.test(one));
      expect({ line, found: found >= 0 }).toEqual({ line, found: true });
      at = found + 1;
    }
  },
);

test('the figures that count clauses and mutants are those of the program', async () => {
  const { clauses } = reportOf(await told({}));
  const must = clauses.filter(({ level }) => level === 'must').length;
  expect(readme).toContain(
    `knows ${clauses.length} clauses of this contract; ${must} of them have the level`,
  );
  expect(readme).toContain(`against ${mutants.length} <!-- figure: mutants --> faulty servers`);
  const sight = (name: string): { readonly all: string; readonly date: string } =>
    JSON.parse(read(`bench/second-server/sixth/${name}.json`));
  const { all, date } = sight('sight');
  const [found, of] = all.split(' of ');
  const [more] = sight('explored').all.split(' of ');
  expect(readme.replaceAll('\n', ' ')).toContain(
    `Of ${of} faulty servers by somebody who had not seen the suites, a run detected ${found} at first sight, on ${date.slice(0, 10)}, and with \`--explore 10\` ${Number(found) + Number(more)}`,
  );
});

test.each([undefined, 'cancels-in-commit'])(
  'mutant %s: progress, table and JUnit count the same checks',
  async (mutant) => {
    const log = await told(mutant === undefined ? {} : { mutant });
    const report: Report = reportOf(log);
    const written: string[] = [];
    progressOn({ write: (text) => written.push(text) }, () => 0).show(log.events);
    const table = terminal(report, { colour: false, width: 100 })
      .split('\n')
      .find((line) => line.startsWith('all '));
    const counts = (table ?? '').match(/\d+/g)?.map(Number) ?? [];
    const all = counts.reduce((sum, count) => sum + count, 0);
    expect(written.at(-1)).toBe(`${all} of ${all} checks done\n`);
    expect(junit(report, { requireComplete: false })).toContain(`name="crdb-conformance" tests="${all}"`);
  },
);

test('reports.md explains every label in the names of checks', async () => {
  const { book } = await loadContract();
  const labels = [...book.values()].flatMap((checks) =>
    checks.flatMap(({ name }) => [...name.matchAll(/(?:^|, )([A-Za-z]+)=/g)].map(([, label]) => label)),
  );
  expect(labels).toContain('with');
  const page = read('docs/reports.md');
  const table = page.slice(page.indexOf('| label | meaning |'), page.indexOf('### report.json'));
  expect([...new Set(labels)].filter((label) => !table.includes(`\`${label}\``))).toEqual([]);
});

const program = programOn(listeningTerminal(), () => {});
const commands = (parent: Command): readonly Command[] =>
  parent.commands.flatMap((command) => [command, ...commands(command)]);
const names = new Set(program.commands.map((command) => command.name()));
const flags = new Set([
  '--help',
  '--version',
  ...commands(program).flatMap(({ options }) => options.map(({ long }) => long)),
]);

/** The lines of a page that call the program, and its text in backticks. */
const calls = (text: string): readonly string[] =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap(
      (line) =>
        /(?:crdb-conformance|npm run conformance --) (?<words>[a-z].*)/.exec(line)?.groups?.words ?? [],
    );

test.each(pages)('%s names only commands and options that exist', (page) => {
  const text = read(page);
  const unknown = [
    ...calls(text)
      .map((words) => words.split(/[\s`]/)[0] ?? '')
      .filter((name) => /^[a-z]+$/.test(name) && !names.has(name)),
    ...[...text.matchAll(/`(?:[a-z]+ )?(?<flag>--[a-z][a-z-]+)/g)]
      .map(({ groups }) => groups?.flag ?? '')
      .filter((flag) => !flags.has(flag)),
    ...calls(text)
      .flatMap((words) => words.split('`')[0]?.match(/(?<=\s)--[a-z][a-z-]+/g) ?? [])
      .filter((flag) => !flags.has(flag)),
  ];
  expect(unknown).toEqual([]);
});

test('what README links to exists, in the package too', () => {
  const { files }: { files: readonly string[] } = JSON.parse(read('package.json'));
  const always = ['LICENSE'];
  const links = [...readme.matchAll(/\]\((?!https?:)(?<path>[^)#]+)/g)].map(
    ({ groups }) => groups?.path ?? '',
  );
  const shipped = (path: string): boolean =>
    [...files, ...always].some((file) => path === file || path.startsWith(`${file}/`));
  expect(links.length).toBeGreaterThan(10);
  expect(
    links.filter((path) => !shipped(path) || !existsSync(new URL(`../../${path}`, import.meta.url))),
  ).toEqual([]);
});

test.each(pages)('%s names only files that exist', (page) => {
  const named = [
    ...read(page).matchAll(
      /`(?<path>(?:harness|reports(?!\/out)|suites|spec|bench|examples|docs)\/[\w./-]+)`/g,
    ),
  ];
  const paths = named.map(({ groups }) => groups?.path ?? '');
  expect(paths.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
});
