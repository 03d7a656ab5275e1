/** The stance table of ../shared/domain.md against the register: each row is tested, at its level, or named as not testable. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Table } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, test } from 'vitest';
import { words } from './blocks.ts';
import { loadRegister } from './register.ts';

const file = fileURLToPath(new URL('../../shared/domain.md', import.meta.url));
const there = existsSync(file);

interface Row {
  readonly slug: string;
  readonly level: string;
}

/** The rows of the table under the heading Stance; one that goes on with the question above it has a number. */
function stanceRows(text: string): readonly Row[] {
  const { children } = unified().use(remarkParse).use(remarkGfm).parse(text);
  const heading = children.findIndex((node) => node.type === 'heading' && words(node) === 'Stance');
  const table = children.slice(heading).find((node): node is Table => node.type === 'table');
  const rows: Row[] = [];
  let question = '';
  let number = 1;
  for (const { children: cells } of table?.children.slice(1) ?? []) {
    const [first = '', , level = ''] = cells.map((cell) => words(cell).trim());
    number = first.startsWith('…') ? number + 1 : 1;
    if (number === 1) {
      question = first
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
    }
    rows.push({ slug: number === 1 ? question : `${question}.${number}`, level });
  }
  return rows;
}

describe.skipIf(!there)(`the stance table${there ? '' : ' [skipped: no ../shared/domain.md here]'}`, () => {
  const rows = there ? stanceRows(readFileSync(file, 'utf8')) : [];
  const { clauses, notTestable } = loadRegister();

  test('has rows', () => expect(rows.length).toBeGreaterThan(30));

  test('every row is tested by a clause, or named as not testable', () => {
    const named = new Set([...clauses, ...notTestable].flatMap(({ stance }) => stance));
    expect(rows.filter(({ slug }) => !named.has(slug))).toEqual([]);
  });

  test('some clause of each row has its level', () => {
    const untested = new Set(notTestable.flatMap(({ stance }) => stance));
    const missing = rows.filter(
      ({ slug, level }) =>
        !untested.has(slug) &&
        !clauses.some((clause) => clause.stance.includes(slug) && clause.level === level),
    );
    expect(missing).toEqual([]);
  });

  test('no clause has a level that none of its rows has', () => {
    const levels = new Map(rows.map(({ slug, level }) => [slug, level] as const));
    const odd = clauses.filter(
      ({ stance, level }) => stance.length > 0 && !stance.some((slug) => levels.get(slug) === level),
    );
    expect(odd.map(({ id }) => id)).toEqual([]);
  });

  test('no clause names a row that is not there', () => {
    const slugs = new Set(rows.map(({ slug }) => slug));
    const strays = [...clauses, ...notTestable]
      .flatMap(({ stance }) => stance)
      .filter((slug) => !slugs.has(slug));
    expect(strays).toEqual([]);
  });
});
