import { execFile } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { type Member, packed, Refusal, strayByte, unpacked } from './archive.ts';

const members: readonly Member[] = [
  { name: 'first.json', content: Buffer.from('{"a":1}') },
  { name: 'second.xml', content: Buffer.from('<b/>') },
];
const known = ['first.json', 'second.xml'];

test('what was packed is unpacked, in its order', async () => {
  expect(await unpacked(await packed(members), known)).toEqual(members);
});

describe('there is one way to pack some members', () => {
  /** In a process of its own: a zone is read once, at its start. */
  async function packedIn(zone: string): Promise<string> {
    const code = `const { packed } = await import('${new URL('archive.ts', import.meta.url).href}');
      const bundle = await packed([{ name: 'first.json', content: Buffer.from('{}') }]);
      console.log(new Date(0).getHours(), bundle.toString('base64'));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
      env: { ...process.env, TZ: zone },
    });
    return stdout;
  }

  test('wherever it is done', async () => {
    const [hours, here] = (await packedIn('Pacific/Auckland')).split(' ');
    const [otherHours, there] = (await packedIn('America/Caracas')).split(' ');
    expect(hours).not.toBe(otherHours);
    expect(there).toBe(here);
  });
});

/** The names stand in a zip twice each; lengths must stay as they are. */
async function renamed(from: string, to: string): Promise<Buffer> {
  expect(to).toHaveLength(from.length);
  const text = (await packed(members)).toString('latin1');
  return Buffer.from(text.replaceAll(from, to), 'latin1');
}

/** A zip as others may make it. */
async function zipped(fill: (zip: ZipFile) => void): Promise<Buffer> {
  const zip = new ZipFile();
  fill(zip);
  zip.end();
  return await buffer(zip.outputStream);
}

/** In the directory's entry of the first member. */
async function patched(changes: Readonly<Record<number, readonly number[]>>): Promise<Buffer> {
  const bundle = await packed(members);
  const entry = bundle.indexOf('PK\u0001\u0002', 'latin1');
  for (const [offset, bytes] of Object.entries(changes)) bundle.set(bytes, entry + Number(offset));
  return bundle;
}

const zeros = Buffer.alloc(10_000_000);

describe('is refused before anything of it is read', () => {
  test.each<{ what: string; bundle: () => Promise<Buffer>; why: RegExp }>([
    {
      what: 'a name that leads out',
      bundle: () => renamed('first.json', '../st.json'),
      why: /invalid relative path/,
    },
    {
      what: '… by the back',
      bundle: () => renamed('first.json', 'a/../.json'),
      why: /invalid relative path/,
    },
    { what: 'an absolute name', bundle: () => renamed('first.json', '/irst.json'), why: /absolute path/ },
    { what: 'a drive', bundle: () => renamed('first.json', 'C:rst.json'), why: /absolute path/ },
    { what: 'a backslash', bundle: () => renamed('first.json', '..\\st.json'), why: /invalid characters/ },
    {
      what: 'an unknown name',
      bundle: () => renamed('first.json', 'other.json'),
      why: /^other.json is no member/,
    },
    {
      what: 'a name in another case',
      bundle: () => renamed('first.json', 'First.json'),
      why: /is no member/,
    },
    {
      what: 'a member twice',
      bundle: () => renamed('second.xml', 'first.json'),
      why: /^first.json stands there twice/,
    },
    {
      what: 'a folder',
      bundle: () => zipped((zip) => zip.addEmptyDirectory('first.json')),
      why: /^first.json\/ is a link, or something else that is no file/,
    },
    {
      what: 'a link',
      bundle: () =>
        zipped((zip) =>
          zip.addBuffer(Buffer.from('/etc/passwd'), 'first.json', { compress: false, mode: 0o120777 }),
        ),
      why: /^first.json is a link/,
    },
    {
      what: 'a bomb',
      bundle: () => zipped((zip) => zip.addBuffer(zeros, 'first.json')),
      why: /^first.json is compressed/,
    },
    {
      what: 'a length that is none',
      bundle: () => patched({ 20: [255, 255, 255, 0, 255, 255, 255, 0] }),
      why: /^first.json is longer than the bundle/,
    },
    { what: 'two lengths', bundle: () => patched({ 20: [8] }), why: /first.json|size/ },
    {
      what: 'an encrypted member',
      bundle: () => patched({ 8: [1], 20: [7 + 12] }),
      why: /^first.json is encrypted/,
    },
  ])('$what', async ({ bundle, why }) => {
    const refused = unpacked(await bundle(), known);
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(why);
  });
});

test('what is no zip is none', async () => {
  for (const other of ['', 'PK', '{"schema":1}', 'PK\u0003\u0004'.repeat(100)])
    expect(await unpacked(Buffer.from(other), known)).toBeUndefined();
  expect(await unpacked((await packed(members)).subarray(0, -30), known)).toBeUndefined();
});

describe('a byte outside of all contents is told with the member that it belongs to', () => {
  test.each([
    { what: 'the time of the first', at: 10, named: 'first.json' },
    { what: 'the time of the second', at: 30 + 10 + 7 + 10, named: 'second.xml' },
    {
      what: 'its time once more, in the directory',
      at: 2 * (30 + 10) + 7 + 4 + 12,
      named: 'the archive’s directory',
    },
  ])('$what', async ({ at, named }) => {
    const bundle = await packed(members);
    bundle[at] = (bundle[at] ?? 0) ^ 1;
    expect(await strayByte(bundle, members)).toBe(
      `${named} was changed at byte ${at} of the bundle, outside of the contents`,
    );
  });

  test('also where something stands behind the end', async () => {
    const bundle = await packed(members);
    expect(await strayByte(bundle, members)).toBeUndefined();
    expect(await strayByte(Buffer.concat([bundle, Buffer.from('x')]), members)).toContain(
      `at byte ${bundle.length}`,
    );
  });
});
