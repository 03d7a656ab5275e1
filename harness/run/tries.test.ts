import { describe, expect, test } from 'vitest';
import { finding, judgeLost, type Verdict } from '../model/verdict.ts';
import { lost, readOf } from '../testing/exchange-samples.ts';
import { type CheckOutcome, decided, isWorthAnother, wasLost, wavesOf, withLosses } from './tries.ts';

const tried = (verdict: Verdict, reason = `it came to ${verdict}`): CheckOutcome => {
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

  test('what one of them attributedTo another clause for is kept, whatever the others come to', () => {
    const blaming = finding('inconclusive', 'it never left', readOf(), { attributedTo: 'cancel.leaves' });
    const { verdict, findings } = decided([
      tried('pass'),
      { ...tried('inconclusive'), findings: [blaming] },
      tried('pass'),
    ]);
    expect(verdict).toBe('pass');
    expect(findings.filter(({ attributedTo }) => attributedTo !== undefined)).toEqual([blaming]);
  });

  test('what was sent in all of them is judged', () => {
    expect(decided([tried('pass'), tried('inconclusive'), tried('pass')]).sent).toHaveLength(3);
  });
});

/** A try that a lost read took away, after so many milliseconds. */
const lostTry = (waitedMs = 10): CheckOutcome => {
  const exchange = readOf({ ...lost, receivedAt: 1000 + waitedMs });
  const doubt = judgeLost(exchange);
  return { verdict: 'inconclusive', findings: doubt ? [doubt] : [], sent: [{ exchange, tolerates: [] }] };
};

describe('a try that was lost', () => {
  test('counts neither among those that a fault could have shown in', () => {
    const { findings } = decided([tried('fail', 'wrong'), lostTry(), tried('pass')]);
    expect(findings[0]?.reason).toMatch(
      /^wrong \(in 1 of 2 tries; 1 of 3 tries were lost: GET .*: read ECONNRESET\)$/,
    );
  });

  test('leaves a fault that showed in all others without a rate', () => {
    const { findings } = decided([tried('fail', 'wrong'), lostTry()]);
    expect(findings[0]?.reason).toMatch(/^wrong \(1 of 2 tries were lost: /);
  });

  test('shows its lost exchange beside those of the deciding try, each once', () => {
    const away = lostTry();
    const pass = tried('pass');
    const { findings } = decided([away, pass]);
    expect(findings[0]?.exchanges).toEqual([pass.sent[0]?.exchange, away.sent[0]?.exchange]);
  });

  test('says how often where all were lost, and nothing of it where there was one', () => {
    expect(decided([lostTry(), lostTry()]).findings[0]?.reason).toMatch(/ECONNRESET \(tried 2 times\)$/);
    expect(decided([lostTry()]).findings[0]?.reason).toMatch(/ECONNRESET$/);
  });

  test('a finding of another verdict keeps its words', () => {
    const [failed] = tried('fail', 'wrong').findings;
    const [observed] = tried('observed', 'so it does').findings;
    const both: CheckOutcome = {
      ...tried('fail'),
      findings: [failed, observed].filter((one) => one !== undefined),
    };
    expect(decided([both, tried('pass')]).findings.map(({ reason }) => reason)).toEqual([
      'wrong (in 1 of 2 tries)',
      'so it does',
    ]);
  });
});

describe('whether a try was lost by chance', () => {
  const exchange = readOf();
  const doubt = (more: { because?: string; byChance?: true }): CheckOutcome => ({
    verdict: 'inconclusive',
    findings: [finding('inconclusive', 'in doubt', exchange, more)],
    sent: [{ exchange, tolerates: [] }],
  });
  const passed = finding('pass', 'as it should be', exchange);

  test.each<{ one: CheckOutcome; is: boolean; why: string }>([
    { one: lostTry(), is: true, why: 'the network took it away' },
    { one: tried('fail'), is: false, why: 'it was decided' },
    { one: doubt({}), is: false, why: 'another try would find the same doubt' },
    { one: doubt({ byChance: true, because: 'read.status.200' }), is: false, why: 'a clause is to blame' },
    {
      one: { ...lostTry(), findings: [passed, ...lostTry().findings] },
      is: true,
      why: 'what it found before is no doubt',
    },
    {
      one: { ...lostTry(), findings: [...doubt({}).findings, ...lostTry().findings] },
      is: false,
      why: 'one doubt would stay',
    },
  ])('$is: $why', ({ one, is }) => {
    expect(wasLost(one)).toBe(is);
  });

  test('another try is worth it while all were lost and less than 15 s were waited in vain', () => {
    expect(isWorthAnother([lostTry()])).toBe(true);
    expect(isWorthAnother([lostTry(), tried('pass')])).toBe(false);
    expect(isWorthAnother([lostTry(7000), lostTry(7999)])).toBe(true);
    expect(isWorthAnother([lostTry(7000), lostTry(8000)])).toBe(false);
  });

  test('a lost exchange that a finding shows too is waited for once', () => {
    expect(isWorthAnother([lostTry(14_999)])).toBe(true);
  });
});

describe('what was lost to a try', () => {
  const answered = { exchange: readOf(), tolerates: [] };
  const away = { exchange: readOf(lost), tolerates: [] };
  const passed = finding('pass', 'as it should be', answered.exchange);
  const failed = finding('fail', 'wrong', answered.exchange);

  test('takes a pass away', () => {
    const found = withLosses([passed], [answered, away]);
    expect(found.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive']);
    expect(found[1]).toMatchObject({ byChance: true, exchanges: [away.exchange] });
  });

  test('takes no proof of a fault away, and nothing where nothing was lost', () => {
    expect(withLosses([failed], [answered, away])).toEqual([failed]);
    expect(withLosses([passed], [answered])).toEqual([passed]);
  });
});

test('quick tries once; full sixteen times, two at once; nightly two times more after a minute', () => {
  const sixteen = Array.from({ length: 8 }, () => ({ afterS: 0, times: 2 }));
  expect(wavesOf).toEqual({
    quick: [{ afterS: 0, times: 1 }],
    full: sixteen,
    nightly: [...sixteen, { afterS: 60, times: 2 }],
  });
});

describe('a race that looks like a fault', () => {
  const suspect: CheckOutcome = {
    verdict: 'inconclusive',
    findings: [
      finding('inconclusive', 'it went on to finished', readOf(), {
        suspect: 'once',
        expected: 'a',
        seen: 'b',
      }),
    ],
    sent: [],
  };
  const passed: CheckOutcome = {
    verdict: 'pass',
    findings: [finding('pass', 'it ended', readOf())],
    sent: [],
  };

  test.each([
    { what: 'once', tries: [suspect], another: true, verdict: 'inconclusive' },
    { what: 'twice', tries: [suspect, suspect], another: true, verdict: 'inconclusive' },
    { what: 'three times in a row', tries: [suspect, suspect, suspect], another: false, verdict: 'fail' },
    { what: 'refuted by another try', tries: [suspect, suspect, passed], another: false, verdict: 'pass' },
  ])('$what: $verdict', ({ tries, another, verdict }) => {
    expect([isWorthAnother(tries), decided(tries).verdict]).toEqual([another, verdict]);
  });

  test('is proven by the exchanges of all three', () => {
    const [found] = decided([suspect, suspect, suspect]).findings;
    expect(found).toMatchObject({ verdict: 'fail', expected: 'a', seen: 'b' });
    expect([found?.exchanges.length, found?.reason]).toEqual([
      3,
      '3 times in a row, on 3 tasks: it went on to finished',
    ]);
  });
});
