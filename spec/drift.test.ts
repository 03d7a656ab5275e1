/** What moved between two pages, on pages of our own; commands.test.ts tries it on the official ones. */
import { describe, expect, test } from 'vitest';
import { fixture, ownFacts } from '../harness/testing/docs-samples.ts';
import { driftOf, nothingMoved } from './drift.ts';
import type { OpenApiDocument } from './edition.ts';
import { fingerprint } from './facts.ts';
import { openApi } from './openapi.ts';
import { parsePage } from './pages.ts';
import { factsFrom, readPages } from './reading.ts';
import { makeRegister } from './register.ts';

const current = ownFacts();

const clauses = `
clauses:
  - id: own.memory
    level: must
    basis: stated
    operation: read
    statement: It is remembered.
    reason: Said so.
    since: "7.8"
    source: { page: requests/crdb_tasks, anchor: one, fingerprint: ${fingerprint('An ended one is remembered for 500 seconds by default')} }
  - id: own.stop
    level: must
    basis: stated
    operation: cancel
    statement: It stops.
    reason: Said so.
    since: "7.8"
    source: { page: requests/crdb_tasks, anchor: stop, fingerprint: ${fingerprint('Stops what waits or runs')} }
  - id: own.where
    level: must
    basis: stated
    operation: read
    statement: It is somewhere.
    reason: Said so.
    since: "7.8"
    source: { page: objects/crdb_task, anchor: '', fingerprint: ${fingerprint('Where it is')} }
derived: {}
notTestable: []
stanceNotCovered: []
`;

// The generator gives any JSON; of facts with the three operations it gives this document.
const document = openApi(current) as unknown as OpenApiDocument;
const register = makeRegister({ clauses, facts: current, document });

/** What moved when the page of the operations is rewritten; the object's page is not given. */
function drift(...changes: readonly (readonly [from: string, to: string])[]) {
  const text = changes.reduce((page, [from, to]) => {
    expect(page).toContain(from);
    return page.replaceAll(from, to);
  }, fixture('own-requests.txt'));
  const page = parsePage(text, 'newer.md');
  const reading = readPages([page]);
  return driftOf(register, current, {
    facts: factsFrom(reading),
    pages: new Set([page.key]),
    anchors: new Map([[page.key, page.anchors]]),
    where: reading.where,
  });
}

const still = { clauses: [], statements: [], rows: [] };

