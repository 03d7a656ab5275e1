/** The document around a page of the site: it asks for nothing else, and nothing runs in it. */
import { createHash } from 'node:crypto';
import { html, type SafeHtml } from '@remix-run/html-template';
import { printable } from '../escape.ts';
import { style } from './style.ts';

const hash = createHash('sha256').update(style).digest('base64');
/** Whatever a target or a forged report puts into a page: it loads nothing, runs nothing and sends nothing. */
const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;

export const document = (title: string, ...parts: (SafeHtml | SafeHtml[])[]): string =>
  `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${shown(title)}</title>
${html.raw`<style>${style}</style>`}
</head><body><main>
${parts}
</main></body></html>`}\n`;

/** What somebody else had a say in, as it may be shown. */
export const shown = (text: string): string => printable(text, 400);

/** A table that may be wider than a screen: it can be scrolled by keyboard, too. */
export const wideTable = (label: string, head: readonly string[], rows: readonly SafeHtml[]): SafeHtml =>
  html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${[...rows]}</tbody>
</table></div>`;

export const rowOf = (head: SafeHtml, cells: readonly SafeHtml[]): SafeHtml =>
  html`<tr><th scope="row">${head}</th>${[...cells]}</tr>\n`;
