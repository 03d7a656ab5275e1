import { describe, expect, test } from 'vitest';
import { loadValidators } from '../../spec/validators.ts';
import type { Exchange } from '../model/exchange.ts';
import { type Finding, finding } from '../model/verdict.ts';
import { cancelOf, lost, readOf, readShows } from '../testing/exchange-samples.ts';
import { Attribution } from './attribution.ts';
import type { Check } from './clause.ts';

const check: Check = {
  clause: 'status.started',
  name: 'running',
  suite: 'status',
  moment: 'between',
  dependsOn: [],
  run: async () => [],
};

interface Entry {
  readonly findings?: readonly Finding[];
  readonly sent: readonly Exchange[];
  readonly tolerates?: readonly number[];
  readonly judged?: boolean;
}

/** What some checks come to: verdicts by clause, the clean ones left out. */
function charged(entries: readonly Entry[], explained: readonly string[] = []) {
  return told(entries, [], explained).map(({ clause, verdict, reason }) => ({ clause, verdict, reason }));
}

function told(entries: readonly Entry[], selection: readonly string[], explained: readonly string[] = []) {
  const attribution = new Attribution(loadValidators(), () => true);
  for (const { findings = [], sent, tolerates = [], judged = true } of entries) {
    const all = sent.map((exchange) => ({ exchange, tolerates }));
    attribution.enter(check, findings, all, judged);
  }
  return attribution.records(selection, new Set(explained));
}

const broken = readOf({ status: 500 });
const invalid = readOf({ body: { id: '7' } });
const blaming = (exchange: Exchange, clause = 'read.status.200') =>
  finding('inconclusive', 'expected 200', exchange, { because: clause, attributedTo: clause });
const failing = (...exchanges: Exchange[]) => finding('fail', 'expected 404', exchanges, { expected: '404' });
const refused = (...exchanges: Exchange[]) => finding('fail', 'expected 200', exchanges, { expected: '200' });
const observed = (exchange: Exchange) => finding('observed', 'it was answered', exchange);

describe('an exchange is charged once', () => {
  test('to the structural clause, where nobody expected anything of it', () => {
    expect(charged([{ sent: [broken] }])).toEqual([
      {
        clause: 'read.statuses',
        verdict: 'fail',
        reason: 'GET /v1/crdb_tasks/7 answered 500, expected one of 200, 401, 404',
      },
    ]);
  });

  test('to the check’s own expectation first, and then to nothing else', () => {
    expect(charged([{ findings: [failing(invalid)], sent: [invalid] }])).toEqual([]);
    expect(charged([{ findings: [finding('warn', 'x', invalid)], sent: [invalid] }])).toEqual([]);
  });

  test('to the blamed clause next, and then to no structural one', () => {
    expect(charged([{ findings: [blaming(invalid)], sent: [invalid] }])).toEqual([
      { clause: 'read.status.200', verdict: 'fail', reason: 'expected 200' },
    ]);
  });

  test('to the check rather than to the clause that it names', () => {
    expect(charged([{ findings: [blaming(broken), failing(broken)], sent: [broken] }])).toEqual([]);
  });

  test('to the first of two that are blamed for it', () => {
    const findings = [blaming(broken, 'read.statuses'), blaming(broken, 'read.status.200')];
    expect(charged([{ findings, sent: [broken] }]).map(({ clause }) => clause)).toEqual(['read.statuses']);
  });

  test('each of two clauses where two answers are wrong', () => {
    const findings = [failing(invalid)];
    const other = readOf({ body: '<' });
    expect(charged([{ findings, sent: [invalid, other] }]).map(({ clause }) => clause)).toEqual([
      'read.schema',
    ]);
  });

  test('a doubt without blame leaves the exchange to the structural clauses', () => {
    const doubt = finding('inconclusive', 'no task', invalid, { because: 'read.schema' });
    expect(charged([{ findings: [doubt], sent: [invalid] }]).map(({ clause }) => clause)).toEqual([
      'read.schema',
    ]);
  });

  test('a lost answer to nobody', () => {
    expect(charged([{ sent: [readOf(lost)] }])).toEqual([]);
  });

  test('a tolerated status to nobody', () => {
    expect(charged([{ sent: [readOf({ status: 400 })], tolerates: [400] }])).toEqual([]);
  });
});

describe('an undocumented status that an expectation was charged with', () => {
  test('is not charged to the statuses again, in no other check', () => {
    const again = readOf({ status: 500 });
    expect(charged([{ findings: [failing(broken)], sent: [broken] }, { sent: [again] }])).toEqual([]);
    expect(charged([{ sent: [again] }, { findings: [failing(broken)], sent: [broken] }])).toEqual([]);
  });

  test('another status, or that of another operation, is', () => {
    const others = [readOf({ status: 501 }), cancelOf(500)];
    const found = charged([{ findings: [failing(broken)], sent: [broken, ...others] }]);
    expect(found.map(({ clause }) => clause)).toEqual(['read.statuses', 'cancel.statuses']);
  });

  test('hides no other one, however often it comes first', () => {
    const often = Array.from({ length: 5 }, () => readOf({ status: 500 }));
    const sent = [broken, ...often, readOf({ status: 501 })];
    const found = told([{ findings: [failing(broken)], sent }], ['read.statuses']);
    expect(found.map(({ verdict, seen, reason }) => [verdict, seen, reason.includes('more such')])).toEqual([
      ['fail', '501', false],
    ]);
  });

  test.each([
    { due: 'a refusal', first: failing, statuses: [] },
    { due: 'a success', first: refused, statuses: ['read.statuses'] },
  ])(
    'where $due was due is charged to $statuses if another check only observed it',
    ({ first, statuses }) => {
      const again = readOf({ status: 500 });
      const entries = [
        { findings: [first(broken)], sent: [broken] },
        { findings: [observed(again)], sent: [again] },
      ];
      expect(charged(entries).map(({ clause }) => clause)).toEqual(statuses);
      expect(charged(entries.toReversed()).map(({ clause }) => clause)).toEqual(statuses);
    },
  );

  test('where a success was due is not charged again where nobody expected anything', () => {
    const again = readOf({ status: 500 });
    expect(charged([{ findings: [refused(broken)], sent: [broken] }, { sent: [again] }])).toEqual([]);
  });

  test('what else is wrong stays charged', () => {
    const entries = [{ findings: [failing(readOf())], sent: [invalid] }];
    expect(charged(entries).map(({ clause }) => clause)).toEqual(['read.schema']);
  });
});

