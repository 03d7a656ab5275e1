/** The reader on the official pages, where they are on this machine. Nothing of them is kept but these numbers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDocs, readSource } from './docs.ts';
import { loadFacts } from './facts.ts';
import { docsDir, whereDocs } from './fixtures/fixtures.ts';
import { factsFrom } from './reading.ts';

const dir = docsDir ?? '';
const reference = join(dir, 'rest-api-7.8');

// Patience: reading 182 pages takes seconds on a busy machine.
describe(`the official pages${whereDocs}`, { timeout: 60_000 }, () => {
  test.skipIf(docsDir === undefined)(
    'all 182 are read, and what is not read is told row by row',
    async () => {
      const { reading, leftOut } = await readDocs([reference]);
      expect(leftOut).toEqual([]);
      expect(reading.counts).toEqual({
        pages: 182,
        operations: 190,
        summaryRows: 209,
        statusRows: 492,
        errorCodes: 199,
        parameters: 530,
        responseHeaders: 29,
        bodyFields: 93,
        permissions: 246,
        objects: 73,
        fields: 887,
        statements: 1217,
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
    },
  );

  test.skipIf(docsDir === undefined)(
    'no line that looks like a status row is missing from the count',
    async () => {
      const { pages } = await readDocs([reference]);
      const sources = await Promise.all(pages.map((page) => readSource(page.name)));
      const inTables = sources.join('\n').match(/^\| *\[?`?[1-5]\d\d\b.*$/gm) ?? [];
      expect(inTables.length - 7).toBe(492); // seven stand in the overview of the general page
    },
  );

  test.skipIf(docsDir === undefined)(
    'the page JSON and the Hugo page give the same facts, and those are checked in',
    async () => {
      const object = join(reference, 'objects/crdb_task.md');
      const fromHugo = await readDocs([join(reference, 'requests/crdb_tasks/_index.md'), object]);
      const fromJson = await readDocs([join(dir, 'crdb_tasks.page.json'), object]);
      expect(factsFrom(fromJson.reading)).toEqual(factsFrom(fromHugo.reading));
      expect(loadFacts()).toEqual(factsFrom(fromHugo.reading));
      expect(fromHugo.reading.unread).toEqual([]);
    },
  );

  test.skipIf(docsDir === undefined)('no sentence of them stands in a file of this folder', async () => {
    const pages = ['requests/crdb_tasks/_index.md', 'objects/crdb_task.md'].map((page) =>
      readFileSync(join(reference, page), 'utf8'),
    );
    const sentences = pages.flatMap((page) => page.match(/[A-Z][a-z][^|<>.\n{}#`]{24,}/g) ?? []);
    expect(sentences.length).toBeGreaterThan(10);
    const files = ['clauses.yaml', 'overlay.yaml', 'openapi.yaml', 'facts.json'].map((file) =>
      readFileSync(new URL(file, import.meta.url), 'utf8').toLowerCase(),
    );
    const copied = sentences.filter((sentence) =>
      files.some((file) => file.includes(sentence.trim().toLowerCase())),
    );
    expect(copied).toEqual([]);
  });
});
