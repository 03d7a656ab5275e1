/** A sentence of ours, in which words between backticks are code. */
import { html, type SafeHtml } from '@remix-run/html-template';

export const prose = (text: string): SafeHtml =>
  html`${text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
