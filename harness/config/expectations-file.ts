/** `expectations.yaml`: reading it, each entry with its lines. */

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { UserError } from '../model/errors.ts';
import type { Expectation, PlacedExpectation } from '../model/report.ts';
import schema from './expectations.schema.json' with { type: 'json' };
import { nearest } from '../../spec/nearest.ts';
import { readText } from './read-text.ts';
import { sameness } from './update-expectations.ts';

type Lines = PlacedExpectation['lines'];

/**
 * @param clauses ids of the clauses that there are
 * @throws {UserError} exit 2: it can't be read, is no such file, says the same twice, or names an unknown clause
 */
export function readExpectations(file: string, clauses: readonly string[]): readonly PlacedExpectation[] {
  const { entries, lines } = parsed(file, readText(file, '--expectations'));
  const problem = isExpectations(entries) ? undefined : isExpectations.errors?.at(0);
  if (problem) throw inWords(problem, file, lines);
  const placed = (entries as readonly Expectation[]) // the schema says so
    .map((entry, at): PlacedExpectation => ({ ...entry, lines: lines[at] ?? [1, 1] }));
  refuseUnknown(placed, file, clauses);
  refuseTwice(placed, file);
  return placed;
}

/** `lines 12 to 17`, `line 12` */
export const inLines = ([first, last]: Lines): string =>
  first === last ? `line ${first}` : `lines ${first} to ${last}`;

function parsed(file: string, text: string): { readonly entries: unknown; readonly lines: readonly Lines[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [error] = document.errors;
  if (error) {
    const [line] = error.message.split('\n');
    throw new UserError(`--expectations ${file} is no YAML: ${line}`, 'Mend the file.', 2, { cause: error });
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

const ajv = new Ajv2020({ strictTypes: false });
addFormats.default(ajv, ['date']);
const isExpectations = ajv.compile(schema);

/** What each word of a schema means to a person. */
function inWords(
  { keyword, instancePath, params }: ErrorObject,
  file: string,
  lines: readonly Lines[],
): UserError {
  const [at, key = ''] = instancePath.split('/').slice(1);
  const where = `${file}:${lines[Number(at ?? 0)]?.[0] ?? 1}`;
  const keys = Object.keys(schema.items.properties);
  if (at === undefined)
    return new UserError(
      `${where}: it is no list of expectations.`,
      'Begin each with `- clause: ID`; run --update-expectations writes them.',
      2,
    );
  if (keyword === 'additionalProperties') {
    const near = nearest(params.additionalProperty, keys);
    return new UserError(
      `${where}: the unknown key ${params.additionalProperty}.`,
      near === undefined ? `The keys are ${keys.join(', ')}.` : `Did you mean ${near}?`,
      2,
    );
  }
  if (keyword === 'required')
    return new UserError(
      `${where}: the expectation has no ${params.missingProperty}.`,
      'Say clause, fingerprint and reason; run --update-expectations writes the fingerprint.',
      2,
    );
  if (keyword === 'format')
    return new UserError(`${where}: ${key} is no date.`, 'Write a day that there is, as 2026-12-31.', 2);
  return new UserError(
    `${where}: ${key || 'an expectation'} is not what it should be.`,
    `Its keys are ${keys.join(', ')}.`,
    2,
  );
}

function refuseUnknown(
  entries: readonly PlacedExpectation[],
  file: string,
  clauses: readonly string[],
): void {
  const entry = entries.find(({ clause }) => !clauses.includes(clause));
  if (!entry) return;
  const near = nearest(entry.clause, clauses);
  throw new UserError(
    `${file}:${entry.lines[0]}: there is no clause ${entry.clause}: delete ${inLines(entry.lines)}.`,
    near === undefined ? 'crdb-conformance clauses lists them.' : `Did you mean ${near}?`,
    2,
  );
}

function refuseTwice(entries: readonly PlacedExpectation[], file: string): void {
  const seen = new Map<string, PlacedExpectation>();
  for (const entry of entries) {
    const key = sameness(entry);
    const first = seen.get(key);
    if (first)
      throw new UserError(
        `${file}:${entry.lines[0]}: the same as in line ${first.lines[0]} is said again of ${entry.clause}.`,
        `Delete ${inLines(entry.lines)}.`,
        2,
      );
    seen.set(key, entry);
  }
}
