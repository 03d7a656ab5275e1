/**
 * Text that stands between tags, never in an attribute: there a quotation mark needs no escape, which would be five
 * letters longer. Bodies are full of them, and a tenth of the page would be nothing else.
 */
import { html, type SafeHtml } from '@remix-run/html-template';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const betweenTags = (text: string): SafeHtml =>
  html.raw`${text.replace(/[&<>]/g, (character) => escapes[character] ?? '')}`;
