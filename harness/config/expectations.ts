/** Known failures: the file that lists them, how a run is compared with it, and what it makes of the verdict. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument, YAMLSeq } from 'yaml';
import type { Clause } from '../../spec/clause.ts';
import { suggestion } from '../../spec/nearest.ts';
import { failureKind } from '../judge/failure-kind.ts';
import { UserError } from '../model/errors.ts';
import type {
  Expectation,
  Expectations,
  Expected,
  OutdatedExpectation,
  PlacedExpectation,
  RunRecord,
  Unexpected,
} from '../model/report.ts';
import type { CheckRecord, RunVerdict, Summary, Verdict } from '../model/verdict.ts';
import schema from './expectations.schema.json' with { type: 'json' };
import { readText } from './options.ts';

export interface JudgedClause extends Pick<Clause, 'id' | 'operation'> {
  readonly verdict: Verdict;
  readonly checks: readonly Omit<CheckRecord, 'clause'>[];
}

export interface JudgedRun {
  readonly clauses: readonly JudgedClause[];
  /** An entry counts until the end of its day. In a strict run warnings break the contract, too. */
  readonly run: Pick<RunRecord['run'], 'startedAt' | 'settings'>;
}

/** Compares a run with the entries about its target. Pure. */
export function heldAgainst({ clauses, run }: JudgedRun, { file, entries }: Expected): Expectations {
  const failures = clauses.flatMap((clause) => failuresOf(clause));
  const strict = run.settings.strict === true;
  const today = run.startedAt.slice(0, '2026-12-31'.length);
  const expired = (entry: PlacedExpectation): boolean => entry.expires !== undefined && entry.expires < today;
  const covers = (entry: PlacedExpectation, failure: Unexpected): boolean =>
    !expired(entry) && entry.clause === failure.clause && entry.fingerprint === failure.fingerprint;
  const byId = new Map(clauses.map((clause) => [clause.id, clause]));
  const breaks = ({ clause }: Unexpected): boolean =>
    byId.get(clause)?.verdict === 'fail' || (strict && byId.get(clause)?.verdict === 'warn');
  return {
    file,
    met: entries.flatMap((entry) => {
      const checks = failures
        .filter((failure) => covers(entry, failure))
        .flatMap((failure) => failure.checks);
      return checks.length === 0 ? [] : [{ ...entry, checks }];
    }),
    unexpected: failures.filter(
      (failure) => breaks(failure) && !entries.some((entry) => covers(entry, failure)),
    ),
    outdated: entries.flatMap((entry): OutdatedExpectation[] => {
      if (expired(entry)) return [{ ...entry, problem: 'past its date' }];
      if (entry.flaky) return [];
      const problem = gone(entry, byId.get(entry.clause));
      return problem ? [{ ...entry, problem }] : [];
    }),
  };
}

function failuresOf({ id, operation, verdict, checks }: JudgedClause): Unexpected[] {
  if (verdict !== 'fail' && verdict !== 'warn') return [];
  const failed = checks.filter((check) => check.verdict === verdict);
  return [...Map.groupBy(failed, (check) => failureKind(check, operation))].map(([fingerprint, alike]) => ({
    clause: id,
    fingerprint,
    checks: alike.map(({ name }) => name),
  }));
}

/** A failure is gone only where all checks of its clause came to a result: an inconclusive one may hide it. */
function gone(
  { fingerprint }: PlacedExpectation,
  clause: JudgedClause | undefined,
): OutdatedExpectation['problem'] | undefined {
  if (!clause || clause.checks.length === 0) return undefined;
  if (clause.verdict === 'pass') return 'passes again';
  const complete = clause.checks.every(({ verdict }) => verdict !== 'inconclusive' && verdict !== 'skip');
  const seen = failuresOf(clause).some((failure) => failure.fingerprint === fingerprint);
  return complete && !seen ? 'not seen any more' : undefined;
}

