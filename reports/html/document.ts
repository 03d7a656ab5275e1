/** The document around the parts: one file that asks for nothing else, and in which nothing runs but its own script. */
import { createHash } from 'node:crypto';
import { html, type SafeHtml } from '@remix-run/html-template';
import { headline } from '../headline.ts';
import type { Page } from './page.ts';
import { script } from './script.ts';
import { style } from './style.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Whatever a target or a forged report puts into the page: it loads nothing, runs nothing and sends nothing. */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const colours = { conformant: '%23137333', 'non-conformant': '%23b3261e', incomplete: '%238a5a00' } as const;

export function document({ report }: Page, parts: (SafeHtml | null)[]): string {
  const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle cx='4.5' cy='4.5' r='4' fill='${colours[report.verdict]}'/></svg>`;
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.target.name}: ${headline(report)}</title>
<link rel="icon" href="${icon}">
${html.raw`<style>${style}</style>`}
</head><body>
<main>${parts}</main>
<footer>Made by crdb-conformance ${report.run.harnessVersion} from report.json, which holds everything. This page loads nothing and sends nothing.</footer>
${html.raw`<script>${script}</script>`}
</body></html>`}\n`;
}
