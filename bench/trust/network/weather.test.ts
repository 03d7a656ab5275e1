import { expect, test } from 'vitest';
import { drawnWeather, inWords, kindNames } from './weather.ts';

const draws = Array.from({ length: 200 }, (_, seed) => drawnWeather(seed));

test('the same seed draws the same weather', () => {
  expect(draws).toEqual(Array.from({ length: 200 }, (_, seed) => drawnWeather(seed)));
});

test('one to three kinds at once, and each kind often', () => {
  expect(new Set(draws.map((weather) => Object.keys(weather).length))).toEqual(new Set([1, 2, 3]));
  for (const kind of kindNames) {
    expect(draws.filter((weather) => kind in weather).length, kind).toBeGreaterThan(200 / 6);
  }
});

test('it is told in words', () => {
  expect(
    inWords({
      latency: { ms: 20.4, jitterMs: 400 },
      bytesPerS: 20_400,
      cut: { share: 0.123, afterBytes: [1, 2] },
      refused: [{ fromMs: 100, untilMs: 400 }],
    }),
  ).toBe('latency 20+400 ms, 20 kB/s, cut 12 %, refused for 300 ms');
});
