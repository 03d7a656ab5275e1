/** `crdb-conformance verify`: whether a bundle is whole, and its report what its evidence comes to. Nothing is sent. */
import { Refusal } from '../../reports/bundle/archive.ts';
import { printable } from '../../reports/escape.ts';
import { counted, headline } from '../../reports/headline.ts';
import { type Opened, openBundle } from './bundle.ts';
import { openPoints, proof, unproven } from './proven.ts';
import type { Terminal } from './terminal.ts';

const shownLines = 20;

/**
 * @returns 0 sound, complete and nothing broken · 1 refused, or the report is non-conformant · 4 sound, and not every
 *   must clause was proven
 * @throws {UserError} exit 2: it is no bundle, or came by a provisioner whose runs can't be judged again
 */
export async function verify(file: string, io: Terminal): Promise<number> {
  const opened = await openedOrRefused(file);
  if (typeof opened === 'string') return refused(file, [opened], io);
  const { manifest, report } = opened;
  const { against, beyond, otherSuites } = await proof(report);
  if (against.length > 0) return refused(file, against, io, otherSuites);
  const { name, version } = manifest.product;
  const exchanges = counted(report.exchanges.length, 'exchange');
  io.write(`${file}: ${printable(name)} ${printable(version)}, run ${printable(report.run.id)}\n`);
  io.write(
    `sound: every byte is as its manifest says, and ${counted(report.clauses.length, 'clause')} follow from ${exchanges}\n`,
  );
  if (report.repeats)
    io.write(
      `of ${report.repeats.times} runs the evidence of one is here; what is told of the others can’t be verified\n`,
    );
  const open = unproven(report, beyond);
  io.write(`${printable(headline(report))}\n${openPoints(open)}`);
  if (report.verdict === 'non-conformant') return 1;
  return open.length > 0 ? 4 : 0;
}

async function openedOrRefused(file: string): Promise<Opened | string> {
  try {
    return await openBundle(file);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function refused(file: string, reasons: readonly string[], io: Terminal, note?: string): number {
  for (const reason of reasons.slice(0, shownLines)) io.error(`${printable(reason)}\n`);
  const left = reasons.length - shownLines;
  if (left > 0) io.error(`and ${left} more\n`);
  if (note !== undefined) io.error(`${printable(note)}\n`);
  io.error(`${file} is refused: don’t believe what it says.\n`);
  return 1;
}
