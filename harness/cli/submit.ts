/** `crdb-conformance submit`: a report with its evidence in one file, for somebody else to check. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from '../../reports/bundle/manifest.ts';
import { printable } from '../../reports/escape.ts';
import { formats } from '../../reports/formats.ts';
import { counted, headline } from '../../reports/headline.ts';
import { UserError } from '../model/errors.ts';
import { bundleOf } from './bundle.ts';
import { openPoints, proof, unproven } from './proven.ts';
import { contentOf, readReport } from './report-file.ts';
import type { Terminal } from './terminal.ts';

export interface SubmitOptions {
  readonly product: string;
  readonly productVersion: string;
  readonly out: string;
}

/**
 * @param where a report.json, or the folder that holds it
 * @returns 0 where the bundle was made; 1 where nobody could verify it, so that none was
 * @throws {UserError} exit 2: there is no report of ours, or its product has no name that can be told
 */
export async function submit(where: string, options: SubmitOptions, io: Terminal): Promise<number> {
  const product: Product = {
    name: nameable('--product', options.product),
    version: nameable('--product-version', options.productVersion),
  };
  const isFolder = statSync(where, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isFolder ? join(where, formats.json.file) : where;
  const report = readReport(file);
  const { against, beyond, otherSuites } = await proof(report);
  if (against.length > 0) {
    for (const line of against) io.error(`${printable(line)}\n`);
    if (otherSuites !== undefined) io.error(`${printable(otherSuites)}\n`);
    io.error(`No bundle was made: ${counted(against.length, 'point')} could not be verified.\n`);
    return 1;
  }
  const bundle = await bundleOf(report, contentOf(file), product);
  write(options.out, bundle);
  io.write(`${options.out}: ${product.name} ${product.version}, ${Math.ceil(bundle.length / 1024)} KiB\n`);
  io.write(`${headline(report)}\n${openPoints(unproven(report, beyond))}`);
  return 0;
}

function nameable(flag: string, name: string): string {
  if (name.trim() === name && name !== '' && name.length <= 200 && printable(name) === name) return name;
  throw new UserError(
    `${flag} "${printable(name, 60)}" can’t be told.`,
    'Give a name of 1 to 200 printable characters, with no space around it.',
    2,
  );
}

/** Whole or not at all. @throws {UserError} exit 2 */
function write(file: string, content: Buffer): void {
  const unfinished = `${file}.new`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`--out ${file} can’t be written: ${why}.`, 'Name a file that can be written.', 2, {
      cause: error,
    });
  }
}
