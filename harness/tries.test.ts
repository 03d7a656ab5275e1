import { describe, expect, test } from 'vitest';
import { readOf } from './exchange-samples.ts';
import { finding } from './finding.ts';
import { decided, type Outcome } from './tries.ts';
import type { Verdict } from './verdict.ts';

const tried = (verdict: Verdict, reason = `it came to ${verdict}`): Outcome => {
  const exchange = readOf();
  return { verdict, findings: [finding(verdict, reason, exchange)], sent: [{ exchange, tolerates: [] }] };
};

describe('several tries of one check', () => {
  test.each<{ tries: readonly Verdict[]; verdict: Verdict; why: string }>([
    { tries: ['pass', 'pass', 'fail'], verdict: 'fail', why: 'one proof of a fault is enough' },
    { tries: ['pass', 'warn'], verdict: 'warn', why: 'of a lesser one too' },
    { tries: ['inconclusive', 'pass'], verdict: 'pass', why: 'one proof that it is right is enough' },
    { tries: ['skip', 'pass'], verdict: 'pass', why: 'what was out of reach once was in reach before' },
    { tries: ['skip', 'inconclusive'], verdict: 'inconclusive', why: 'it was tried' },
    { tries: ['observed', 'inconclusive'], verdict: 'observed', why: 'it was seen' },
    { tries: ['skip', 'skip'], verdict: 'skip', why: 'nothing was looked at' },
  ])('$tries come to $verdict: $why', ({ tries, verdict }) => {
    expect(decided(tries.map((one) => tried(one))).verdict).toBe(verdict);
  });

  test('a fault that shows now and then says how often', () => {
    const { findings } = decided([
      tried('pass'),
      tried('fail', 'wrong'),
      tried('pass'),
      tried('fail', 'wrong'),
    ]);
    expect(findings.map(({ reason }) => reason)).toEqual(['wrong (in 2 of 4 tries)']);
  });

  test('one that shows always says nothing of it', () => {
    expect(decided([tried('fail', 'wrong'), tried('fail', 'wrong')]).findings[0]?.reason).toBe('wrong');
  });

  test('what was sent in all of them is judged', () => {
    expect(decided([tried('pass'), tried('inconclusive'), tried('pass')]).sent).toHaveLength(3);
  });
});