/** What the exit code depends on. */
export interface Gated {
  readonly verdict: RunVerdict;
  readonly summary: Pick<Summary, 'must'>;
  readonly expectations?: Expectations;
}

/** The verdict that the exit code follows: unexpected failures and outdated entries break a run, known failures don't. */
export function gateVerdict({ verdict, summary: { must }, expectations }: Gated): RunVerdict {
  if (!expectations) return verdict;
  if (expectations.unexpected.length > 0 || expectations.outdated.length > 0) return 'non-conformant';
  if (verdict !== 'non-conformant') return verdict;
  return must.proven + must.broken === must.total ? 'conformant' : 'incomplete';
}

/** The entries about a target: by its name, by one of its labels, or about every target. */
export const about = (names: readonly string[], { file, entries }: Expected): Expected => ({
  file,
  entries: entries.filter(({ target }) => target === undefined || names.includes(target)),
});

/**
 * The entries of the file that `--expectations` names; undefined where none is named.
 * @param clauses ids of all clauses
 * @throws {UserError} exit 2: the file can't be used
 */
export const expectationsOf = (
  { expectations: file }: { readonly expectations?: string },
  clauses: readonly string[],
): Expected | undefined =>
  file === undefined ? undefined : { file, entries: readExpectations(file, clauses) };

/**
 * @param clauses ids of all clauses
 * @param option names the file, for messages
 * @throws {UserError} exit 2: it can't be read, is not valid, has an entry twice, or names an unknown clause
 */
export function readExpectations(
  file: string,
  clauses: readonly string[],
  option = '--expectations',
): readonly PlacedExpectation[] {
  const { entries, lines } = parsed(file, readText(file, option));
  const isExpectations = expectationsCheck();
  const problem = isExpectations(entries) ? undefined : isExpectations.errors?.at(0);
  if (problem) throw invalid(problem, file, lines);
  const placed = (entries as readonly Expectation[]) // the schema says so
    .map((entry, at): PlacedExpectation => ({ ...entry, lines: lines[at] ?? [1, 1] }));
  refuseUnknown(placed, file, clauses);
  refuseTwice(placed, file);
  return placed;
}

type Lines = PlacedExpectation['lines'];

const inLines = ([first, last]: Lines): string =>
  first === last ? `line ${first}` : `lines ${first} to ${last}`;

