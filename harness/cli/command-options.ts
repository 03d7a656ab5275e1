/** What a command is, and the options that several commands have. `option-flags.ts` has those of `run`. */
import { type Command, Option } from 'commander';
import { optionFlags, parserOf } from './option-flags.ts';

export interface CommandRow {
  /** Its name and arguments, as commander reads them. */
  readonly usage: string;
  readonly help: string;
  readonly options?: readonly Option[];
  /** Shown below the options. */
  readonly more?: string;
}

/**
 * Adds a command to the program, or to another command.
 * @param run gets the arguments, the options and the command, as commander gives them
 */
export type AddCommand = <Args extends unknown[]>(
  row: CommandRow,
  run: (...args: Args) => number | Promise<number>,
  parent?: Command,
) => void;

export const edition = (otherwise: string): Option =>
  new Option(
    '--contract <edition>',
    `edition of the docs: its name, latest, or a folder (default: ${otherwise})`,
  );
/** Of commands that judge the traffic of others. */
export const trafficFlags: readonly Option[] = [
  new Option('--sole-client', 'of traffic: no other client acts on the tasks, so more can be proven'),
  new Option('--control', 'of traffic: believe requests of the task control protocol (see docs/mocks.md)'),
  ...optionFlags(['graceS', 'settleS']).map((option) => option.helpGroup('Options:')),
];
export const json = new Option('--json', 'print JSON');
export const required = (flags: string, help: string): Option =>
  new Option(flags, help).makeOptionMandatory();
export const docs = required('--docs <page...>', 'files, folders or URLs of pages of the docs');

export const historyFile = required('--history <file>', 'file of `run --history`');
export const historyTarget = new Option('--target <name>', 'the target, if the history has several');
export const newest = (help: string, count: number): Option =>
  new Option('--last <n>', help).argParser(parserOf('count')).default(count);
