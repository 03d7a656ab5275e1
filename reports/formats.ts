/** Every form of a report, with its file and its renderer. */

import type { Report } from '../harness/model/report.ts';
import { annotations } from './github.ts';
import { har } from './har.ts';
import { toHtml } from './html.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { terminal } from './terminal.ts';
import { type FormatId, formatFiles, type Known } from './text/format-ids.ts';

export interface Format {
  readonly file: string;
  readonly render: (report: Report, known?: Known) => string;
}

const pageWidth = 100;

export const formats: Readonly<Record<FormatId, Format>> = {
  json: { file: formatFiles.json, render: (report) => `${JSON.stringify(report, null, 2)}\n` },
  junit: {
    file: formatFiles.junit,
    render: (report) => junit(report, { requireComplete: report.run.settings.requireComplete === true }),
  },
  terminal: {
    file: formatFiles.terminal,
    render: (report, { since = new Map() } = {}) =>
      terminal(report, { colour: false, width: pageWidth, since }),
  },
  html: { file: formatFiles.html, render: toHtml },
  markdown: { file: formatFiles.markdown, render: markdown },
  github: { file: formatFiles.github, render: annotations },
  har: { file: formatFiles.har, render: har },
};
