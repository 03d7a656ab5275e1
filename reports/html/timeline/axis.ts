/** An axis of time that is as wide as the page: places are percentages, so that words keep their size on a phone. */
import { html, type SafeHtml } from '@remix-run/html-template';
import { scaleLinear } from 'd3-scale';

export interface Axis {
  /** Where an instant lies, in per cent of the width, held within it. */
  readonly at: (ms: number) => number;
  /** `x` and `width` of what lasts from one instant to another; it is never too thin to be seen. */
  readonly span: (fromMs: number, toMs: number) => SafeHtml;
  /** Lines from the top to `heightPx`, with their instants beneath. */
  readonly ticks: (heightPx: number) => SafeHtml;
}

const thinnest = 0.4; // per cent

/** @param originMs the instant that the axis calls 0 */
export function axis(fromMs: number, toMs: number, originMs = fromMs): Axis {
  const scale = scaleLinear([fromMs - originMs, Math.max(toMs, fromMs + 1) - originMs], [0, 100]).clamp(true);
  const at = (ms: number): number => scale(ms - originMs);
  const inSeconds = toMs - originMs > 2000;
  const word = (ms: number): string => (inSeconds ? `${Number((ms / 1000).toFixed(3))} s` : `${ms} ms`);
  return {
    at,
    span(from, to) {
      const width = Math.max(thinnest, at(to) - at(from));
      return html`x="${percent(Math.min(at(from), 100 - width))}" width="${percent(width)}"`;
    },
    ticks: (heightPx) =>
      html`${scale.ticks(4).map((ms) => {
        const x = percent(scale(ms));
        return html`<line x1="${x}" x2="${x}" y2="${heightPx}"/><text class="tick ${anchored(scale(ms))}" x="${x}" y="${heightPx + 12}">${word(ms)}</text>`;
      })}`,
  };
}

const percent = (share: number): string => `${Number(share.toFixed(2))}%`;

/** A word at the edge would be cut. */
const anchored = (share: number): string => (share < 8 ? 'start' : share > 92 ? 'end' : 'middle');
