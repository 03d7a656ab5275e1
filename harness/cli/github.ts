/** What a run tells GitHub by itself, where it is a step of a workflow: annotations, and a page in the step's summary. */
import { appendFileSync } from 'node:fs';
import { formats } from '../../reports/formats.ts';
import type { Report } from '../model/report.ts';
import type { Terminal } from './terminal.ts';

/** A summary that can't be written is told, and changes nothing else. */
export function tellGitHub(report: Report, io: Terminal): void {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY: file } = io.env;
  if (GITHUB_ACTIONS !== 'true') return;
  io.command(formats.github.render(report));
  if (!file) return;
  try {
    appendFileSync(file, `${formats.markdown.render(report)}\n`);
  } catch (error) {
    io.error(`The step summary could not be written: ${error instanceof Error ? error.message : error}\n`);
  }
}
