/** The renderer of each form of a report. */

import type { Report } from '../harness/model/report.ts';
import { annotations } from './github.ts';
import { har } from './har.ts';
import { toHtml } from './html.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { terminal } from './terminal.ts';
import type { FormatId, Known } from './text/format-ids.ts';

const pageWidth = 100;

export const formats: Readonly<Record<FormatId, (report: Report, known?: Known) => string>> = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  junit: (report) => junit(report, { requireComplete: report.run.settings.requireComplete === true }),
  terminal: (report, { since = new Map() } = {}) =>
    terminal(report, { colour: false, width: pageWidth, since }),
  html: toHtml,
  markdown,
  github: annotations,
  har,
};
