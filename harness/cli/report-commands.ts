/** The commands that deal with what runs have written: reports, fleets and histories. */
import { type Command, Option } from 'commander';
import { formatIds } from '../../reports/text/format-ids.ts';
import {
  type AddCommand,
  edition,
  historyFile,
  historyTarget,
  json,
  newest,
  required,
  trafficFlags,
} from './command-options.ts';
import type { CompareOptions, HistoryQuery, SiteOptions } from './history.ts';
import type { TrafficFlags } from './judge-traffic.ts';
import type { ReportOptions } from './report.ts';
import type { Terminal } from './terminal.ts';

export function addReportCommands(program: Command, add: AddCommand, io: Terminal): void {
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
    async (file: string, options: TrafficFlags) => (await import('./judge.ts')).judge(file, options, io),
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
}
