/** A page of the site: where it lies, its style, and the document around it, which loads nothing and runs nothing. */
import { createHash } from 'node:crypto';
import { html, type SafeHtml } from '@remix-run/html-template';
import { printable } from '../text/escape.ts';

export const indexFile = 'index.html';
export const targetFile = (name: string): string => `targets/${fileName(name)}.html`;
export const runFile = (id: string): string => `runs/${fileName(id)}.html`;

/** A plain name is kept; another one is made plain, and distinguished from others by a hash. */
function fileName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,79}$/.test(name)) return name; // one case: some file systems know no other
  const plain = name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}

/** The one style of all pages. Colours come in both schemes; colour alone carries no meaning. */
const style = `
:root { --page: #fff; --text: #1d2127; --quiet: #57606a; --line: #d8dee4; --link: #0b57d0;
  --good: #137333; --bad: #b3261e; --doubt: #855400; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1318; --text: #e3e7ec; --quiet: #a0aab5; --line: #2d3640; --link: #8ab4f8;
    --good: #6fcf8b; --bad: #ff8a80; --doubt: #f2b84b; }
}
body { background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 75rem; padding: 0 1rem; }
a { color: var(--link); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: 0; }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; }
.quiet { color: var(--quiet); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th { font-weight: normal; text-align: left; white-space: nowrap; }
thead th { color: var(--quiet); font-size: .8rem; text-align: center; }
td, th { border: 1px solid var(--line); padding: .2rem .45rem; }
td { text-align: center; min-width: 1.2rem; }
td a { text-decoration: none; }
.conformant, .pass { color: var(--good); }
.non-conformant, .fail { color: var(--bad); font-weight: bold; }
.incomplete, .warn, .inconclusive { color: var(--doubt); }
.skip, .observed { color: var(--quiet); }
`;

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

/** Text from a target or a report, safe to show. */
export const shown = (text: string): string => printable(text, 400);

/** A table that may be wider than a screen: it can be scrolled by keyboard, too. */
export const wideTable = (label: string, head: readonly string[], rows: readonly SafeHtml[]): SafeHtml =>
  html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${[...rows]}</tbody>
</table></div>`;

export const rowOf = (head: SafeHtml, cells: readonly SafeHtml[]): SafeHtml =>
  html`<tr><th scope="row">${head}</th>${[...cells]}</tr>\n`;
