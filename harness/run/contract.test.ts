import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../testing/temporary-folder.ts';
import { judgedBy, loadContract } from './contract.ts';

/** A folder that holds the default edition under another name. */
function otherEdition(): string {
  const folder = freshFolder();
  const file = (name: string): string =>
    readFileSync(new URL(`../../spec/editions/7.8/${name}`, import.meta.url), 'utf8');
  writeFileSync(
    join(folder, 'facts.json'),
    JSON.stringify({ ...JSON.parse(file('facts.json')), edition: '9.9' }),
  );
  writeFileSync(
    join(folder, 'openapi.yaml'),
    file('openapi.yaml').replace(/^ {2}version: .*$/m, '  version: "9.9"'),
  );
  return folder;
}

test('the default edition has a name, and checks of its own clauses only', async () => {
  const usual = await loadContract();
  expect((await loadContract(usual.edition.name)).edition.name).toBe(usual.edition.name);
  expect([...usual.book.keys()].every((id) => usual.register.byId.has(id))).toBe(true);
});

test('two editions can be held beside each other in one thread', async () => {
  const [usual, other] = await Promise.all([loadContract(), loadContract(otherEdition())]);
  expect(judgedBy(other).docsVersion).toBe('9.9');
  expect(judgedBy(usual).docsVersion).not.toBe('9.9');
  expect(judgedBy(other).hashes.openapi).not.toBe(judgedBy(usual).hashes.openapi);
  expect(other.validators).not.toBe(usual.validators);
});

test('an edition that does not exist is an error for people', async () => {
  await expect(loadContract('7.99')).rejects.toMatchObject({ remedy: expect.any(String) });
});
