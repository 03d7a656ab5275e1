/** How each verdict is shown: by a sign and a word, never by a colour alone. The worst come first. */
import { html, type SafeHtml } from '@remix-run/html-template';
import type { Verdict } from '../../harness/model/verdict.ts';

/** In the order in which a reader wants to know. */
export const inOrder: readonly Verdict[] = ['fail', 'warn', 'inconclusive', 'skip', 'observed', 'pass'];

const signs: Readonly<Record<Verdict, string>> = {
  fail: '✗',
  warn: '!',
  inconclusive: '?',
  skip: '–',
  observed: '○',
  pass: '✓',
};

/** The worst of some verdicts, as a reader looks for it; undefined where there is none. */
export const gravest = (verdicts: readonly Verdict[]): Verdict | undefined =>
  inOrder.find((verdict) => verdicts.includes(verdict));

/** `✗ fail` */
export const chip = (verdict: Verdict): SafeHtml =>
  html`<span class="chip ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;

/** The sign alone, for a narrow cell; the word is there for those who can't see it. */
export const sign = (verdict: Verdict): SafeHtml =>
  html`<span class="sign ${verdict}" aria-hidden="true">${signs[verdict]}</span><span class="unseen">${verdict}</span>`;
