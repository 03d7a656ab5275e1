import { describe, expect, test } from 'vitest';
import { fixture, fixturePage, pageOf } from '../harness/testing/docs-samples.ts';
import { fingerprint } from './facts.ts';
import { factsFrom, readPages } from './reading.ts';

describe('the page of the invented API', () => {
  const { operations, unread, counts, statements } = readPages([fixturePage('kettles.hugo.txt')]);
  const [list, fill] = operations;

  test('has its operations, the typed placeholder among them, under their anchors', () => {
    expect(operations.map(({ method, path, anchor }) => [method, path, anchor])).toEqual([
      ['GET', '/v1/kettles', 'list-kettles'],
      ['PUT', '/v1/kettles/{kettle_id}', 'put-kettle'],
    ]);
  });

  test('has its status rows, one with no-break spaces and one without its last pipe among them', () => {
    expect(list?.statuses).toEqual([
      { code: 200, anchor: 'list-status-codes', fingerprint: fingerprint('Kettles are listed') },
      { code: 418, anchor: 'list-status-codes', fingerprint: fingerprint('That is no kettle') },
    ]);
    expect(fill?.statuses.map(({ code }) => code)).toEqual([200]);
  });

  test('has its parameters by place', () => {
    const all = operations.flatMap(({ parameters }) => parameters);
    expect(all.map(({ name, in: place, type, optional }) => [name, place, type.kind, optional])).toEqual([
      ['X-Lid', 'header', 'boolean', false],
      ['kettle_id', 'path', 'integer', false],
      ['boil', 'query', 'boolean', true],
    ]);
  });

  test('reads the rows of a body, and keeps them as statements', () => {
    const prints = new Set(statements.map((statement) => statement.fingerprint));
    expect(counts.get('body fields')).toBe(2);
    expect(prints).toContain(fingerprint('water: What goes in'));
  });

  test('says what is returned, and for how long water stays warm', () => {
    expect(list?.returns).toMatchObject({ object: 'Kettle', array: true, anchor: 'list-response' });
    expect(fill?.returns).toBeNull();
    expect(fill?.durations).toMatchObject([{ seconds: 1200, byDefault: true, anchor: 'put-kettle' }]);
  });

  test('has a fingerprint of each sentence and of each line of the overview', () => {
    const words = ['Fills a kettle', 'It costs nothing', 'Hot water burns', 'Says that it is done'];
    const prints = new Set(statements.map((statement) => statement.fingerprint));
    for (const sentence of words) expect(prints).toContain(fingerprint(sentence));
  });

  test('has three rows that can not be read, each with its line', () => {
    const line = (text: string): string =>
      `kettles.hugo.txt:${fixture('kettles.hugo.txt').split(text)[0]?.split('\n').length}`;
    expect(unread).toEqual([
      { where: line('| soon'), reason: '`soon` is not a status code' },
      { where: line('| lid |'), reason: 'a row of 4 cells in a table of 3 columns' },
      { where: line('| level'), reason: 'the type `litre-ish`' },
    ]);
    expect(Object.fromEntries(counts)).toMatchObject({ operations: 2, 'status rows': 3, parameters: 3 });
  });

  test.each(['kettles.page.json.txt', 'kettles.published.txt'])(
    'gives the same facts as %s, link targets aside',
    (file) => {
      const other = readPages([fixturePage(file)]);
      const at = ({ page: _, ...rest }: (typeof operations)[number]) => rest;
      expect(other.operations.map(at)).toEqual(operations.map(at));
      expect(other.statements.map((statement) => statement.fingerprint)).toEqual(
        statements.map((statement) => statement.fingerprint),
      );
      expect(other.unread.map(({ reason }) => reason)).toEqual(unread.map(({ reason }) => reason));
    },
  );
});

test('an object page: a field whose values go on in rows without a name, and two kinds of column', () => {
  const page = pageOf(
    '---\nTitle: Kettle object\nurl: /rest-api/objects/kettle/\n---\n\n' +
      '| Name | Type/Value | Description |\n|--|--|--|\n| state | cold | It waits |\n| | hot | It boils |\n| lid | string | Its lid |\n| | string | What |\n' +
      "\n| Name | Type/Value & Description |\n|--|--|\n| a | integer; A number (read-only) |\n| b | Some words<br />Values:<br />**'x'**: one<br />'y' |\n| c | Only words |\n",
  );
  const { objects, unread } = readPages([page]);
  expect(objects[0]?.name).toBe('Kettle');
  expect(objects[0]?.fields.map(({ name, type, readOnly }) => [name, type, readOnly])).toEqual([
    ['state', { kind: 'enum', values: ['cold', 'hot'] }, false],
    ['lid', { kind: 'string' }, false],
    ['a', { kind: 'integer' }, true],
    ['b', { kind: 'enum', values: ['x', 'y'] }, false],
  ]);
  expect(unread.map(({ reason }) => reason)).toEqual(['a row without a name', 'no type in `Only words`']);
});

test('a row of the overview without a section is reported, unless it links to another page', () => {
  const page = pageOf(
    '---\nTitle: x\n---\n| Method | Path | Description |\n|--|--|--|\n| [GET](#a) | `/v1/a` | A |\n| [GET](/other#b) | `/v1/b` | B |\n| FETCH | nothing | C |\n',
  );
  expect(readPages([page]).unread.map(({ reason }) => reason)).toEqual([
    'no section begins with GET /v1/a',
    '`FETCH nothing` is not a method and path',
  ]);
});

/** An object page with one field, and 19 kB in a cell of its row, as much as is read. */
const cellOf = (part: string) =>
  `# x\n\n| Name | Type/Value | Description |\n|--|--|--|\n| a | 'a' ${part.repeat(19_000 / part.length)} b | c |\n`;

test.each([
  { what: 'nothing', text: '# x\n' },
  { what: 'a table without rows', text: '# x\n\n| Code | Description |\n|--|--|\n' },
  { what: 'a block that never ends', text: '# x\n\n| Name | Type |\n|--|--|\n| a | {{<code>}} [ |\n' },
  {
    what: 'front matter whose aliases multiply',
    text: `---\na: &a [${'1,'.repeat(99)}]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]\n---\n# x\n`,
  },
  // As many of the longest paragraphs as a page may have.
  { what: 'emphasis that never closes', text: `# x\n${`\n${'*a_'.repeat(6500)}\n`.repeat(12)}` },
  { what: 'full stops', text: `# x\n${`\n${'. '.repeat(9900)}a\n`.repeat(12)}` },
  { what: 'blanks in a type', text: cellOf('\u00a0') },
  { what: 'a type that nests', text: cellOf('array of ') },
])('a page of $what does no harm', ({ text }) => expect(() => readPages([pageOf(text)])).not.toThrow());

test('facts hold no line and no word of the page beyond names', () => {
  const text = JSON.stringify(factsFrom(readPages([fixturePage('kettles.hugo.txt')])));
  expect(text).not.toMatch(/stove|warm|burns/);
  expect(text).not.toMatch(/kettles\.hugo/);
});
