/** A bundle is believed where every byte is as it was, and its report what its evidence comes to. */
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Member, packed, Refusal, unpacked } from '../../reports/bundle/archive.ts';
import { sealed } from '../../reports/bundle/manifest.ts';
import type { Report } from '../../reports/report.ts';
import { summarize } from '../verdict.ts';
import { bundleOf, opened } from './bundle.ts';
import { retold } from './fixtures/forged.ts';
import { expectSaid, freshFolder, program, scratch } from './fixtures/program.ts';
import { rehearsed } from './fixtures/rehearsed.ts';
import { proof, unproven } from './proven.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const product = { name: 'Acme Mock', version: '1.2' };
const json = (report: Report): Buffer => Buffer.from(JSON.stringify(report));
const bundled = (report: Report): Promise<Buffer> => bundleOf(report, json(report), product);
const known = ['manifest.json', 'manifest.sha256', 'report.json.gz', 'junit.xml'];

let good: Report;
let broken: Report;
let small: Report;
beforeAll(async () => {
  good = await rehearsed();
  broken = await rehearsed({ mutant: 'cancels-in-commit' });
  small = await rehearsed({ clauses: ['list.media-type'], provision: 'none' });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Why a bundle is refused; '' where it is not, and `no zip` where it is none. */
async function refusal(bundle: Buffer): Promise<string> {
  try {
    return (await opened(bundle)) ? '' : 'no zip';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

describe('a bundle', () => {
  test('holds the report and what it was told of it', async () => {
    expect(await opened(await bundled(good))).toMatchObject({
      manifest: { product, harnessVersion: good.run.harnessVersion, run: good.run.id },
      report: JSON.parse(JSON.stringify(good)),
    });
  });

  test('of which any byte was changed is refused, and its member named', async () => {
    const bundle = await bundled(small);
    const members = (await unpacked(bundle, known)) ?? [];
    const ends = members.map(({ name, content }) => ({
      name,
      end: bundle.indexOf(content) + content.length,
    }));
    expect(ends.map(({ name }) => name)).toEqual(known);
    const unnoticed: string[] = [];
    for (let at = 0; at < bundle.length; at++) {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const why = await refusal(changed);
      const name = ends.find(({ end }) => at < end)?.name ?? ''; // behind the last member is the directory
      if (why === '' || !why.includes(name)) unnoticed.push(`byte ${at} of ${name}: ${why}`);
    }
    expect(unnoticed).toEqual([]);
  });

  test('that is cut off anywhere is none, or is refused', async () => {
    const bundle = await bundled(small);
    for (let length = 0; length < bundle.length; length += 97)
      expect(await refusal(bundle.subarray(0, length))).not.toBe('');
  });
});

/** Members under a manifest that fits them. */
const resealed = (report: Report, members: readonly Member[]): Promise<Buffer> =>
  packed(sealed({ product, harnessVersion: report.run.harnessVersion, run: report.run.id }, members));
const gz = (content: Buffer): Member => ({ name: 'report.json.gz', content: gzipSync(content) });

describe('somebody who knows how to make the hashes anew', () => {
  test.each<{ what: string; forge: () => Promise<Buffer>; why: string }>([
    {
      what: 'alters the summary',
      forge: () =>
        bundled({ ...broken, summary: { ...broken.summary, must: { ...broken.summary.must, broken: 0 } } }),
      why: 'report.json.gz does not follow from itself: its summary',
    },
    {
      what: 'alters the verdict',
      forge: () => bundled({ ...broken, verdict: 'conformant' }),
      why: 'report.json.gz does not follow from itself: its verdict',
    },
    {
      what: 'names another run in the manifest',
      forge: () => resealed({ ...small, run: { ...small.run, id: 'other' } }, [gz(json(small))]),
      why: 'manifest.json is of run other',
    },
    {
      what: 'alters a page that comes along',
      forge: () =>
        resealed(small, [gz(json(small)), { name: 'junit.xml', content: Buffer.from('<testsuites/>') }]),
      why: 'junit.xml is not what the report comes to',
    },
    { what: 'leaves out the report', forge: () => resealed(small, []), why: 'report.json.gz is missing' },
    {
      what: 'puts in something else',
      forge: () => resealed(small, [gz(Buffer.from('{}'))]),
      why: 'report.json.gz is no report of ours',
    },
    {
      what: 'puts in no gzip',
      forge: () => resealed(small, [{ name: 'report.json.gz', content: json(small) }]),
      why: 'report.json.gz can’t be inflated',
    },
    {
      what: 'puts in a bomb',
      forge: () => resealed(small, [gz(Buffer.alloc(129 * 2 ** 20))]),
      why: 'report.json.gz can’t be inflated: it has more than 128 MiB',
    },
  ])('and $what is refused', async ({ forge, why }) => {
    expect(await refusal(await forge())).toContain(why);
  });

  const refused = 'cancel.commit-phase.refused';
  /** With the summary that follows. */
  const summed = (report: Report): Report => ({ ...report, summary: summarize(report.clauses) });
  test.each<{ what: string; forged: () => Report; why: string }>([
    {
      what: 'tells a broken clause as proven',
      forged: () => retold(broken, refused, 'pass'),
      why: `${refused} is told as pass, and its evidence comes to fail: POST `,
    },
    {
      what: 'tells a proven clause as broken',
      forged: () => {
        const [{ id = '' } = {}] = good.exchanges;
        const told = retold(good, 'list.schema', 'fail');
        return {
          ...told,
          clauses: told.clauses.map((clause) => ({
            ...clause,
            checks: clause.checks.map((check) =>
              check.verdict === 'fail' ? { ...check, exchanges: [id] } : check,
            ),
          })),
        };
      },
      why: 'list.schema is told as fail, and its evidence comes to pass',
    },
    {
      what: 'makes a must a may',
      forged: () =>
        summed({
          ...broken,
          verdict: 'incomplete',
          clauses: broken.clauses.map((clause) =>
            clause.id === refused ? { ...clause, level: 'may' } : clause,
          ),
        }),
      why: `${refused} is told otherwise than it stands in the register`,
    },
    {
      what: 'leaves a broken clause out',
      forged: () =>
        summed({
          ...broken,
          verdict: 'incomplete',
          clauses: broken.clauses.filter(({ id }) => id !== refused),
        }),
      why: `${refused} is not told, and the evidence speaks of it`,
    },
    {
      what: 'words a reason otherwise',
      forged: () => ({
        ...good,
        clauses: good.clauses.map((clause) =>
          clause.id === 'list.schema'
            ? { ...clause, checks: clause.checks.map((check) => ({ ...check, reason: 'all is well' })) }
            : clause,
        ),
      }),
      why: 'list.schema: the check "holding=what is there" is told otherwise than its evidence comes to',
    },
    {
      what: 'leaves out the answers of the broken clause',
      forged: () => {
        const shown = broken.clauses
          .find(({ id }) => id === refused)
          ?.checks.flatMap((check) => check.exchanges);
        return {
          ...retold(broken, refused, 'pass'),
          exchanges: broken.exchanges.filter(({ id }) => !shown?.includes(id)),
        };
      },
      why: `${refused} is told as pass, and its evidence comes to inconclusive`,
    },
    {
      what: 'cuts the run short',
      forged: () => ({ ...good, run: { ...good.run, cutShort: 'the disk is full' } }),
      why: 'the run was cut short (the disk is full)',
    },
  ])('and $what is refused', async ({ forged, why }) => {
    expect((await proof(forged())).against.filter((line) => line.includes(why))).toHaveLength(1);
  });

  test('and an honest report is believed, broken or not', async () => {
    for (const report of [good, broken, small])
      expect(await proof(report)).toEqual({ against: [], beyond: [] });
  });

  test('other suites are named where they may be why', async () => {
    const { run } = broken;
    const older = { ...run, harnessVersion: '0.0.9', hashes: { ...run.hashes, suites: '0'.repeat(16) } };
    const { against } = await proof({ ...retold(broken, refused, 'pass'), run: older });
    expect(against[0]).toContain(
      '(by other suites than those of the run: they were those of harness 0.0.9, this is ',
    );
  });
});

describe('of answers that are recorded by their beginning alone', () => {
  /** As a long run records the lists that come last. */
  const shortened = (report: Report): Report => ({
    ...report,
    exchanges: report.exchanges.map((exchange) => {
      const { operation, response } = exchange;
      if (operation !== 'list' || !response || response.body.length < 500) return exchange;
      const kept = { bytes: response.body.length, sha256: '0'.repeat(64) };
      return { ...exchange, response: { ...response, body: response.body.slice(0, 10), shortened: kept } };
    }),
  });

  test('what hangs on them is neither refused nor proven', async () => {
    const { against, beyond } = await proof(shortened(good));
    expect(against).toEqual([]);
    expect(beyond).toContainEqual({
      id: 'list.schema',
      why: expect.stringMatching(/^only the beginning of \d+ answers is recorded$/),
    });
    expect(unproven(good, beyond).map(({ id }) => id)).toContain('list.schema');
  });

  test('what does not is refused as ever', async () => {
    const forged = shortened(retold(broken, 'cancel.commit-phase.refused', 'pass'));
    expect((await proof(forged)).against).toEqual([
      expect.stringContaining('cancel.commit-phase.refused is told as pass, and its evidence comes to fail'),
    ]);
  });
});

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
