/** The reader on all official pages, if they are on this machine. Only these numbers are kept of them. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { docsDir, whereDocs } from '../harness/testing/docs-samples.ts';
import { type Docs, readDocs, readSource } from './docs.ts';

describe.skipIf(docsDir === undefined)(`the official pages${whereDocs}`, () => {
  let docs: Docs;
  beforeAll(async () => {
    docs = await readDocs([join(docsDir ?? '', 'rest-api-7.8')]);
  });

  test('all 182 are read, and every row that is not read is named', () => {
    const { reading, leftOut } = docs;
    expect(leftOut).toEqual([]);
    expect(Object.fromEntries(reading.counts)).toEqual({
      pages: 182,
      operations: 190,
      'rows of overviews': 209,
      'status rows': 492,
      'error codes': 199,
      parameters: 530,
      'response headers': 29,
      'body fields': 93,
      'rows of permissions': 246,
      objects: 73,
      'fields of objects': 887,
      statements: 1694,
    });
    const kinds = Object.groupBy(reading.unread, ({ reason }) => reason.replace(/[`:].*$/, '').trim());
    const counted = Object.fromEntries(Object.entries(kinds).map(([kind, rows]) => [kind, rows?.length]));
    expect(counted).toEqual({
      'a row of a table of an unknown kind': 101,
      'a row of 3 cells in a table of 2 columns': 1,
      'a row of 4 cells in a table of 3 columns': 2,
      'no section begins with GET /v1/boostrap': 1,
      'no type in': 4,
      'the shortcode': 2,
      'the type': 3,
    });
    for (const { where } of reading.unread) expect(where).toMatch(/\.md:\d+$/);
  });

  test('no line that looks like a status row is missing from the count', async () => {
    const sources = await Promise.all(docs.pages.map((page) => readSource(page.name)));
    const inTables = sources.join('\n').match(/^\| *\[?`?[1-5]\d\d\b.*$/gm) ?? [];
    expect(inTables.length - 7).toBe(492); // seven stand in the overview of the general page
  });
});
