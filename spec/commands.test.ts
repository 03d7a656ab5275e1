import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { docsDir, editionFolder, fixture, whereDocs } from '../harness/testing/docs-samples.ts';
import { check, diff, generate } from './commands.ts';
import { documentFile } from './edition.ts';
import { factsFile, loadFacts } from './facts.ts';
import { SpecError } from './record.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spec-'));
  await writeFile(join(folder, 'requests.md'), fixture('own-requests.txt'));
  await writeFile(join(folder, 'object.md'), fixture('own-object.txt'));
  await writeFile(join(folder, 'kettles.json'), fixture('kettles.page.json.txt'));
  await writeFile(join(folder, 'notes.md'), '# Notes\n\nNothing of the API.\n');
});

const out = () => join(folder, 'edition');
const files = () => ({ facts: join(out(), 'facts.json'), document: join(out(), 'openapi.yaml') });

describe('spec generate', () => {
  test('of both pages writes their facts and their document', async () => {
    const { lines, written } = await generate([join(folder, 'requests.md'), join(folder, 'object.md')], {
      out: out(),
    });
    expect(written).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/^Read: 2 pages, 3 operations, 11 statements, 10 status rows, /),
      'Every row was read.',
      `Written to ${out()}: facts.json, openapi.yaml.`,
    ]);
    expect(JSON.parse(await readFile(files().facts, 'utf8'))).toMatchObject({
      objects: [{ fields: { length: 9 } }],
    });
  });

  test('writes the same in whatever order the pages are named', async () => {
    const both = [join(folder, 'requests.md'), join(folder, 'object.md')];
    await generate(both, { out: out() });
    const forwards = await readFile(files().facts, 'utf8');
    await generate(both.toReversed(), { out: out() });
    expect(await readFile(files().facts, 'utf8')).toBe(forwards);
  });

  test('without the object page keeps the object facts, and says so', async () => {
    const { lines } = await generate([join(folder, 'requests.md')], { out: out() });
    expect(lines).toContain('objects/crdb_task is not among the pages: its facts are kept as they were.');
    const { objects } = JSON.parse(await readFile(files().facts, 'utf8'));
    expect(objects).toEqual(loadFacts().objects);
    expect(await readFile(files().document, 'utf8')).toContain('crdb_guid');
  });

  test('of other pages writes nothing, and names each row that it could not read', async () => {
    const { lines, written } = await generate([join(folder, 'kettles.json')], { out: out() });
    expect(written).toBe(false);
    expect(lines).toContain('Not read: 3.');
    expect(lines.filter((line) => /^ {2}.*kettles\.json \(content\):\d+: /.test(line))).toHaveLength(3);
    expect(lines.at(-1)).toBe('Nothing written: requests/crdb_tasks is not among the pages.');
  });

  test('walks a directory', async () => {
    const walked = await mkdtemp(join(folder, 'walked-'));
    await writeFile(join(walked, 'a.md'), fixture('kettles.hugo.txt'));
    await writeFile(join(walked, 'b.json'), fixture('kettles.page.json.txt'));
    await writeFile(join(walked, 'c.json'), '{"half":');
    const { lines } = await generate([walked], { out: out() });
    expect(lines[0]).toContain('Read: 1 pages, ');
    expect(lines.filter((line) => line.startsWith('Left out: '))).toEqual([
      `Left out: ${join(walked, 'b.json')}: the page requests/kettles was read already`,
      expect.stringContaining('c.json is broken JSON'),
    ]);
  });

  test.skipIf(docsDir === undefined)(`of the official pages changes nothing${whereDocs}`, async () => {
    const pages = ['requests/crdb_tasks/_index.md', 'objects/crdb_task.md'];
    await generate(
      pages.map((page) => join(docsDir ?? '', 'rest-api-7.8', page)),
      { out: out() },
    );
    expect(await readFile(files().facts, 'utf8')).toBe(await readFile(factsFile, 'utf8'));
    expect(await readFile(files().document, 'utf8')).toBe(await readFile(documentFile, 'utf8'));
  });
});

