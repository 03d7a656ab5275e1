import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { docsDir, editionFolder, laterFacts, whereDocs } from '../harness/testing/docs-samples.ts';
import { generate } from './commands.ts';
import { shippedEditions } from './contract.ts';
import { isOlder, loadDocument, loadEdition } from './edition.ts';
import { loadFacts, placeKey, placesIn } from './facts.ts';
import { SpecError } from './record.ts';
import { clausesFile, loadRegister, makeRegister } from './register.ts';
import { loadValidators } from './validators.ts';

const below = mkdtempSync(join(tmpdir(), 'edition-'));

describe('which is older', () => {
  test.each([
    ['7.4', '7.8', true],
    ['7.8', '7.22', true],
    ['7.22', '8.0', true],
    ['8', '8.0.1', true],
    ['7.8', '7.8', false],
    ['8.0', '8', false],
    ['8.0', '7.22', false],
  ])('%s than %s: %s', (one, other, older) => {
    expect(isOlder(one, other)).toBe(older);
  });
});

describe('an edition is found', () => {
  test('by its name; the default one is among those shipped', () => {
    expect(loadEdition('7.8')).toEqual(loadEdition());
    expect(shippedEditions).toContain(loadEdition().name);
  });

  test('as the latest of those shipped, which is the newest', () => {
    expect(loadEdition('latest').name).toBe('8.0');
    expect(shippedEditions.toSorted((one, other) => (isOlder(one, other) ? -1 : 1))).toEqual(shippedEditions);
  });

  test.each(shippedEditions)('%s: it asks for every clause, in the words of its own pages', (name) => {
    const edition = loadEdition(name);
    const { clauses, notAsked, notTestable, edition: named } = loadRegister(edition);
    expect(named).toBe(name);
    expect(notAsked).toEqual([]);
    expect(clauses.map(({ id }) => id)).toEqual(loadRegister().clauses.map(({ id }) => id));
    const places = placesIn(edition.facts);
    const dangling = [...clauses, ...notTestable].filter(
      ({ source }) => !places.get(placeKey(source))?.has(source.anchor),
    );
    expect(dangling).toEqual([]);
    const stated = new Set([...clauses, ...notTestable].map(({ source }) => placeKey(source)));
    expect(edition.facts.statements.filter((statement) => !stated.has(placeKey(statement)))).toEqual([]);
    expect(clauses.filter(({ since }) => since !== '7.4')).toEqual([]);
  });

  test.skipIf(docsDir === undefined).each([
    { name: '7.4', pages: ['editions/7.4'] },
    {
      name: '7.8',
      pages: ['rest-api-7.8/requests/crdb_tasks/_index.md', 'rest-api-7.8/objects/crdb_task.md'],
    },
    { name: '7.22', pages: ['editions/7.22'] },
    { name: '8.0', pages: ['editions/8.0'] },
  ])(`$name is what its pages give${whereDocs}`, async ({ name, pages }) => {
    const out = mkdtempSync(join(below, 'again-'));
    await generate(
      pages.map((page) => join(docsDir ?? '', page)),
      { edition: name, out },
    );
    expect(loadEdition(out)).toMatchObject({ facts: loadEdition(name).facts });
    expect(readFileSync(join(out, 'openapi.yaml'), 'utf8')).toBe(
      readFileSync(loadEdition(name).documentFile, 'utf8'),
    );
  });

  test('in a folder, whose facts name it', async () => {
    expect(loadEdition(await editionFolder(below)).name).toBe('9.1');
  });
});