describe('what something else explains', () => {
  test('is not charged to a clause that stands on it', () => {
    expect(charged([{ sent: [broken, invalid] }], ['read.statuses']).map(({ clause }) => clause)).toEqual([
      'read.schema',
    ]);
  });

  test('a check that stands on something broken is attributed to nothing', () => {
    expect(charged([{ findings: [blaming(invalid)], sent: [invalid], judged: false }])).toEqual([]);
  });
});

describe('many charges against one clause', () => {
  const many = (count: number) =>
    charged([{ sent: Array.from({ length: count }, () => readOf({ status: 500 })) }]);

  test('three are listed', () => {
    expect(many(3)).toHaveLength(3);
    expect(many(3)[0]?.reason).not.toContain('more such');
  });

  test('further ones are counted with the first', () => {
    expect(many(7)).toHaveLength(3);
    expect(many(7)[0]?.reason).toMatch(/ \(and 4 more such answers\)$/);
    expect(many(7)[1]?.reason).not.toContain('more such');
  });

  test('a proof goes before doubts, however many came first', () => {
    const sent = [...[1, 2, 3, 4].map(() => readOf({ truncated: true })), invalid];
    expect(charged([{ sent }]).map(({ verdict }) => verdict)).toEqual([
      'fail',
      'inconclusive',
      'inconclusive',
    ]);
  });

  test('each has a name of its own, also where one check saw them all', () => {
    const sent = [broken, readOf({ status: 500 }), readOf({ status: 500 })];
    expect(new Set(told([{ sent }], []).map(({ name }) => name)).size).toBe(3);
  });
});

describe('a structural clause without a charge', () => {
  test('passes with the count of its answers, where it is selected', () => {
    const sent = [readOf(), readOf(), readOf({ status: 404 })];
    const records = told([{ sent }], ['read.statuses', 'read.schema', 'list.schema']);
    expect(records.map(({ clause, verdict, reason }) => [clause, verdict, reason])).toEqual([
      ['read.statuses', 'pass', '3 answers, each as documented'],
      ['read.schema', 'pass', '2 answers, each as documented'],
    ]);
  });

  test('is not named where it is not selected', () => {
    expect(told([{ sent: [readOf()] }], [])).toEqual([]);
  });

  test('is named where it is charged, selected or not', () => {
    expect(told([{ sent: [broken] }], []).map(({ clause }) => clause)).toEqual(['read.statuses']);
  });

  test('says nothing where something it stands on is broken', () => {
    expect(told([{ sent: [readOf()] }], ['read.schema'], ['read.schema'])).toEqual([]);
  });

  test('a null is a warning, and what can not be read is a doubt', () => {
    const sent = [readShows('started', { ended: null }), readOf({ truncated: true })];
    expect(told([{ sent }], []).map(({ clause, verdict }) => [clause, verdict])).toEqual([
      ['read.schema', 'inconclusive'],
      ['read.absent-not-null', 'warn'],
    ]);
  });
});

test('a charge names the check that saw it, and its exchanges', () => {
  expect(told([{ sent: [broken] }], [])).toMatchObject([
    {
      name: 'seen in status.started (running)',
      suite: 'every exchange',
      seen: '500',
      exchanges: [broken.id],
    },
  ]);
});

test.each([
  { what: 'is its own fault', findings: [failing(broken)], because: 'status.started' },
  { what: 'is attributed to another clause', findings: [blaming(broken)], because: 'read.status.200' },
])('a structural clause does not pass where an answer against it $what', ({ findings, because }) => {
  const again = readOf({ status: 500 });
  const records = told([{ findings, sent: [broken, readOf(), again] }], ['read.statuses', 'read.schema']);
  expect(records.filter(({ verdict }) => verdict === 'pass').map(({ clause }) => clause)).toEqual([
    'read.schema',
  ]);
  expect(records.find(({ clause }) => clause === because)?.verdict).toBe(
    because === 'read.status.200' ? 'fail' : undefined,
  );
});

test('a structural clause says which answers speak against it, and why they are not its own', () => {
  expect(told([{ findings: [failing(broken)], sent: [broken, readOf()] }], ['read.statuses'])).toEqual([
    {
      clause: 'read.statuses',
      name: 'every exchange',
      suite: 'every exchange',
      verdict: 'inconclusive',
      reason: '1 of 2 answers are as documented; the others are attributed to status.started',
      because: 'status.started',
      exchanges: [broken.id],
    },
  ]);
});
