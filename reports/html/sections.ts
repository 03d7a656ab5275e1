/** A part of the page under a heading of its own. */
import { html, type SafeHtml } from '@remix-run/html-template';

type Content = SafeHtml | string | null;

/** @param id a word; the page's own ids begin with `page:`, so that no clause can have them */
export const section = (id: string, title: string, ...content: Content[]): SafeHtml =>
  html`<section class="part ${id}" aria-labelledby="page:${id}"><h2 id="page:${id}">${title}</h2>
${content}</section>`;