describe('nothing moved', () => {
  test('in the very same page', () => {
    expect(drift()).toEqual(still);
    expect(nothingMoved(drift())).toBe(true);
  });

  test.each([
    { what: 'markup', from: 'An ended one is', to: 'An *ended* **one** is' },
    { what: 'a link', from: 'An ended one', to: 'An [ended](/elsewhere) one' },
    { what: 'white space', from: 'Stops what waits', to: 'Stops  what\nwaits' },
    { what: 'closing punctuation', from: 'waits or runs.', to: 'waits or runs' },
    { what: 'the target of an object link', from: '(/own/rest-api/objects/crdb_task)', to: '()' },
    { what: 'a status in another markup', from: '| 404 Not Found |', to: '| [404 Not Found](x#y) |' },
    {
      what: 'an example',
      from: '## Stop {#stop}',
      to: '#### Example HTTP request\n\n```sh\nGET /v1/crdb_tasks/9\n```\n\n## Stop {#stop}',
    },
  ])('where only $what changed', ({ from, to }) => expect(drift([from, to])).toEqual(still));

  test('where a page leaves its anchors to the site', () => {
    const bare = fixture('own-requests.txt').match(/ \{#[^}]+\}/g) ?? [];
    expect(drift(...bare.map((anchor) => [anchor, ''] as const))).toEqual(still);
  });
});

describe('moved', () => {
  test('a sentence that says otherwise: its clause, and the new statement, with its line', () => {
    expect(drift(['for 500 seconds', 'for 600 seconds'])).toEqual({
      clauses: ['own.memory: its sentence changed; see newer.md:37'],
      statements: ['newer.md:37 has a new statement'],
      rows: ['GET /v1/crdb_tasks/{task_id}: spans of time: was 500 s by default, now 600 s by default'],
    });
  });

  test('a sentence that is gone: its clause', () => {
    expect(drift(['Stops what waits or runs.', ''])).toEqual({
      ...still,
      clauses: ['own.stop: its source changed or vanished under requests/crdb_tasks#stop'],
    });
  });

  test('a row that no task operation has, such as a permission', () => {
    const table = '\n\n### Permissions\n\n| Permission name | Roles |\n|--|--|\n| stop_it | admin |\n';
    const { statements, rows } = drift(['Says yes.', `Says yes.${table}`]);
    expect(statements).toEqual([expect.stringMatching(/^newer\.md:\d+ has a new statement$/)]);
    expect(rows).toEqual([]);
  });

  test('a sentence more: reported as one without a clause', () => {
    const { clauses: lost, statements, rows } = drift(['Says yes.', 'Says yes. Says it aloud.']);
    expect({ lost, rows }).toEqual({ lost: [], rows: [] });
    expect(statements).toEqual([expect.stringMatching(/^newer\.md:\d+ has a new statement$/)]);
  });

  test('a heading that has another anchor: the clauses whose link leads nowhere', () => {
    expect(drift(['{#stop}', '{#halt}']).clauses).toEqual(['own.stop: its source moved from #stop to #halt']);
  });

  test.each([
    {
      from: '| 409 Conflict | It did not stop. |',
      to: '',
      row: 'POST /v1/crdb_tasks/{task_id}/actions/cancel: status 409 is gone',
    },
    {
      from: '| 406 Not',
      to: '| 410 Gone | Long ago. |\n| 406 Not',
      row: 'POST /v1/crdb_tasks/{task_id}/actions/cancel: status 410 is new',
    },
    {
      from: 'Too late.',
      to: 'Far too late.',
      row: 'POST /v1/crdb_tasks/{task_id}/actions/cancel: status 406 has a new description',
    },
    {
      from: '| verbose |',
      to: '| chatty |',
      row: 'GET /v1/crdb_tasks/{task_id}: the parameter verbose (query) is gone',
    },
    {
      from: '| X-Result-TTL | integer',
      to: '| X-Result-TTL | string',
      row: 'GET /v1/crdb_tasks/{task_id}: the parameter X-Result-TTL (header): was integer, not marked optional, now string, not marked optional',
    },
    {
      from: 'what may (optional)',
      to: 'what may',
      row: 'POST /v1/crdb_tasks/{task_id}/actions/cancel: the parameter force (query): was boolean, marked optional, now boolean, not marked optional',
    },
    {
      from: 'Here comes a JSON array of',
      to: 'Here come',
      row: 'GET /v1/crdb_tasks: the body of the response: was an array of CRDB task, now CRDB task',
    },
    {
      from: 'POST /v1/crdb_tasks/{task_id}/actions/cancel\n',
      to: 'DELETE /v1/crdb_tasks/{task_id}\n',
      row: 'the operation POST /v1/crdb_tasks/{task_id}/actions/cancel is gone',
    },
  ])('$row', ({ from, to, row }) => expect(drift([from, to]).rows).toContain(row));
});

describe('of the object page', () => {
  const object = (from: string, to: string) => {
    const page = parsePage(fixture('own-object.txt').replace(from, to), 'newer.md');
    const reading = readPages([page]);
    const anchors = new Map([[page.key, page.anchors]]);
    return driftOf(register, current, {
      facts: factsFrom(reading),
      pages: new Set([page.key]),
      anchors,
      where: reading.where,
    });
  };

  test.each([
    {
      from: "'queued' <br />",
      to: '',
      row: 'objects/crdb_task: the field status: was one of queued, started, finished, failed, read-only, now one of started, finished, failed, read-only',
    },
    {
      from: '| id | string | Its name (read-only) |\n',
      to: '',
      row: 'objects/crdb_task: the field id is gone',
    },
    {
      from: '"error_code": string',
      to: '"error_code": integer',
      row: 'objects/crdb_task: the field errors: was array of object { cluster_name: string, error_code: string }, not marked read-only, now array of object { cluster_name: string, error_code: integer }, not marked read-only',
    },
    {
      from: 'Its name (read-only)',
      to: 'Its name',
      row: 'objects/crdb_task: the field id: was string, read-only, now string, not marked read-only',
    },
  ])('$row', ({ from, to, row }) => expect(object(from, to).rows).toEqual([row]));

  test('a cell that says otherwise: the clause that rests on it', () => {
    expect(object('Where it is', 'Where it was')).toEqual({
      clauses: ['own.where: its source changed or vanished under objects/crdb_task#'],
      statements: [],
      rows: ['objects/crdb_task: the field status has a new description'],
    });
  });
});