function parsed(file: string, text: string): { readonly entries: unknown; readonly lines: readonly Lines[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [error] = document.errors;
  if (error) {
    const [line = ''] = error.message.split(/:?\n/);
    throw new UserError(`${file} is not valid YAML: ${line}`, 'Correct the file.', 2, { cause: error });
  }
  const { contents } = document;
  const nodes = isSeq<Node>(contents) ? contents.items : [];
  return {
    entries: document.toJS() ?? [],
    lines: nodes.map(({ range }) => {
      const [start, end] = range ?? [0, 1];
      return [counter.linePos(start).line, counter.linePos(Math.max(start, end - 1)).line];
    }),
  };
}

/** Tests hold the schema against its meta-schema. Compiled at its first use: most runs have no such file. */
let compiled: ValidateFunction | undefined;

function expectationsCheck(): ValidateFunction {
  if (compiled) return compiled;
  const ajv = new Ajv2020({ meta: false, validateSchema: false, strictTypes: false });
  addFormats.default(ajv, ['date']);
  compiled = ajv.compile(schema);
  return compiled;
}

function invalid(
  { keyword, instancePath, params }: ErrorObject,
  file: string,
  lines: readonly Lines[],
): UserError {
  const [at, key = ''] = instancePath.split('/').slice(1);
  const where = `${file}:${lines[Number(at ?? 0)]?.[0] ?? 1}`;
  const keys = Object.keys(schema.items.properties);
  const known = `The keys are ${keys.join(', ')}.`;
  if (at === undefined)
    return new UserError(
      `${where}: the file is not a list of known failures.`,
      'Begin each with `- clause: ID`; `crdb-conformance expectations` writes them from a report.',
      2,
    );
  if (keyword === 'additionalProperties') {
    const key: string = params.additionalProperty;
    return new UserError(`${where}: unknown key ${key}.`, suggestion(key, keys, known), 2);
  }
  if (keyword === 'required')
    return new UserError(
      `${where}: the entry has no ${params.missingProperty}.`,
      'It needs clause, fingerprint and reason; `crdb-conformance expectations` writes the fingerprint.',
      2,
    );
  if (keyword === 'format')
    return new UserError(`${where}: ${key} is not a date.`, 'Write a date such as 2026-12-31.', 2);
  return new UserError(`${where}: ${key || 'the entry'} has a wrong value.`, known, 2);
}

function refuseUnknown(
  entries: readonly PlacedExpectation[],
  file: string,
  clauses: readonly string[],
): void {
  const entry = entries.find(({ clause }) => !clauses.includes(clause));
  if (!entry) return;
  throw new UserError(
    `${file}:${entry.lines[0]}: there is no clause ${entry.clause}: delete ${inLines(entry.lines)}.`,
    suggestion(entry.clause, clauses, 'crdb-conformance clauses lists them.'),
    2,
  );
}

function refuseTwice(entries: readonly PlacedExpectation[], file: string): void {
  const seen = new Map<string, PlacedExpectation>();
  for (const entry of entries) {
    const key = identity(entry);
    const first = seen.get(key);
    if (first)
      throw new UserError(
        `${file}:${entry.lines[0]}: the entry for ${entry.clause} repeats line ${first.lines[0]}.`,
        `Delete ${inLines(entry.lines)}.`,
        2,
      );
    seen.set(key, entry);
  }
}

/** The same for entries about the same failure. */
const identity = ({ clause, target, fingerprint }: Expectation): string =>
  JSON.stringify([clause, target ?? null, fingerprint]);

export interface ComparedRun {
  /** Left out where there is only one target. */
  readonly target?: string;
  readonly expectations: Expectations;
}

const head = ` Known failures, each with a reason and, if it has one, its last day.
 crdb-conformance run --expectations FILE says which of them are outdated.`;

/**
 * Adds the unexpected failures of some runs to a file, and deletes the entries that no run needs any more. Comments,
 * entries about others and entries past their date stay as they are.
 * @param file is made if it does not exist
 * @returns how many entries were added and deleted
 * @throws the error of the system where it can't be written
 */
export function updateExpectations(
  file: string,
  runs: readonly ComparedRun[],
): { readonly added: number; readonly deleted: number } {
  const document: Document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '');
  const list = document.contents instanceof YAMLSeq ? document.contents : new YAMLSeq();
  if (list !== document.contents) document.commentBefore ??= head;
  document.contents = list;
  const met = new Set(runs.flatMap(({ expectations }) => expectations.met.map(identity)));
  const outdated = runs
    .flatMap(({ expectations }) => expectations.outdated)
    .filter(({ problem }) => problem !== 'past its date');
  const over = new Set(outdated.map(identity).filter((entry) => !met.has(entry)));
  const kept = list.items.filter((item) => !isMap(item) || !over.has(identity(item.toJSON())));
  const added = [...new Map(runs.flatMap(entriesFor).map((entry) => [identity(entry), entry])).values()];
  const update = { added: added.length, deleted: list.items.length - kept.length };
  if (update.added + update.deleted === 0) return update;
  list.items = [...kept, ...added.map((entry) => document.createNode(entry))];
  writeFileSync(`${file}.new`, document.toString({ lineWidth: 0 }));
  renameSync(`${file}.new`, file);
  return update;
}

/** A person has to give the reason. */
const entriesFor = ({ target, expectations }: ComparedRun): readonly Expectation[] =>
  expectations.unexpected.map(({ clause, fingerprint, checks }) => ({
    clause,
    ...(target === undefined ? {} : { target }),
    fingerprint,
    reason: `no reason given yet; seen in ${checks.length === 1 ? '1 check' : `${checks.length} checks`}`,
  }));
