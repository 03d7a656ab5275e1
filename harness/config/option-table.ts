/**
 * Every option of `run`, once. The flags with their help, the keys of the configuration file, its JSON Schema and
 * `--print-config` are all made from these rows, so they can't differ.
 */
import { edition } from '../../spec/contract.ts';
import { defaultSettings, profiles } from '../model/settings.ts';
import type { OptionRow, Rows } from './option-row.ts';
import type { RunOptions } from './options.ts';
import { wayOptions } from './target-options.ts';

/** Beside so many no verdict has been seen to suffer on two cores. */
export const defaultTargetsAtOnce = 16;

/** From the start of a container to a cluster, in seconds. */
export const defaultContainerTimeoutS = 300;

const { profile, timeoutS, graceS, settleS, seed } = defaultSettings;

export const optionTable: Rows<keyof RunOptions> = {
  ...wayOptions,
  provision: {
    ofTarget: true,
    kind: ['control', 'crdbs', 'fixed', 'command', 'none'],
    flags: '--provision <how>',
    says: 'how tasks come about',
    otherwise: '(control where the target speaks it, else none)',
  },
  crdb: {
    ofTarget: true,
    kind: 'text',
    flags: '--crdb <guid>',
    says: 'with --provision crdbs: the database that tasks are made on; its configuration stays as it is',
    otherwise: '(a small one of the run’s own, which is deleted at the end)',
  },
  command: {
    ofTarget: true,
    kind: 'text',
    flags: '--command <program>',
    says: 'with --provision command: what the shell runs to make a task; the phase is its last argument, and it prints {"id":"…"}',
    otherwise: '(none)',
  },
  readOnly: {
    ofTarget: true,
    kind: 'switch',
    flags: '--read-only',
    says: 'send nothing that could change anything, whatever else is asked for',
    otherwise: false,
  },
  profile: {
    kind: profiles,
    flags: '--profile <profile>',
    says: 'quick: at most 5 s of waiting; full: every check 16 times, and the real 500 s where tasks can’t be aged; nightly: again after a minute',
    otherwise: profile,
  },
  allowForce: {
    ofTarget: true,
    kind: 'switch',
    flags: '--allow-force',
    says: 'try forced cancels in the commit phase, which can break a real database',
    otherwise: false,
  },
  requireComplete: {
    kind: 'switch',
    flags: '--require-complete',
    says: 'exit with 4 where not every must clause was proven',
    otherwise: false,
  },
  strict: {
    kind: 'switch',
    flags: '--strict',
    says: 'a warning is non-conformant too',
    otherwise: false,
  },
  contract: {
    kind: 'text',
    flags: '--contract <edition>',
    says: 'the edition of the docs that the target is held to: its name, latest, or a folder that `spec generate --out` made',
    otherwise: edition,
    variable: 'CRDB_CONTRACT',
  },
  suite: {
    kind: 'texts',
    flags: '--suite <name...>',
    says: 'only these suites: auth, cancel, expiry, lifecycle, list, robustness, status, verbose',
    otherwise: '(all)',
  },
  clause: {
    kind: 'texts',
    flags: '--clause <id...>',
    says: 'only these clauses, with their positive controls',
    otherwise: '(all)',
  },
  timeout: {
    ofTarget: true,
    kind: 'seconds',
    flags: '--timeout <s>',
    says: 'patience for one answer',
    otherwise: timeoutS,
  },
  grace: {
    ofTarget: true,
    kind: 'seconds from 0',
    flags: '--grace <s>',
    says: 'patience after an expiry',
    otherwise: graceS,
  },
  settle: {
    ofTarget: true,
    kind: 'seconds',
    flags: '--settle <s>',
    says: 'patience for an effect to show',
    otherwise: settleS,
  },
  maxDuration: {
    kind: 'seconds',
    flags: '--max-duration <s>',
    says: 'patience for the whole run',
    otherwise: '(as long as it takes)',
  },
  seed: { kind: 'whole', flags: '--seed <n>', says: 'order in which the checks start', otherwise: seed },
  repeat: {
    kind: 'whole',
    flags: '--repeat <n>',
    says: 'make the whole run so many times, each with the next seed, and tell per clause how often each verdict came',
    otherwise: 1,
  },
  out: {
    kind: 'text',
    flags: '--out <dir>',
    says: 'where the reports and the journal go',
    otherwise: 'reports/out',
  },
  expectations: {
    kind: 'text',
    flags: '--expectations <file>',
    says: 'YAML with the failures that are to be expected: they don’t fail the run, and one that is over does',
    otherwise: '(none)',
  },
  updateExpectations: {
    kind: 'switch',
    flags: '--update-expectations',
    says: 'write what failed unexpectedly into --expectations, and take out what passes again',
    otherwise: false,
  },
  rerunFailed: {
    kind: 'text',
    flags: '--rerun-failed <report.json>',
    says: 'only the clauses that failed in that report, with their positive controls',
    otherwise: '(none)',
  },
  history: {
    kind: 'text',
    flags: '--history <file>',
    says: 'remember this run in that file, and tell since when what is broken is broken',
    otherwise: '(none)',
  },
  container: {
    kind: 'text',
    flags: '--container <image>',
    says: 'boot this image of Redis Software, make a cluster of it, test that as with --provision crdbs --insecure, and remove it',
    otherwise: '(none)',
  },
  containerMatrix: {
    kind: 'texts',
    flags: '--container-matrix <tags...>',
    says: 'several images one after another, by commas: whole ones, or tags of --container or redislabs/redis',
    otherwise: '(none)',
  },
  containerTimeout: {
    kind: 'seconds',
    flags: '--container-timeout <s>',
    says: 'patience from the start of a container until it is a cluster',
    otherwise: defaultContainerTimeoutS,
  },
  targets: {
    kind: 'targets',
    says: 'many targets, each with a name, tested beside each other; `--target` goes before them',
    otherwise: '(none)',
  },
  targetsAtOnce: {
    kind: 'whole',
    flags: '--targets-at-once <n>',
    says: 'how many of the targets are tested beside each other',
    otherwise: defaultTargetsAtOnce,
  },
  shard: {
    kind: 'text',
    flags: '--shard <i/n>',
    says: 'only the i-th of n parts of the targets; crdb-conformance merge puts the parts together',
    otherwise: '(all)',
  },
  tasks: {
    ofTarget: true,
    kind: 'tasks',
    says: 'ids of tasks by phase, for `provision: fixed`',
    otherwise: '(none)',
  },
};

/** `quick`, `the reference cluster`: what holds where nobody says it. */
export const byDefault = ({ otherwise }: OptionRow): string => String(otherwise).replace(/^\(|\)$/g, '');

/** The rows with their keys, in the order in which people are told of them. */
export const optionRows: readonly (readonly [key: string, row: OptionRow])[] = Object.entries(optionTable);
