/** A bundle is opened where every byte is as it was, and its report follows from itself. */
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Member, packed, Refusal, unpacked } from '../../reports/bundle/archive.ts';
import { sealed } from '../../reports/bundle/manifest.ts';
import type { Report } from '../model/report.ts';
import { bundled, json, product } from '../testing/cli/bundles.ts';
import { simulated } from '../testing/cli/simulated.ts';
import { opened } from './bundle.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const known = ['manifest.json', 'manifest.sha256', 'report.json.gz', 'junit.xml', 'report.html'];

let broken: Report;
let small: Report;
beforeAll(async () => {
  broken = await simulated({ mutant: 'cancels-in-commit' });
  small = await simulated({ clauses: ['list.media-type'], provision: 'none' });
});

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
    expect(await opened(await bundled(broken))).toMatchObject({
      manifest: { product, harnessVersion: broken.run.harnessVersion, run: broken.run.id },
      report: JSON.parse(JSON.stringify(broken)),
    });
  });

  test('of which any byte was changed is refused, and its member named (of a long page every 37th is tried)', async () => {
    const bundle = await bundled(small);
    const members = (await unpacked(bundle, known)) ?? [];
    const ends = members.map(({ name, content }) => ({
      name,
      end: bundle.indexOf(content) + content.length,
    }));
    expect(ends.map(({ name }) => name)).toEqual(known);
    const unnoticed: string[] = [];
    const page = bundle.indexOf(members.at(-1)?.content ?? '');
    const ofPage = (at: number): boolean => at > page && at < (ends.at(-1)?.end ?? 0) - 1;
    for (let at = 0; at < bundle.length; at += ofPage(at) && ofPage(at + 37) ? 37 : 1) {
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
});
