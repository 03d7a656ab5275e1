/** `crdb-conformance site build`: writes a history as a static web site. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readHistory } from '../../reports/history/database.ts';
import type { PastRun } from '../../reports/history/runs.ts';
import { keptReport, newestOf, newestOfEach } from '../../reports/history/runs.ts';
import { sinceInWords } from '../../reports/history/text.ts';
import { counted } from '../../reports/sentences.ts';
import { siteFiles } from '../../reports/site/site.ts';
import { outFolder } from '../api/written-reports.ts';
import { UserError } from '../model/errors.ts';
import type { Terminal } from './terminal.ts';

export interface SiteOptions {
  readonly history: string;
  readonly out: string;
  /** How many of the newest runs of each target. */
  readonly last: number;
}

/** Pages of older runs stay in the folder, so that links to them still work. @returns 0 */
export function buildSite({ history: file, out, last }: SiteOptions, io: Terminal): number {
  using history = readHistory(file);
  const folder = outFolder(out);
  const targets = history.read((db) =>
    newestOfEach(db).map(({ run: { target: name } }) => ({
      name,
      runs: newestOf(db, name, last),
    })),
  );
  let pages = 0;
  const siteHistory = {
    reportOf: ({ id }: PastRun) => history.read((db) => keptReport(db, id)),
    sinceOf: (run: PastRun) => history.read((db) => sinceInWords(db, run)),
  };
  for (const { path, content } of siteFiles(targets, siteHistory)) {
    write(join(folder, path), content);
    pages++;
  }
  io.write(`${counted(pages, 'page')}: ${join(folder, 'index.html')}\n`);
  return 0;
}

/** @throws {UserError} exit 3: the file can't be written */
function write(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${path} can’t be written: ${why}.`,
      'Make room on the disk, or name another --out DIR.',
      3,
      {
        cause: error,
      },
    );
  }
}
