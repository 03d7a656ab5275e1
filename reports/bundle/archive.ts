/**
 * A bundle as one file: a zip, whose members are stored as they are. So there is one way alone to pack the same
 * members, on every machine, and every byte of a bundle is accounted for; and nothing in it can swell when it is opened.
 */
import { buffer } from 'node:stream/consumers';
import { type Entry, fromBufferPromise, type ZipFile as Opened } from 'yauzl';
import { ZipFile } from 'yazl';

export interface Member {
  readonly name: string;
  readonly content: Buffer;
}

/** A bundle is one, and nobody should believe it: says why, in one line. */
export class Refusal extends Error {}

/** Longer bundles are not looked into: that of the longest run has a tenth of it. */
export const longestBundle = 64 * 2 ** 20;

/** A zip holds local time; the same one everywhere, for it would tell nothing but when it was packed. */
const always = { compress: false, forceDosTimestamp: true, mode: 0o100644 };

export async function packed(members: readonly Member[]): Promise<Buffer> {
  const zip = new ZipFile();
  const mtime = new Date(2000, 0, 1);
  for (const { name, content } of members) zip.addBuffer(content, name, { ...always, mtime });
  zip.end();
  return await buffer(zip.outputStream);
}

/**
 * @param known the names that a bundle may hold
 * @returns the members, in their order; undefined where it is no zip at all
 * @throws {Refusal} before anything of it is read, where a name or a kind of member is not to be trusted
 */
export async function unpacked(
  bundle: Buffer,
  known: readonly string[],
): Promise<readonly Member[] | undefined> {
  const zip = await opened(bundle);
  if (!zip) return undefined;
  const entries = await entriesOf(zip, bundle, known);
  const members: Member[] = [];
  for (const entry of entries) members.push({ name: entry.fileName, content: await contentOf(zip, entry) });
  return members;
}

async function opened(bundle: Buffer): Promise<Opened | undefined> {
  try {
    return await fromBufferPromise(bundle, { lazyEntries: true, strictFileNames: true, autoClose: false });
  } catch {
    return undefined;
  }
}

/** What no member of a bundle is. Names that lead out of a folder are refused by the reader of zips itself. */
const flaws: readonly { readonly is: string; readonly has: (entry: Entry) => boolean }[] = [
  { is: 'is encrypted', has: (entry) => entry.isEncrypted() },
  {
    is: 'is compressed, and a bundle holds its members as they are',
    has: ({ compressionMethod, compressedSize, uncompressedSize }) =>
      compressionMethod !== 0 || compressedSize !== uncompressedSize,
  },
  {
    is: 'is a link, or something else that is no file',
    has: ({ externalFileAttributes }) => ![0, 0o10].includes(externalFileAttributes >>> 28),
  },
];

async function entriesOf(zip: Opened, bundle: Buffer, known: readonly string[]): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const refuse = ({ fileName }: Entry, why: string): never => {
    throw new Refusal(`${fileName} ${why}`);
  };
  try {
    for await (const entry of zip.eachEntry()) {
      const flaw = flaws.find(({ has }) => has(entry));
      if (flaw) refuse(entry, flaw.is);
      if (!known.includes(entry.fileName)) refuse(entry, 'is no member of a bundle');
      if (entries.some(({ fileName }) => fileName === entry.fileName)) refuse(entry, 'stands there twice');
      if (entry.uncompressedSize > bundle.length) refuse(entry, 'is longer than the bundle that holds it');
      entries.push(entry);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`its directory was changed: ${inWords(error)}`);
  }
  return entries;
}

async function contentOf(zip: Opened, entry: Entry): Promise<Buffer> {
  try {
    return await buffer(await zip.openReadStreamPromise(entry));
  } catch (error) {
    throw new Refusal(`${entry.fileName} was changed: ${inWords(error)}`);
  }
}

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @returns where a bundle differs from its members packed anew, in words; undefined where it doesn't */
export async function strayByte(bundle: Buffer, members: readonly Member[]): Promise<string | undefined> {
  const due = await packed(members);
  if (due.equals(bundle)) return undefined;
  const length = Math.min(due.length, bundle.length);
  let at = 0;
  while (at < length && due[at] === bundle[at]) at++;
  const parts = await partsOf(due);
  const part = parts.findLast(({ start }) => start <= at)?.name ?? directory;
  return `${part} was changed at byte ${at} of the bundle, outside of the contents`;
}

const directory = 'the archive’s directory';
const directoryMark = Buffer.from('PK\u0001\u0002', 'latin1');
const headerBytes = 30;

/** Where each member begins, and the directory after the last. */
async function partsOf(
  bundle: Buffer,
): Promise<readonly { readonly name: string; readonly start: number }[]> {
  const zip = await opened(bundle);
  const parts: { name: string; start: number }[] = [];
  let end = 0;
  if (!zip) return parts;
  for await (const { fileName, relativeOffsetOfLocalHeader: start, uncompressedSize } of zip.eachEntry()) {
    parts.push({ name: fileName, start });
    end = start + headerBytes + uncompressedSize;
  }
  return [...parts, { name: directory, start: bundle.indexOf(directoryMark, end) }];
}