describe('spec diff', () => {
  test('of editions in other words names the clauses and the row', () => {
    expect(diff('7.8', '8.0')).toEqual([
      'Edition 7.8 has 84 clauses, edition 8.0 has 84.',
      'Clauses that changed (4):',
      '  cancel.forced.accepted: the docs state it in other words; it requires the same',
      '  cancel.commit-phase.forced: the docs state it in other words; it requires the same',
      '  only in 7.8, not testable: A cancel returns a success message.',
      '  only in 8.0, not testable: A cancel is answered with a status, and nothing is said of a body.',
      'Rows of the docs that changed (1):',
      '  POST /v1/crdb_tasks/{task_id}/actions/cancel: the parameter force (query) has a new description',
    ]);
  });

  test.each([
    ['7.4', '7.8'],
    ['7.22', 'latest'],
  ])('%s and %s require the same', (before, after) => {
    expect(diff(before, after).slice(1)).toEqual(['Both require the same, in the same words.']);
  });

  test('names clauses that are new and that are gone, with the reason', async () => {
    const later = await editionFolder(folder);
    const lines = diff('7.8', later);
    expect(lines).toContain(
      '  cancel.commit-phase.refused is not required: the docs of this edition have no cancel.status.406',
    );
    expect(lines).toContain('  cancel.status.423 is new (must): A cancel is answered with 423.');
    expect(lines.find((line) => line.startsWith('  cancel.statuses: was: '))).toMatch(/406.*Now: .*423/);
    expect(lines).toContain('  POST /v1/crdb_tasks/{task_id}/actions/cancel: status 423 is new');
    expect(diff(later, '7.8').find((line) => line.includes('cancel.status.423'))).toBe(
      '  cancel.status.423 is not required: the docs have no such row',
    );
  });

  test('refuses an edition that there is not', () => {
    expect(() => diff('7.8', '7.9')).toThrow('There is no edition 7.9 here');
  });
});

describe('bad input is refused', () => {
  test.each([
    { names: () => [], says: 'No docs page is named' },
    { names: () => [join(folder, 'nowhere.md')], says: 'There is no file' },
    { names: () => [join(folder, 'notes.md')], says: 'describes no operation and no object' },
    {
      names: () => [join(folder, 'kettles.json')],
      says: 'neither requests/crdb_tasks nor objects/crdb_task',
    },
  ])('$says', async ({ names, says }) => {
    const checked = check(names());
    await expect(checked).rejects.toThrow(SpecError);
    await expect(checked).rejects.toThrow(says);
  });
});

describe('spec check', () => {
  test('of pages that say it in other words names clauses, statements and rows', async () => {
    const { lines, moved } = await check([join(folder, 'requests.md')]);
    expect(moved).toBe(true);
    expect(lines[0]).toBe('Compared: requests/crdb_tasks.');
    expect(lines.some((line) => line.startsWith('  cancel.commit-phase.refused: '))).toBe(true);
    expect(lines.some((line) => /^New statements without a clause \(\d+\):$/.test(line))).toBe(true);
  });

  const official = async (change: (text: string) => string): Promise<Awaited<ReturnType<typeof check>>> => {
    const source = join(docsDir ?? '', 'rest-api-7.8/requests/crdb_tasks/_index.md');
    const file = join(folder, 'altered.md');
    await writeFile(file, change(await readFile(source, 'utf8')));
    return check([file]);
  };

  describe.skipIf(docsDir === undefined)(`of the official pages${whereDocs}`, () => {
    test('as they are: nothing moved, in either form', async () => {
      const nothing = { lines: ['Compared: requests/crdb_tasks.', 'Nothing moved.'], moved: false };
      expect(await official((text) => text)).toEqual(nothing);
      expect(await check([join(docsDir ?? '', 'crdb_tasks.page.json')])).toEqual(nothing);
    });

    test('of 8.0 against their own edition: nothing moved; against 7.8 no clause, for it knows their words', async () => {
      const pages = [join(docsDir ?? '', 'editions/8.0')];
      expect((await check(pages, '8.0')).moved).toBe(false);
      const { lines, moved } = await check(pages);
      expect(moved).toBe(true);
      expect(lines.filter((line) => line.startsWith('Clauses'))).toEqual([
        'Clauses whose source changed (1):',
      ]);
      expect(lines).toContainEqual(
        expect.stringContaining('not testable: A cancel returns a success message.'),
      );
    });

    test('with a word changed: the clauses that rest on that sentence, and no other', async () => {
      const { lines, moved } = await official((text) =>
        text.replace('commit phase cannot', 'commit phase can'),
      );
      expect(moved).toBe(true);
      const clauses = lines.filter((line) => /^ {2}\S+: its sentence changed/.test(line));
      expect(clauses.map((line) => line.trim().split(':')[0])).toEqual([
        'cancel.commit-phase.refused',
        'cancel.commit-phase.untouched',
      ]);
      expect(lines.filter((line) => line.endsWith('has a new statement'))).toHaveLength(1);
    });

    test('with nothing new but a row that can not be read: moved, and the row is named', async () => {
      const { lines, moved } = await official((text) =>
        text.replace('| [409 Conflict]', '| 4o9 | What? |\n| [409 Conflict]'),
      );
      expect(moved).toBe(true);
      expect(lines.slice(1)).toEqual([
        'Rows that could not be read (1):',
        expect.stringMatching(/altered\.md:\d+: `4o9` is not a status code$/),
      ]);
    });
  });
});