describe('no edition', () => {
  const refused = (named: string): SpecError => {
    try {
      loadEdition(named);
    } catch (error) {
      if (error instanceof SpecError) return error;
    }
    throw new Error(`${named} was not refused`);
  };

  test('a name that is not shipped: the message names those that are, the remedy how to make one', () => {
    const { problem, remedy } = refused('7.23');
    expect(problem).toBe('There is no edition 7.23 here; known are 7.4, 7.8, 7.22, 8.0 and latest.');
    expect(remedy).toContain('spec generate --docs');
  });

  test.each([
    { what: 'nothing of it', facts: undefined, says: 'facts.json' },
    { what: 'facts that are no JSON', facts: '{"edition":', says: 'JSON' },
    { what: 'facts without an edition', facts: '{}', says: 'its facts name no edition' },
    {
      what: 'facts of another edition than the document',
      facts: '{"edition":"9.2"}',
      says: 'its document is of 9.1',
    },
  ])('a folder with $what', async ({ facts, says }) => {
    const folder =
      facts === undefined
        ? mkdtempSync(join(below, 'empty-'))
        : await editionFolder(mkdtempSync(join(below, 'bad-')));
    if (facts !== undefined) writeFileSync(join(folder, 'facts.json'), facts);
    expect(refused(folder).problem).toContain(says);
  });
});

describe('an edition asks for', () => {
  const text = readFileSync(clausesFile, 'utf8');
  const dated = (lines: string) => text.replace('id: list.empty\n', `id: list.empty\n    ${lines}\n`);
  const of = (clauses: string, edition: string) =>
    makeRegister({
      clauses,
      facts: { ...loadFacts(), edition },
      document: loadDocument(),
      known: shippedEditions.map((name) => loadEdition(name).facts),
    });
  const reasonIn = (clauses: string, edition: string): string | undefined =>
    of(clauses, edition).notAsked.find(({ id }) => id === 'list.empty')?.reason;

  test('each clause of the one before that its docs still state', async () => {
    const { clauses, edition, notAsked } = loadRegister(loadEdition(await editionFolder(below)));
    const before = loadRegister();
    expect(edition).toBe('9.1');
    expect(notAsked).toEqual([
      { id: 'cancel.commit-phase.refused', reason: 'the docs of this edition have no cancel.status.406' },
    ]);
    const gone = before.clauses.filter(({ id }) => !clauses.some((clause) => clause.id === id));
    expect(gone.map(({ id }) => id)).toEqual(['cancel.commit-phase.refused']);
    expect(before.notAsked).toEqual([]);
  });

  test('a row that is new in it, since then; the others are as old as they were', async () => {
    const { byId } = loadRegister(loadEdition(await editionFolder(below)));
    expect(byId.get('cancel.status.423')).toMatchObject({
      since: '9.1',
      derived: true,
      level: 'must',
      statement: 'A cancel is answered with 423.',
    });
    expect(byId.get('cancel.status.409')).toMatchObject({ since: '7.4' });
  });

  test('no clause before its time, and none after it', () => {
    const later = text.replace(/(id: list\.empty\n[\s\S]*?since: )"7.4"/, '$1"9.1"');
    expect(later).not.toBe(text);
    expect(reasonIn(later, '9.0')).toBe('required since 9.1');
    expect(reasonIn(later, '9.1')).toBeUndefined();
    expect(reasonIn(dated('until: "9.1"'), '9.0')).toBeUndefined();
    expect(reasonIn(dated('until: "9.1"'), '9.1')).toBe('no longer required since 9.1');
  });

  test('no clause whose sentence its docs don’t have', () => {
    const fingerprint = loadRegister().byId.get('list.empty')?.source.fingerprint ?? '';
    const facts = laterFacts();
    const without = JSON.parse(JSON.stringify(facts).replaceAll(fingerprint, 'f'.repeat(16)));
    const { notAsked, byId } = makeRegister({ clauses: text, facts: without, document: loadDocument() });
    expect(byId.has('list.empty')).toBe(false);
    expect(notAsked).toContainEqual({
      id: 'list.empty',
      reason: 'the docs of this edition lack the sentence',
    });
  });
});

test('the validators are those of the edition', async () => {
  const body = { id: '7', status: 'started' };
  const { document } = loadEdition(await editionFolder(below));
  expect(loadValidators().validate('read', 200, body)).toEqual([]);
  expect(loadValidators(document).validate('read', 200, body)).not.toEqual([]);
  expect(loadValidators(document).operations.cancel.statuses).toContain(423);
  expect(loadFacts().edition).toBe('7.8');
});
