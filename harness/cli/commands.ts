/** The program, and its commands that deal with a target. Each command's module is loaded when it is run. */
import { Command, Option } from 'commander';
import type { RunFlags } from '../config/run-options.ts';
import { version } from '../model/package.ts';
import type { WorkerPoolMaker } from '../run/worker-pool.ts';
import { type AddCommand, edition, json, required, trafficFlags } from './command-options.ts';
import { addContractCommands } from './contract-commands.ts';
import type { MonitorFlags } from './monitor.ts';
import { connectionKeys, optionFlags, parserOf } from './option-flags.ts';
import { addReportCommands } from './report-commands.ts';
import type { Terminal } from './terminal.ts';

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

  const add: AddCommand = ({ usage, help, options = [], more }, run, parent = program) => {
    const command = parent.command(usage).description(help);
    for (const option of options) command.addOption(option);
    if (more !== undefined) command.addHelpText('after', `\n${more}`);
    command.action(async (...args: Parameters<typeof run>) => ended(await run(...args)));
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
        ...optionFlags(undefined, true),
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
        ...optionFlags(connectionKeys, true),
      ],
      more: 'Exit codes: 0 nothing of the run is left · 2 wrong usage or configuration · 3 something is left, or the target can’t be reached',
    },
    async ({ resourceLog }: { readonly resourceLog: string }, command: Command) =>
      (await import('./cleanup.ts')).cleanup(resourceLog, given(command), io),
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
Exit codes: those of the verdict; where that is 0, or 4 and the command failed, that of the command.`,
    },
    async (command: readonly string[], options: MonitorFlags) =>
      (await import('./monitor.ts')).monitor(command, options, io),
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
  addReportCommands(program, add, io);
  addContractCommands(program, add, io);
  return program;
}

/** The options that the user gave, without commander's own defaults for flags such as --no-auth. */
const given = (command: Command): RunFlags =>
  Object.fromEntries(
    Object.entries(command.opts<RunFlags>()).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
  );
