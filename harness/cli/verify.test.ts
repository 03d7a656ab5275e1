/** `submit` and `verify` as a user meets them. */
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Report } from '../model/report.ts';
import { bundled, json } from '../testing/cli/bundles.ts';
import { retold } from '../testing/cli/forged.ts';
import { expectSaid, freshFolder, program, scratch } from '../testing/cli/program.ts';
import { simulated } from '../testing/cli/simulated.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let good: Report;
let broken: Report;
let small: Report;
beforeAll(async () => {
  good = await simulated();
  broken = await simulated({ mutant: 'cancels-in-commit' });
  small = await simulated({ clauses: ['list.media-type'], provision: 'none' });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('on the command line', () => {
  const submit = (cwd: string, report: Report, ...args: readonly string[]) => {
    writeFileSync(join(cwd, 'report.json'), json(report));
    const named = ['--product', 'Acme Mock', '--product-version', '1.2', '--out', 'b.zip'];
    return program(['submit', 'report.json', ...named, ...args], { cwd });
  };
  const verify = (cwd: string) => program(['verify', 'b.zip'], { cwd });

  test.each([
    { says: 'sound, complete and conformant: 0', report: () => good, code: 0, words: ['conformant: all 67'] },
    {
      says: 'sound and non-conformant: 1',
      report: () => broken,
      code: 1,
      words: ['non-conformant: 1 of 67'],
    },
    {
      says: 'sound and not complete: 4, and what is not proven is named',
      report: () => small,
      code: 4,
      words: [
        'not complete: 66 must clauses are not proven',
        '\n  cancel.leaves: the run was not about it\n',
      ],
    },
  ])('$says', async ({ report, code, words }) => {
    const cwd = freshFolder();
    expectSaid(await submit(cwd, report()), 0, []);
    expect(readdirSync(cwd).toSorted()).toEqual(['b.zip', 'report.json']);
    const { err, out, ...ended } = await verify(cwd);
    expect({ ...ended, err }).toEqual({ code, err: '' });
    for (const word of ['b.zip: Acme Mock 1.2, run ', 'sound: every byte', ...words])
      expect(out).toContain(word);
  });

  test('what nobody could verify is not submitted', async () => {
    const cwd = freshFolder();
    const ended = await submit(cwd, retold(broken, 'cancel.commit-phase.refused', 'pass'));
    expectSaid(ended, 1, ['cancel.commit-phase.refused is told as pass', 'No bundle was made']);
    expect(readdirSync(cwd)).toEqual(['report.json']);
  });

  test('a forged bundle is refused with 1, and nothing that it says moves the terminal', async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, 'b.zip'), await bundled(retold(broken, 'cancel.commit-phase.refused', 'pass')));
    const ended = await verify(cwd);
    expectSaid(ended, 1, ['is told as pass, and its evidence comes to fail', 'b.zip is refused']);
    expect(ended.out).toBe('');
    const evil = { ...good, run: { ...good.run, cutShort: '\u001b[2J' } };
    writeFileSync(join(cwd, 'b.zip'), await bundled(evil));
    expect((await verify(cwd)).err).not.toContain('\u001b');
  });

  test('a run whose tasks the user handed over can’t be submitted', async () => {
    const fixed = { ...good, target: { ...good.target, provisioner: 'fixed' } };
    expectSaid(await submit(freshFolder(), fixed), 2, ['--provision fixed', 'can be judged again']);
  });

  test.each([
    { what: 'no file', make: () => {}, words: ['b.zip can’t be read'] },
    { what: 'no zip', make: (file: string) => writeFileSync(file, 'hello'), words: ['b.zip is no bundle'] },
    {
      what: 'a file of 500 MB',
      make: (file: string) => {
        writeFileSync(file, '');
        truncateSync(file, 500_000_000);
      },
      words: ['b.zip has 477 MiB, and no more than 64 MiB are read'],
    },
  ])('$what is no bundle: 2', async ({ make, words }) => {
    const cwd = freshFolder();
    make(join(cwd, 'b.zip'));
    expectSaid(await verify(cwd), 2, [...words, 'Name a bundle']);
  });

  test.each([
    { args: ['--product', ''], words: ['--product "" can’t be told'] },
    { args: ['--product-version', 'a\nb'], words: ['--product-version "a\\nb" can’t be told'] },
    { args: ['--out', 'no/such/folder.zip'], words: ['--out no/such/folder.zip can’t be written'] },
  ])('submit $args is refused with 2', async ({ args, words }) => {
    expectSaid(await submit(freshFolder(), small, ...args), 2, words);
  });
});
