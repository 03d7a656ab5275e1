/** A history as a static site: plain files that any host can serve, and that open from a disk. */

import type { Report } from '../../harness/model/report.ts';
import type { PastRun } from '../history/past-run.ts';
import { indexFile, runFile, targetFile } from './file-names.ts';
import { indexPage } from './index-page.ts';
import { runPage } from './run-page.ts';
import { targetPage } from './target-page.ts';

export interface SiteTarget {
  readonly name: string;
  /** The newest first. */
  readonly runs: readonly PastRun[];
}

export interface SiteFile {
  /** Within the site. */
  readonly path: string;
  readonly content: string;
}

export interface Memory {
  /** The report of a run, where it was kept. */
  reportOf(run: PastRun): Report | undefined;
  /** Since when each broken clause of a run was broken, in a few words by its id. */
  sinceOf(run: PastRun): ReadonlyMap<string, string>;
}

/** One page after another, and none before what it links to: a site that is served while it is built has no dead links. */
export function* siteFiles(targets: readonly SiteTarget[], memory: Memory): Generator<SiteFile> {
  for (const target of targets) {
    for (const run of target.runs)
      yield { path: runFile(run.id), content: runPage(run, memory.reportOf(run), memory.sinceOf(run)) };
    yield { path: targetFile(target.name), content: targetPage(target) };
  }
  yield { path: indexFile, content: indexPage(targets) };
}
