/** What a bundle of this program holds, and how it is put together and taken apart. */
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  longestBundle,
  type Member,
  packed,
  Refusal,
  strayByte,
  unpacked,
} from '../../reports/bundle/archive.ts';
import {
  type Manifest,
  manifestName,
  manifestOf,
  type Product,
  sealed,
  sealName,
} from '../../reports/bundle/manifest.ts';
import type { FormatId } from '../../reports/format-ids.ts';
import { formats } from '../../reports/formats.ts';
import { UserError } from '../model/errors.ts';
import { version } from '../model/package.ts';
import type { Report } from '../model/report.ts';
import { contentOf, longestReport, reportFrom } from './report-file.ts';

/** Compressed by itself, for the archive compresses nothing; it holds the evidence, and is long. */
const reportName = 'report.json.gz';
/** The forms for people that come along. */
const carried = ['junit', 'html'] as const satisfies readonly FormatId[];
const names: readonly string[] = [
  manifestName,
  sealName,
  reportName,
  ...carried.map((id) => formats[id].file),
];

/**
 * @param content of the report.json, as it lies on the disk
 * @returns the bundle, as one file's content
 */
export const bundleOf = (report: Report, content: Buffer, product: Product): Promise<Buffer> =>
  packed(
    sealed({ product, harnessVersion: report.run.harnessVersion, run: report.run.id }, [
      { name: reportName, content: gzipSync(content) },
      ...formsOf(report),
    ]),
  );

const formsOf = (report: Report): readonly Member[] =>
  carried.map((id) => ({ name: formats[id].file, content: Buffer.from(formats[id].render(report)) }));

export interface Opened {
  readonly manifest: Manifest;
  readonly report: Report;
}

/**
 * @returns what a bundle holds, each byte of which is as the manifest says
 * @throws {Refusal} it is not
 * @throws {UserError} exit 2: it is no bundle
 */
export async function openBundle(file: string): Promise<Opened> {
  const remedy = 'Name a bundle that crdb-conformance submit has made.';
  const found = await opened(contentOf(file, longestBundle, remedy));
  if (found) return found;
  throw new UserError(`${file} is no bundle: it is no zip, or is cut off.`, remedy, 2);
}

/** The same of its content. @returns undefined where it is no zip */
export async function opened(bundle: Buffer): Promise<Opened | undefined> {
  const members = await unpacked(bundle, names);
  if (!members) return undefined;
  const manifest = manifestOf(members);
  const stray = await strayByte(bundle, members);
  if (stray !== undefined) throw new Refusal(stray);
  const report = reportIn(members);
  const { harnessVersion, id } = report.run;
  if (manifest.harnessVersion !== harnessVersion || manifest.run !== id)
    throw new Refusal(
      `${manifestName} is of run ${manifest.run} by harness ${manifest.harnessVersion}, and the report of ${id} by ${harnessVersion}`,
    );
  for (const { name, content } of formsOf(report)) {
    const carried = members.find((member) => member.name === name);
    if (carried && !carried.content.equals(content))
      throw new Refusal(`${name} is not what the report comes to${byOther(harnessVersion)}`);
  }
  return { manifest, report };
}

/** Another version may word a page otherwise, so it has to be asked. */
const byOther = (harnessVersion: string): string =>
  harnessVersion === version ? '' : ` (it was made by harness ${harnessVersion}, this is ${version})`;

function reportIn(members: readonly Member[]): Report {
  const packedReport = members.find(({ name }) => name === reportName);
  if (!packedReport) throw new Refusal(`${reportName} is missing`);
  const found = reportFrom(inflated(packedReport.content));
  if ('report' in found) return found.report;
  throw new Refusal(`${reportName} ${found.problem}`);
}

function inflated(content: Buffer): Buffer {
  try {
    return gunzipSync(content, { maxOutputLength: longestReport });
  } catch (error) {
    const why =
      error instanceof RangeError ? `it has more than ${longestReport / 2 ** 20} MiB` : String(error);
    throw new Refusal(`${reportName} can’t be inflated: ${why}`);
  }
}
