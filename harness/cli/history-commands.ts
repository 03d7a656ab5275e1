/** The commands about earlier runs, as the program's arguments. */
import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

const historyFile = ['--history <file>', 'the file that `run --history` keeps'] as const;
const targetName = ['--target <name>', 'the target, where the history holds several'] as const;
const json = ['--json', 'as JSON'] as const;

/**
 * @param count reads a number of runs
 * @param ended is told the exit code
 */
export function historyCommands(
  program: Command,
  io: Terminal,
  count: (text: string) => number,
  ended: (code: number) => void,
): void {
  program
    .command('history')
    .description('the runs that are remembered, the newest first; of several targets each by its newest')
    .requiredOption(...historyFile)
    .option(...targetName)
    .option('--last <n>', 'so many of the newest runs', count, 20)
    .option(...json)
    .action(async (options) => {
      const { history } = await import('./remembered.ts');
      ended(history(options, io));
    });

  program
    .command('compare <before> <after>')
    .description(
      'what changed between two runs, and whose fault it may be: each a report.json, a run’s id, `last` or `previous`; exit 1 where a must clause is newly broken',
    )
    .option(...historyFile)
    .option(...targetName)
    .option(...json)
    .action(async (before: string, after: string, options) => {
      const { compare } = await import('./compare.ts');
      ended(compare(before, after, options, io));
    });

  program
    .command('site')
    .description('what is remembered as a web site')
    .command('build')
    .description(
      'a static site of all targets, day by day, with a page for each run: for any file host, or from disk',
    )
    .requiredOption(...historyFile)
    .requiredOption('--out <dir>', 'where the pages go')
    .option('--last <n>', 'so many of the newest runs of each target', count, 60)
    .action(async (options) => {
      const { buildSite } = await import('./site.ts');
      ended(buildSite(options, io));
    });
}
