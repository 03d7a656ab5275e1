/** The commands of the program: arguments, options and help. Each command's module is loaded when it is run. */
import { Argument, Command, Option } from 'commander';
import { formatIds } from '../../reports/text/format-ids.ts';
import type { RunFlags } from '../config/run-options.ts';
import { version } from '../model/package.ts';
import type { WorkerPoolMaker } from '../run/worker-pool.ts';
import {
  type CommandRow,
  docs,
  edition,
  historyFile,
  historyTarget,
  json,
  newest,
  ofNamedTarget,
  required,
  trafficFlags,
} from './command-options.ts';
import type { CompareOptions, HistoryQuery, SiteOptions } from './history.ts';
import type { JudgeOptions } from './judge.ts';
import type { MonitorFlags } from './monitor.ts';
import { connectionKeys, optionFlags, parserOf } from './option-flags.ts';
import type { ReportOptions } from './report.ts';
import type { Terminal } from './terminal.ts';

/** Folders of `examples/` that `init` copies. */
export const startingPoints = ['mock', 'mock-python', 'mock-go', 'mock-java', 'gate', 'nightly'] as const;

/**
 * The program on a terminal.
 * @param ended gets the exit code of the command
 * @param poolOf makes the threads of a run
 */
export function programOn(io: Terminal, ended: (code: number) => void, poolOf?: WorkerPoolMaker): Command {
  const program = new Command('crdb-conformance')
    .description(
      'Tests whether a server keeps the documented contract of the Active-Active task API of Redis Software.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.write(text),
      writeErr: (text) => io.error(text),
      getOutHelpWidth: () => io.width,
      getErrHelpWidth: () => io.width,
    })
    .showHelpAfterError('(--help shows the options)')
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing broken · 1 non-conformant · 2 wrong usage or configuration
            3 target unreachable, or the program itself failed · 4 incomplete · 130 interrupted`,
    );

  /** @param run gets the arguments, the options and the command, as commander gives them */
  const add = <Args extends unknown[]>(
    { usage, help, options = [], more }: CommandRow,
    run: (...args: Args) => number | Promise<number>,
    parent = program,
  ): void => {
    const command = parent.command(usage).description(help);
    for (const option of options) command.addOption(option);
    if (more !== undefined) command.addHelpText('after', `\n${more}`);
    command.action(async (...args: Args) => ended(await run(...args)));
  };

  add(
    {
      usage: 'run',
      help: 'test a target; without --target, the reference cluster of this program',
      options: optionFlags(),
    },
    async (_: object, command: Command) => (await import('./run.ts')).runCommand(given(command), io, poolOf),
  );
  add(
    {
      usage: 'doctor',
      help: 'check the connection to a target step by step, and say what a run could prove; it changes nothing but tasks of its own that it makes on a mock',
      options: [
        json,
        new Option('--print-config', 'print each option of `run` with its value and origin'),
        ...ofNamedTarget(optionFlags()),
      ],
      more: 'Exit codes: 0 a run is possible · 2 wrong usage or configuration · 3 connection or login failed',
    },
    async (
      { json, printConfig }: { readonly json?: true; readonly printConfig?: true },
      command: Command,
    ) => {
      if (!printConfig) return (await import('./doctor.ts')).doctor({ ...given(command), json }, io);
      const { chosenOptions, printedConfig } = await import('../config/chosen-options.ts');
      io.write(printedConfig(await chosenOptions(given(command), io.env), io.env));
      return 0;
    },
  );
  add(
    {
      usage: 'cleanup',
      help: 'remove what a run left on its target, also after the run was killed',
      options: [
        required('--resource-log <file>', 'resources.ndjson in the folder of the run'),
        new Option('--dry-run', 'show what would be removed, and remove nothing'),
        ...ofNamedTarget(optionFlags(connectionKeys)),
      ],
      more: 'Exit codes: 0 nothing of the run is left · 2 wrong usage or configuration · 3 something is left, or the target can’t be reached',
    },
    async ({ resourceLog }: { readonly resourceLog: string }, command: Command) =>
      (await import('./cleanup.ts')).cleanup(resourceLog, given(command), io),
  );
  add(
    {
      usage: 'report <where>',
      help: 'write the reports again from the folder or journal of a run, also of a killed one, or from a report.json',
      options: [
        new Option('--format <id...>', 'only these forms; a single one is printed without --out').choices(
          formatIds,
        ),
        new Option('--out <dir>', 'folder for the forms'),
      ],
    },
    async (where: string, options: ReportOptions) => (await import('./report.ts')).report(where, options, io),
  );
  add(
    {
      usage: 'expectations <report...>',
      help: 'write the unexpected failures of reports or fleet folders into a file of known failures',
      options: [
        required('--file <file>', 'YAML file for `run --expectations`; entries that pass again are deleted'),
      ],
    },
    async (reports: readonly string[], options: { readonly file: string }) =>
      (await import('./expectations.ts')).expectations(reports, options, io),
  );
  add(
    {
      usage: 'merge <folder...>',
      help: 'join the parts of a fleet that were run with --shard',
      options: [required('--out <dir>', 'folder for the whole fleet')],
    },
    async (folders: readonly string[], options: { readonly out: string }) =>
      (await import('./merge.ts')).merge(folders, options, io),
  );
  add(
    {
      usage: 'judge <file>',
      help: 'judge offline: a report.json, or the folder of a run, again; or recorded traffic, an HTTP Archive (HAR)',
      options: [
        new Option('--require-complete', 'exit with 4 unless every must clause is proven'),
        new Option('--out <dir>', 'folder for the new reports'),
        edition('that of the run'),
        new Option(
          '--target <url>',
          'of traffic: the address to judge (default: that with the most exchanges)',
        ),
        ...trafficFlags,
      ],
    },
    async (file: string, options: JudgeOptions) => (await import('./judge.ts')).judge(file, options, io),
  );
  add(
    {
      usage: 'monitor [command...]',
      help: 'judge the traffic of others: a reverse proxy before a target, for clients or for the command after --',
      options: [
        required('--target <url>', 'where everything is passed on to'),
        new Option('--listen <port>', 'port for the clients (default: a free one)').argParser(
          parserOf('whole'),
        ),
        new Option('--host <address>', 'address to listen on; 0.0.0.0 is every address (default: 127.0.0.1)'),
        ...optionFlags(['ca', 'cert', 'key', 'insecure']).map((option) => option.helpGroup('Options:')),
        new Option('--tls', 'serve HTTPS with a self-signed certificate'),
        new Option('--listen-cert <file>', 'PEM file of the certificate to serve HTTPS with'),
        new Option('--listen-key <file>', 'PEM file of its key'),
        ...trafficFlags,
        new Option('--fail-fast', 'end at the first proven violation of a must clause'),
        new Option('--metrics <port>', 'port for /metrics, in the format of Prometheus').argParser(
          parserOf('whole'),
        ),
        new Option('--require-complete', 'exit with 4 unless every must clause is proven'),
        new Option('--out <dir>', 'folder for the record (traffic.ndjson) and the reports'),
        edition('the built-in one'),
      ],
      more: `The command finds the address of the proxy in CRDB_URL. SIGUSR2 brings the reports without an end.
