import { expect, test } from 'vitest';
import { lost, readOf } from './exchange-samples.ts';
import { pulse } from './pulse.ts';

/** Why the target was given up, after these exchanges: `.` is an answer, `x` a loss, `5` a lost 503. */
function deaths(beats: string): string[] {
  const reasons: string[] = [];
  const alive = pulse((reason) => reasons.push(reason));
  const exchanges = {
    '.': readOf(),
    x: readOf(lost),
    '5': { ...readOf({ status: 503 }), lost: 'answered 503' },
  };
  for (const beat of beats) alive(exchanges[beat === '.' || beat === '5' ? beat : 'x']);
  return reasons;
}

test.each([
  { beats: 'x'.repeat(19), dead: false, why: 'nineteen losses in a row' },
  { beats: 'x'.repeat(20), dead: true, why: 'twenty' },
  { beats: `${'x'.repeat(19)}.${'x'.repeat(19)}`, dead: false, why: 'an answer between them' },
  {
    beats: `${'x'.repeat(19)}5${'x'.repeat(19)}`,
    dead: false,
    why: 'a proxy that answers is no dead target',
  },
  { beats: `.${'x'.repeat(20)}`, dead: true, why: 'twenty after an answer' },
])('given up: $dead: $why', ({ beats, dead }) => {
  expect(deaths(beats)).toHaveLength(dead ? 1 : 0);
});

test('it is said once, and how the last answer was lost', () => {
  expect(deaths('x'.repeat(50))).toEqual(['the target stopped answering: read ECONNRESET']);
});
