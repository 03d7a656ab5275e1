import { expect, test } from 'vitest';
import { exitCode, type RunEnding, worstCode } from './exit-code.ts';
import { runVerdicts } from './verdict.ts';

const cuts = [undefined, 'interrupted', 'target', 'harness', 'time', 'killed'] as const;

/** Every combination of what a run can end with. */
const endings = runVerdicts.flatMap((verdict) =>
  [0, 7].flatMap((proven) =>
    [false, true].flatMap((requireComplete) =>
      cuts.flatMap((cutShort) =>
        [false, true].map(
          (harnessBroke): RunEnding => ({ verdict, proven, requireComplete, cutShort, harnessBroke }),
        ),
      ),
    ),
  ),
);

/** What can end a run otherwise than well, the weightiest first. */
const reasons: readonly { code: number; holds: (ending: RunEnding) => boolean }[] = [
  { code: 130, holds: ({ cutShort }) => cutShort === 'interrupted' },
  { code: 1, holds: ({ verdict }) => verdict === 'non-conformant' },
  {
    code: 3,
    holds: ({ harnessBroke, cutShort }) => harnessBroke || cutShort === 'harness' || cutShort === 'target',
  },
  { code: 4, holds: ({ cutShort }) => cutShort === 'time' || cutShort === 'killed' },
  { code: 4, holds: ({ proven }) => proven === 0 },
  { code: 4, holds: ({ verdict, requireComplete }) => verdict === 'incomplete' && requireComplete },
];

test('the weightiest reason counts, in each of 144 combinations', () => {
  expect(endings).toHaveLength(144);
  for (const ending of endings) {
    const code = reasons.find(({ holds }) => holds(ending))?.code ?? 0;
    expect({ ...ending, code: exitCode(ending) }).toEqual({ ...ending, code });
  }
});

const well: RunEnding = {
  verdict: 'conformant',
  proven: 7,
  requireComplete: false,
  cutShort: undefined,
  harnessBroke: false,
};

test.each<{ ending: Partial<RunEnding>; code: number; why: string }>([
  { ending: {}, code: 0, why: 'all is proven' },
  { ending: { requireComplete: true }, code: 0, why: 'all is proven, and that was asked for' },
  { ending: { verdict: 'incomplete' }, code: 0, why: 'nothing is broken' },
  { ending: { verdict: 'incomplete', requireComplete: true }, code: 4, why: 'not everything is proven' },
  { ending: { verdict: 'incomplete', proven: 0 }, code: 4, why: 'nothing at all is proven' },
  { ending: { verdict: 'non-conformant' }, code: 1, why: 'something is broken' },
  {
    ending: { verdict: 'non-conformant', cutShort: 'target' },
    code: 1,
    why: 'broken before the target died',
  },
  {
    ending: { verdict: 'non-conformant', harnessBroke: true },
    code: 1,
    why: 'broken before the harness failed',
  },
  {
    ending: { verdict: 'incomplete', cutShort: 'target', proven: 0 },
    code: 3,
    why: 'lost before incomplete',
  },
  { ending: { verdict: 'incomplete', cutShort: 'time' }, code: 4, why: 'the time was up' },
  { ending: { cutShort: 'killed' }, code: 4, why: 'it was killed, whatever it had proven' },
  { ending: { verdict: 'incomplete', cutShort: 'interrupted' }, code: 130, why: 'interrupted' },
])('$code: $why', ({ ending, code }) => {
  expect(exitCode({ ...well, ...ending })).toBe(code);
});

test.each([
  { codes: [], worst: 0 },
  { codes: [0, 4, 0], worst: 4 },
  { codes: [4, 3], worst: 3 },
  { codes: [3, 1, 4], worst: 1 },
  { codes: [1, 2], worst: 2 },
])('of the exit codes $codes the worst is $worst', ({ codes, worst }) =>
  expect(worstCode(codes)).toBe(worst),
);
