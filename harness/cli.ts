#!/usr/bin/env node
/** The program: arguments → command → exit code. It puts the rooms together; each command is loaded when it is asked for. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { formatIds } from '../reports/format-ids.ts';
import type { DoctorFlags } from './cli/doctor.ts';
import { historyCommands } from './cli/history-commands.ts';
import type { JudgeOptions } from './cli/judge.ts';
import type { ReportOptions } from './cli/report.ts';
import type { RunFlags } from './cli/run-command.ts';
import { runFlags } from './cli/run-flags.ts';
import { type StartingPoint, startingPoints } from './cli/starting-points.ts';
import { targetKeys } from './cli/target-keys.ts';
import { processTerminal } from './cli/terminal.ts';
import { configNames } from './config/config-names.ts';
import type { RunOptions } from './config/options.ts';
import { version } from './model/package.ts';

const io = processTerminal();
let exit = 0;

const ofEdition = 'of this edition: its name, latest, or a folder that holds one';

const whole = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It is a whole number.');
};
const positive = (text: string): number => {
  if (whole(text) > 0) return whole(text);
  throw new InvalidArgumentError('It is a whole number above 0.');
};

const program = new Command('crdb-conformance')
  .description(
    "Proves whether a server keeps the documented contract of Redis Software's Active-Active task API.",
  )
  .version(version)
  .exitOverride()
  .showHelpAfterError('(--help tells the options)')
  .addHelpText(
    'after',
    `
Exit codes: 0 nothing broken · 1 non-conformant · 2 bad usage or configuration
            3 target unreachable, or the harness itself failed · 4 incomplete · 130 interrupted`,
  );

const configured = (command: Command): Command =>
  command
    .option(
      '--config <file>',
      `YAML or TypeScript with the options by their names, such as passwordEnv (default: ${configNames[0]} where it lies in the working folder)`,
    )
    .option('--no-config', 'read no configuration file');
const isFlag =
  (command: Command) =>
  (key: string): boolean =>
    command.getOptionValueSource(key) === 'cli';

const run = configured(program.command('run'))
  .description('test a target; without --target, the reference cluster that comes with this program')
  .option(
    '--dry-run',
    'print every kind of request that the run would send and what it would make, and send nothing',
  )
  .option('--print-config', 'show each value with where it comes from, and run nothing')
  .action(async (flags: RunFlags, command: Command) => {
    const { runCommand } = await import('./cli/run-command.ts');
    exit = await runCommand(flags, isFlag(command), io);
  });
for (const flag of runFlags()) run.addOption(flag);

const examination = configured(program.command('doctor'))
  .description(
    'look at the way to a target, step by step: what is wrong, what to do, and what a run could test; with the options of that run. It changes nothing',
  )
  .option('--json', 'as JSON')
  .addHelpText(
    'after',
    '\nExit codes: 0 a run could be made · 2 bad usage or configuration · 3 the way or the login is broken',
  )
  .action(async (flags: DoctorFlags, command: Command) => {
    const { doctor } = await import('./cli/doctor.ts');
    exit = await doctor(flags, isFlag(command), io);
  });
for (const flag of runFlags()) examination.addOption(flag);

const cleanUp = program
  .command('cleanup')
  .description('give back what a run left on its target, also where it was killed')
  .requiredOption('--resource-log <file>', 'the resources.ndjson of the run, in the folder of its reports')
  .action(
    async ({ resourceLog, ...flags }: RunOptions & { readonly resourceLog: string }, command: Command) => {
      const { cleanup } = await import('./cli/cleanup.ts');
      const given = Object.entries(flags).filter(([key]) => isFlag(command)(key));
      exit = await cleanup(resourceLog, Object.fromEntries(given), io);
    },
  );
for (const flag of runFlags(targetKeys)) cleanUp.addOption(flag);

program
  .command('report <where>')
  .description(
    'the reports of a run again: from its folder or journal, also where it was killed, or from a report.json',
  )
  .addOption(
    new Option(
      '--format <id...>',
      'only these forms, into --out DIR; a single one goes to the standard output without it',
    ).choices(formatIds),
  )
  .option('--out <dir>', 'where the forms go; without --format, all of them')
  .action(async (where: string, options: ReportOptions) => {
    const { report } = await import('./cli/report.ts');
    exit = report(where, options, io);
  });

program
  .command('merge <folder...>')
  .description('put the parts of a fleet together, each run with its --shard: every target once, or an error')
  .requiredOption('--out <dir>', 'where the whole goes')
  .action(async (folders: string[], options: { readonly out: string }) => {
    const { merge } = await import('./cli/merge.ts');
    exit = merge(folders, options, io);
  });

program
  .command('judge <report>')
  .description(
    'judge a report.json again, offline: whether it follows from its own evidence, and what it proves',
  )
  .option('--require-complete', 'exit with 4 unless every must clause is proven')
  .option('--out <dir>', 'write the reports of the new judgement there')
  .option('--contract <edition>', `${ofEdition} (default: that of the run)`)
  .addHelpText(
    'after',
    `
Exit codes: 0 sound, and nothing broken · 1 refused, or non-conformant
            2 no report, or one that can’t be judged again · 4 with --require-complete: not every must clause is proven`,
  )
  .action(async (file: string, options: JudgeOptions) => {
    const { judge } = await import('./cli/judge.ts');
    exit = await judge(file, options, io);
  });

historyCommands(program, io, positive, (code) => {
  exit = code;
});

program
  .command('reference')
  .description('serve the reference cluster, for people and for other harnesses')
  .option(
    '--host <address>',
    'address to listen on (default: 127.0.0.1); 0.0.0.0 is every address of this machine',
  )
  .option('--port <n>', 'port to listen on (default: 9080)', whole)
  .option('--tls', 'serve HTTPS with a certificate of its own')
  .option('--crdbs', 'let tasks come by /v1/crdbs as on a real cluster, in the place of the control protocol')
  .option(
    '--bare-node',
    'begin as a node that is no cluster yet: POST /v1/bootstrap/create_cluster makes it one, as with --crdbs',
  )
  .option('--mutant <id>', 'break the contract in one way: crdb-conformance mutants --list names them')
  .action(async (options) => {
    const { reference } = await import('./cli/reference.ts');
    exit = await reference(options, io);
  });

program
  .command('init')
  .description('write a starting point: a mock that is tested whole, a gate in CI, or a run every night')
  .addArgument(new Argument('<what>', 'what to begin').choices(startingPoints))
  .option('--dir <dir>', 'where it goes; nothing there is overwritten', '.')
  .action(async (what: StartingPoint, options: { readonly dir: string }) => {
    const { init } = await import('./cli/init.ts');
    exit = init(what, options, io);
  });

program
  .command('clauses')
  .description('the register: every clause of the contract')
  .option('--json', 'as JSON')
  .option('--contract <edition>', ofEdition)
  .action(async (options) => {
    const { clauses } = await import('./cli/clauses.ts');
    exit = await clauses(options, io);
  });

program
  .command('explain <clause>')
  .description('one clause: its statement, its ground and its checks')
  .option('--contract <edition>', ofEdition)
  .action(async (id: string, options) => {
    const { explain } = await import('./cli/clauses.ts');
    exit = await explain(id, options, io);
  });

const spec = program.command('spec').description('the documentation behind the contract');
spec
  .command('generate')
  .description('read docs pages and write the facts and the OpenAPI document of an edition')
  .requiredOption('--docs <page...>', 'files, folders or URLs of official pages')
  .option('--edition <name>', 'the edition that they are of, such as 7.22 (default: the shipped one)')
  .option('--out <dir>', 'a folder for them, which `run --contract` takes (default: spec/)')
  .action(async ({ docs, ...generation }: { docs: string[]; edition?: string; out?: string }) => {
    const { generateSpec } = await import('./cli/spec.ts');
    exit = await generateSpec(docs, generation, io);
  });
spec
  .command('check')
  .description('name the clauses that newer pages have moved')
  .requiredOption('--docs <page...>', 'files, folders or URLs of official pages')
  .action(async ({ docs }: { docs: string[] }) => {
    const { checkSpec } = await import('./cli/spec.ts');
    exit = await checkSpec(docs, io);
  });

program
  .command('mutants')
  .description('run the suites against every mutant: the kill matrix')
  .option('--json', 'as JSON')
  .option('--list', 'list the mutants and run nothing')
  .option('--markdown', 'as the page docs/mutants.md')
  .option('--only <id...>', 'only these mutants')
  .action(async (options) => {
    const { mutants } = await import('./cli/mutants.ts');
    exit = await mutants(options, io);
  });

try {
  await program.parseAsync();
} catch (error) {
  exit = explained(error);
}
io.close();
// Open sockets of a target that never lets go must not keep the program.
process.stdout.write('', () => process.exit(exit));

/** Says what a person can mend in two lines; what only we can mend, with its stack. */
function explained(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has said what it has to say
  if (error instanceof Error && 'remedy' in error) {
    io.error(`${error.message}\n${error.remedy}\n`);
    return 'exitCode' in error && error.exitCode === 3 ? 3 : 2;
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.error(`The harness itself failed. Please report this:\n${words}\n`);
  return 3;
}
