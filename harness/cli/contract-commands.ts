/** The commands that deal with the contract and its docs, with the kill matrix, and with examples. */
import { Argument, type Command, Option } from 'commander';
import { type AddCommand, docs, edition, json } from './command-options.ts';
import type { Terminal } from './terminal.ts';

/** Folders of `examples/` that `init` copies. */
export const startingPoints = ['mock', 'mock-python', 'mock-go', 'mock-java', 'gate', 'nightly'] as const;

export function addContractCommands(program: Command, add: AddCommand, io: Terminal): void {
  add(
    {
      usage: 'init',
      help: 'copy a starting point into a folder: a mock, a gate in CI, or a nightly run',
      options: [new Option('--dir <dir>', 'target folder; existing files are not overwritten').default('.')],
    },
    async (what: string, options: { readonly dir: string }) =>
      (await import('./init.ts')).init(what, options, io),
  );
  program.commands.at(-1)?.addArgument(new Argument('<what>', 'the starting point').choices(startingPoints));
  add(
    {
      usage: 'clauses',
      help: 'list all clauses of the contract',
      options: [json, edition('the built-in one')],
    },
    async (options: object) => (await import('./clauses.ts')).clauses(options, io),
  );
  add(
    {
      usage: 'explain <clause>',
      help: 'show one clause, or all clauses of a prefix such as cancel: statement, basis and checks',
      options: [edition('the built-in one')],
    },
    async (id: string, options: object) => (await import('./clauses.ts')).explain(id, options, io),
  );
  const spec = program.command('spec').description('read the docs behind the contract');
  add(
    {
      usage: 'generate',
      help: 'write the facts and the OpenAPI document of an edition from pages of the docs',
      options: [
        docs,
        new Option('--edition <name>', 'edition of these pages, such as 8.2 (default: the built-in one)'),
        new Option(
          '--out <dir>',
          'folder for the edition, for `run --contract` (default: spec/editions/NAME)',
        ),
      ],
    },
    async ({ docs: pages, ...generation }: { docs: string[]; edition?: string; out?: string }) => {
      const { lines } = await (await import('../../spec/commands.ts')).generate(pages, generation);
      io.write(`${lines.join('\n')}\n`);
      return 0;
    },
    spec,
  );
  add(
    {
      usage: 'check',
      help: 'list the clauses whose sentences changed in newer pages',
      options: [docs, edition('the built-in one')],
    },
    async ({ docs: pages, contract }: { docs: string[]; contract?: string }) => {
      const { lines, moved } = await (await import('../../spec/commands.ts')).check(pages, contract);
      io.write(`${lines.join('\n')}\n`);
      return moved ? 1 : 0;
    },
    spec,
  );
  add(
    { usage: 'diff <edition> <other>', help: 'show what changed between two editions, by clause' },
    async (before: string, after: string) => {
      io.write(`${(await import('../../spec/commands.ts')).diff(before, after).join('\n')}\n`);
      return 0;
    },
    spec,
  );
  add(
    {
      usage: 'mutants',
      help: 'run the suites against every mutant (the kill matrix)',
      options: [
        json,
        new Option('--list', 'list the mutants and run nothing'),
        new Option('--only <id...>', 'run only these mutants'),
      ],
    },
    async (options: object) => (await import('./mutants.ts')).mutants(options, io),
  );
}
