/** Linearization comes to what trying every order comes to, on histories of up to six operations. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../model/exchange.ts';
import {
  agedBy,
  created,
  historyOf,
  listed,
  lost,
  movedTo,
  type SampleStep,
  wasCancelled,
  wasRead,
} from '../../testing/history-samples.ts';
import type { Judging } from './guard.ts';
import { absent, type Hypothesis } from './hypothesis.ts';
import { linearize } from './linearize.ts';
import { operationsOf, type TaskOperation } from './operation.ts';
import { step } from './rules.ts';

const judging: Judging = {
  settings: { graceMs: 2000, settleMs: 10_000, defaultTtlS: 500 },
  waived: new Set(),
  neighbours: { cancels: [], ttlsS: [] },
};

/** Tries every order that the instants allow; a lost operation at every place, and nowhere. */
function someOrderIsAllowed(operations: readonly TaskOperation[]): boolean {
  const allows = (task: Hypothesis, left: readonly TaskOperation[]): boolean =>
    left.every(({ receivedAt }) => receivedAt === Number.POSITIVE_INFINITY) ||
    left
      .filter((next) => left.every((other) => other === next || other.receivedAt >= next.sentAt))
      .some((next) =>
        step(task, next, judging).some((after) =>
          allows(
            after,
            left.filter((other) => other !== next),
          ),
        ),
      );
  return allows(absent, operations);
}

const status = fc.constantFrom('queued', 'started', 'finished', 'failed');
const overlap = fc.constantFrom(10, -5, -15);
const sent: fc.Arbitrary<SampleStep> = fc.oneof(
  fc
    .record({
      shows: fc.oneof({ weight: 3, arbitrary: status }, { weight: 1, arbitrary: fc.constant(404) }),
      ttl: fc.option(fc.constantFrom('60', '900'), { nil: undefined, freq: 4 }),
      pauseMs: overlap,
    })
    .map(({ shows, ttl, pauseMs }) => wasRead(shows, { pauseMs, ...(ttl === undefined ? {} : { ttl }) })),
  fc
    .record({
      answer: fc.constantFrom(200, 406, 404, 409),
      force: fc.constantFrom('omitted' as const, 'true' as const),
      pauseMs: overlap,
    })
    .map(({ answer, force, pauseMs }) => wasCancelled(answer, { force, pauseMs })),
  fc.constantFrom('running' as const, 'finished' as const).map(movedTo),
  fc.constantFrom(58, 70).map(agedBy),
  status.map((shown) => listed(shown)),
  fc.constant(listed()),
  fc.constant(lost(wasCancelled(200))),
);
const histories: fc.Arbitrary<readonly Exchange[]> = fc
  .tuple(
    fc.constantFrom('queued' as const, 'running' as const, 'committing' as const, 'finished' as const),
    fc.constantFrom(undefined, 60),
    fc.array(sent, { minLength: 2, maxLength: 5 }),
  )
  .map(([phase, ttlS, steps]) =>
    historyOf(created(phase, ttlS === undefined ? {} : { result_ttl: ttlS }), ...steps),
  );

const ofTask = (exchanges: readonly Exchange[]): readonly TaskOperation[] =>
  operationsOf(exchanges).map((operation) => ({ ...operation, task: 'task-1' }));

describe('linearization', () => {
  test('agrees with trying every order', () => {
    let violations = 0;
    fc.assert(
      fc.property(histories, (exchanges) => {
        const operations = ofTask(exchanges);
        const { verdict } = linearize(operations, [absent], judging);
        if (verdict === 'violation') violations++;
        expect(verdict).toBe(someOrderIsAllowed(operations) ? 'fair' : 'violation');
      }),
      { seed: 1, numRuns: 600 },
    );
    expect(violations).toBeGreaterThan(50); // both kinds were tried
  });

  test('accepts what a walk through the rules themselves gives', () => {
    fc.assert(
      fc.property(histories, (exchanges) => {
        // Of each history, the beginning that some state allows in the order in which it was sent.
        const walked: TaskOperation[] = [];
        let states: readonly Hypothesis[] = [absent];
        for (const operation of ofTask(exchanges)) {
          const after = states.flatMap((state) => step(state, operation, judging));
          if (after.length === 0) continue;
          walked.push(operation);
          states = after;
        }
        expect(linearize(walked, [absent], judging).verdict).toBe('fair');
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('many reads beside a cancel that show the same need no orders to be tried', () => {
    const reads = Array.from({ length: 16 }, () => wasRead('started', { pauseMs: -19, tookMs: 20 }));
    const beside = historyOf(created('running'), wasCancelled(200, { tookMs: 20 }), ...reads);
    const course = linearize(ofTask(beside), [absent], judging);
    expect(course).toMatchObject({ verdict: 'fair' });
    expect(course.most).toBeLessThan(40);
  });
});