Exit codes: those of the verdict; where that is 0, that of the command.`,
    },
    async (command: readonly string[], options: MonitorFlags) =>
      (await import('./monitor.ts')).monitor(command, options, io),
  );
  add(
    {
      usage: 'history',
      help: 'list the runs in a history, the newest first; of several targets, the newest run of each',
      options: [historyFile, historyTarget, newest('runs to list', 20), json],
    },
    async (options: HistoryQuery) => (await import('./history.ts')).history(options, io),
  );
  add(
    {
      usage: 'compare <before> <after>',
      help: 'compare two runs, each a report.json, a folder, a run’s id, `last` or `previous`, and say what may explain the change',
      options: [new Option('--history <file>', 'file of `run --history`'), historyTarget, json],
      more: 'Exit codes: 0 no must clause is newly broken · 1 a must clause is newly broken · 2 wrong usage',
    },
    async (before: string, after: string, options: CompareOptions) =>
      (await import('./history.ts')).compare(before, after, options, io),
  );
  add(
    {
      usage: 'build',
      help: 'write a static web site of all targets, with a page for each run',
      options: [
        historyFile,
        required('--out <dir>', 'folder for the pages'),
        newest('runs of each target', 60),
      ],
    },
    async (options: SiteOptions) => (await import('./history.ts')).buildSite(options, io),
    program.command('site').description('publish a history as a web site'),
  );
  add(
    {
      usage: 'reference',
      help: 'serve the reference cluster',
      options: [
        new Option(
          '--host <address>',
          'address to listen on; 0.0.0.0 is every address of this machine (default: 127.0.0.1)',
        ),
        new Option('--port <n>', 'port to listen on (default: 9080)').argParser(parserOf('whole')),
        new Option('--tls', 'serve HTTPS with a self-signed certificate'),
        new Option(
          '--crdbs',
          'make tasks through /v1/crdbs, as a real cluster does, without the control protocol',
        ),
        new Option('--operation-s <seconds>', 'how long an operation of --crdbs takes').argParser(
          parserOf('seconds'),
        ),
        new Option(
          '--bare-node',
          'start as a node without a cluster; POST /v1/bootstrap/create_cluster makes one',
        ),
        new Option('--mutant <id>', 'break the contract in one way, as listed by `mutants --list`'),
      ],
    },
    async (options: object) => (await import('./reference.ts')).reference(options, io),
  );
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
        new Option('--markdown', 'print the page docs/mutants.md'),
        new Option('--only <id...>', 'run only these mutants'),
      ],
    },
    async (options: object) => (await import('./mutants.ts')).mutants(options, io),
  );
  return program;
}

/** The options that the user gave, without commander's own defaults for flags such as --no-auth. */
const given = (command: Command): RunFlags =>
  Object.fromEntries(
    Object.entries(command.opts<RunFlags>()).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
  );
