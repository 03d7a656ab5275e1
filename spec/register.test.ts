import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { loadDocument } from './edition.ts';
import { defaultRetentionS, loadFacts } from './facts.ts';
import { SpecError } from './record.ts';
import { clausesFile, dangling, docsUrl, loadRegister, makeRegister, uncovered } from './register.ts';

const text = readFileSync(clausesFile, 'utf8');
const facts = loadFacts();
const document = loadDocument();
const register = loadRegister();

describe('the register', () => {
  test('has the hand-written clauses and, derived, exactly these', () => {
    expect(register.clauses.filter(({ derived }) => !derived)).toHaveLength(69);
    expect(register.clauses.filter(({ derived }) => derived).map(({ id }) => id)).toEqual([
      'list.status.200',
      'list.status.401',
      'read.status.200',
      'read.status.401',
      'read.status.404',
      'cancel.status.401',
      'cancel.status.404',
      'cancel.status.409',
      'list.statuses',
      'list.media-type',
      'list.schema',
      'read.statuses',
      'read.media-type',
      'read.schema',
      'cancel.statuses',
    ]);
  });

  test('derived clauses are must and stated, and read as sentences', () => {
    for (const clause of register.clauses.filter(({ derived }) => derived)) {
      expect(clause).toMatchObject({ level: 'must', basis: 'stated', since: '7.8' });
      expect(clause.statement).toMatch(/^[A-Z].*[^.]\.$/);
    }
    expect(register.byId.get('read.status.404')?.statement).toBe(
      'A read is answered with 404: no task has this id, or its status is no longer kept.',
    );
  });

  test('every clause and every entry of what is not testable rests on words of the docs', () => {
    expect(dangling(register, facts)).toEqual([]);
  });

  test('every row, sentence and line of the overview has a clause, or a reason why not', () => {
    expect(uncovered(register, facts)).toEqual([]);
    expect(register.notTestable.every(({ reason }) => reason.length > 20)).toBe(true);
  });

  test('the clauses that name the default retention name the documented one', () => {
    expect(defaultRetentionS(facts)).toBe(500);
    expect(register.byId.get('expiry.default.kept')?.statement).toContain(`${defaultRetentionS(facts)} s`);
  });

  test('links to the public page', () => {
    const clause = register.byId.get('cancel.commit-phase.refused');
    if (!clause) throw new Error('the clause is gone');
    expect(docsUrl(clause, '7.8')).toBe(
      'https://redis.io/docs/latest/operate/rs/7.8/references/rest-api/requests/crdb_tasks/#post-crdb_task-cancel',
    );
    expect(docsUrl({ source: { page: 'objects/crdb_task', anchor: '', fingerprint: '' } }, '7.8')).toMatch(
      /crdb_task\/$/,
    );
  });
});

test.each([
  {
    from: 'anchor: get-all-response, fingerprint',
    to: 'anchor: get-response, fingerprint',
    why: 'its words stand under another heading',
  },
  { from: /fingerprint: "\w+"/, to: `fingerprint: "${'0'.repeat(16)}"`, why: 'nobody says them' },
])('a clause dangles where $why', ({ from, to }) => {
  expect(dangling(makeRegister({ clauses: text.replace(from, to), facts, document }), facts)).toEqual([
    'list.empty',
  ]);
});

describe('a row that no hand-written clause covers gets a derived one', () => {
  const made = (clauses: string) => makeRegister({ clauses, facts, document });

  test('a parameter', () => {
    const clause = made(text.replace('covers: [read.parameter.verbose]', 'covers: []')).byId.get(
      'read.parameter.verbose',
    );
    expect(clause).toMatchObject({ derived: true, operation: 'read', covers: ['read.parameter.verbose'] });
    expect(clause?.source.fingerprint).toBe(register.byId.get('verbose.keeps-fields')?.source.fingerprint);
    expect(clause?.statement).toMatch(/^A read understands `verbose` \(query\): more about/);
  });

  test('a status', () => {
    const clause = made(text.replace('covers: [cancel.status.406]', 'covers: []')).byId.get(
      'cancel.status.406',
    );
    expect(clause?.statement).toMatch(/^A cancel is answered with 406: /);
  });
});

test('a fact that comes into the docs is uncovered until a clause speaks of it', () => {
  const more = {
    ...facts,
    statements: [
      ...facts.statements,
      { page: 'requests/crdb_tasks', anchor: 'x', fingerprint: '0'.repeat(16) },
    ],
  };
  expect(uncovered(register, more)).toMatchObject([{ anchor: 'x', what: 'a sentence' }]);
});

describe('a mistake in clauses.yaml is told with the clause that has it', () => {
  test.each([
    { from: '- id: list.empty', to: '- id: list.queued', says: 'the id `list.queued` is there twice' },
    { from: '- id: list.empty', to: '- id: List Empty', says: 'the id `List Empty` is not' },
    { from: '- id: list.empty', to: '- idea: list.empty', says: 'clauses[0] has no id' },
    {
      from: 'level: must',
      to: 'level: shall',
      says: 'list.empty has the unknown level `shall`; known are must, should, may',
    },
    { from: 'basis: stated', to: 'basis: guessed', says: 'list.empty has the unknown basis' },
    { from: 'operation: list', to: 'operation: delete', says: 'list.empty has the unknown operation' },
    { from: 'since: "7.8"', to: 'sinc: "7.8"', says: 'list.empty has no since' },
    { from: /fingerprint: "\w+"/, to: 'fingerprint: "12"', says: 'list.empty: its fingerprint is not' },
    {
      from: '[read.parameter.verbose]',
      to: '[read.parameter.loud]',
      says: 'verbose.keeps-fields covers `read.parameter.loud`',
    },
    { from: '[read.parameter.verbose]', to: 'loud', says: 'verbose.keeps-fields: covers is no list' },
    { from: 'list.schema: {', to: 'list.scheme: {', says: '`derived` names list.scheme' },
    { from: 'clauses:', to: 'clauses: [', says: 'is no YAML' },
    { from: 'notTestable:', to: 'notTested:', says: 'no list `notTestable`' },
  ])('$says', ({ from, to, says }) => {
    const altered = text.replace(from, to);
    expect(altered).not.toBe(text);
    const make = () => makeRegister({ clauses: altered, facts, document });
    expect(make).toThrow(SpecError);
    expect(make).toThrow(says);
  });
});
