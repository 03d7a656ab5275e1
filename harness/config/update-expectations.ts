/** `run --update-expectations`: what failed unexpectedly is written down, what passes again is taken out. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Document, isMap, parseDocument, YAMLSeq } from 'yaml';
import type { Expectation, Expectations } from '../model/report.ts';

export interface Update {
  readonly added: number;
  readonly deleted: number;
}

/** What one target's run came to. */
export interface Outcome {
  /** Left out where there is only one target. */
  readonly target?: string;
  readonly expectations: Expectations;
}

const head = ` Failures that are put up with, each for a reason and until a day.
 crdb-conformance run --expectations FILE tells which of them are over.`;

/** What makes two entries the same. */
export const sameness = ({ clause, target, fingerprint }: Expectation): string =>
  JSON.stringify([clause, target ?? null, fingerprint]);

/**
 * Everything else in the file stays as it is: comments, other people's entries, what is past its date, and what is
 * over on one target and still comes on another.
 * @param file is made where there is none
 * @throws the error of the system where it can't be written
 */
export function updateExpectations(file: string, outcomes: readonly Outcome[]): Update {
  const document: Document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '');
  const list = document.contents instanceof YAMLSeq ? document.contents : new YAMLSeq();
  if (list !== document.contents) document.commentBefore ??= head;
  document.contents = list;
  const met = new Set(outcomes.flatMap(({ expectations }) => expectations.met.map(sameness)));
  const over = new Set(
    outcomes
      .flatMap(({ expectations }) => expectations.outdated)
      .filter(({ problem }) => problem !== 'past its date')
      .map(sameness)
      .filter((entry) => !met.has(entry)),
  );
  const kept = list.items.filter((item) => !isMap(item) || !over.has(sameness(item.toJSON())));
  const added = outcomes.flatMap(entriesFor);
  const update = { added: added.length, deleted: list.items.length - kept.length };
  if (update.added + update.deleted === 0) return update;
  list.items = [...kept, ...added.map((entry) => document.createNode(entry))];
  writeFileSync(`${file}.new`, document.toString({ lineWidth: 0 }));
  renameSync(`${file}.new`, file);
  return update;
}

/** A person is to say why; until then the entry says what is known. */
const entriesFor = ({ target, expectations }: Outcome): readonly Expectation[] =>
  expectations.unexpected.map(({ clause, fingerprint, checks }) => ({
    clause,
    ...(target === undefined ? {} : { target }),
    fingerprint,
    reason: `not said yet; seen in ${checks.length === 1 ? '1 check' : `${checks.length} checks`}`,
  }));
