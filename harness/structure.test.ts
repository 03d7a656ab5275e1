/** The structure of the source: no import circle between folders, and one exported name for one thing. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { expect, test } from 'vitest';

const files = globSync('{spec,harness,suites,reports}/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));

/** The folders that the files of each folder import from. */
function importedFolders(): ReadonlyMap<string, ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>();
  for (const [file, source] of sources) {
    const from = dirname(file);
    const imported = folders.get(from) ?? new Set();
    folders.set(from, imported);
    for (const [, path = ''] of source.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)) {
      const to = dirname(normalize(`${from}/${path}`));
      if (to !== from) imported.add(to);
    }
  }
  return folders;
}

test('no import circle between folders', () => {
  const folders = importedFolders();
  const circleFrom = (folder: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(folder)) return [...path.slice(path.indexOf(folder)), folder];
    for (const next of folders.get(folder) ?? []) {
      const circle = circleFrom(next, [...path, folder]);
      if (circle) return circle;
    }
    return undefined;
  };
  const circles = [...folders.keys()].flatMap((folder) => circleFrom(folder, [])?.join(' → ') ?? []);
  expect([...new Set(circles)]).toEqual([]);
});

test('an exported type is declared in one file', () => {
  const declared = new Map<string, string[]>();
  const declaration = /^export (?:abstract )?(?:class|interface|type) (\w+)/gm;
  for (const [file, source] of sources)
    if (!file.startsWith('harness/reference/'))
      // it shares nothing with the rest, so it has a `Phase` of its own
      for (const [, name = ''] of source.matchAll(declaration))
        declared.set(name, [...(declared.get(name) ?? []), file]);
  const twice = [...declared].filter(([, where]) => where.length > 1);
  expect(twice.map(([name, where]) => `${name}: ${where.join(', ')}`)).toEqual([]);
});
