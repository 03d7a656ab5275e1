/** Instants and spans for people, in UTC: the same words wherever and whenever they are made from the same data. */

/** `2026-11-16 03:12` */
export const minuteOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `3 nights ago`: a nightly run starts a little sooner or later each time. */
export function ago(ms: number): string {
  if (ms < 90 * minuteMs) return times(Math.max(1, Math.round(ms / minuteMs)), 'minute');
  if (ms < 18 * hourMs) return times(Math.round(ms / hourMs), 'hour');
  const nights = Math.max(1, Math.round(ms / dayMs));
  return nights === 1 ? 'a night ago' : times(nights, 'night');
}

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'} ago`;
