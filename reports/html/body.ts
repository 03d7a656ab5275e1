/** A body as a person reads it: JSON laid out without changing a token of it, controls spelled out, long ones folded. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { format } from 'jsonc-parser';
import { lines } from '../escape.ts';
import { betweenTags } from './text.ts';

/** In characters: so much is laid out, and so much is shown at once. */
const [laidOutAtMost, shownAtOnce] = [8_000, 1_600];

/**
 * @param mostShown in characters, the folded ones too
 * @returns the text in a `<pre>`, and what of it is folded
 */
export function body(text: string, mostShown: number): SafeHtml {
  const readable = laidOut(text);
  const shown = lines(readable.slice(0, mostShown));
  const left = readable.length - mostShown;
  const beyond = left > 0 ? html`\n<i>… ${left} more characters</i>` : null;
  if (shown.length <= shownAtOnce) return html`<pre>${betweenTags(shown)}${beyond}</pre>`;
  const fold = Math.max(shown.lastIndexOf('\n', shownAtOnce), 0) || shownAtOnce;
  return html`<pre>${betweenTags(shown.slice(0, fold))}</pre>
<details class="rest"><summary>${shown.length - fold} more characters</summary><pre>${betweenTags(shown.slice(fold))}${beyond}</pre></details>`;
}

/** JSON on lines of its own, two spaces deep; every token stays as it came, twice named fields too. */
export function laidOut(text: string): string {
  if (text.length > laidOutAtMost || !isJson(text)) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { offset, length, content } of format(text, undefined, { insertSpaces: true, tabSize: 2 })) {
    parts.push(text.slice(at, offset), content);
    at = offset + length;
  }
  return parts.join('') + text.slice(at);
}

/** An array or object that can be read; a deep one would be all indentation. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text) || /[[{]{20}/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
