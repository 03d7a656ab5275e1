/** The document around every page: it loads nothing and sends nothing, and runs nothing but a script of our own. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, type SafeHtml } from '@remix-run/html-template';
import type { RunVerdict } from '../../harness/model/verdict.ts';

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Whatever a target or a forged report puts into the page. */
const policyWith = (script: string): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    ...(script === '' ? [] : [`script-src ${hashOf(script)}`]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const colours = { conformant: '%23137333', 'non-conformant': '%23b3261e', incomplete: '%238a5a00' } as const;

/** @param verdict gives the colour of the icon; of a page about several runs there is none */
export function document(
  title: string,
  main: (SafeHtml | SafeHtml[] | null)[],
  {
    verdict,
    footer,
    script = '',
  }: { readonly verdict?: RunVerdict; readonly footer?: string; readonly script?: string } = {},
): string {
  const colour = verdict === undefined ? '%2357606a' : colours[verdict];
  const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle cx='4.5' cy='4.5' r='4' fill='${colour}'/></svg>`;
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyWith(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="${icon}">
${html.raw`<style>${style}</style>`}
</head><body>
<main>${main}</main>
${footer === undefined ? null : html`<footer>${footer}</footer>`}
${script === '' ? null : html.raw`<script>${script}</script>`}
</body></html>`}\n`;
}
