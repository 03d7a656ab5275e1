import { describe, expect, test } from 'vitest';
import { clauseVerdict } from '../model/verdict.ts';
import { type Check, plannedChecks } from './clause.ts';
import { type RunPowers, whyOutOfReach } from './powers.ts';

const control: RunPowers = {
  provisioner: 'control',
  capabilities: ['running', 'age', 'cancel_failure'],
  allowForce: false,
  profile: 'quick',
};
const crdbs: RunPowers = { ...control, provisioner: 'crdbs', capabilities: ['running'] };

test.each([
  { power: 'age', has: control, lacks: crdbs },
  { power: 'no ageing', has: crdbs, lacks: control },
  { power: 'move', has: control, lacks: crdbs },
  { power: 'moves by itself', has: crdbs, lacks: { ...crdbs, provisioner: 'fixed' } },
  { power: 'failing cancel', has: control, lacks: crdbs },
  { power: 'force', has: control, lacks: crdbs },
  { power: 'force', has: { ...crdbs, allowForce: true }, lacks: crdbs },
  { power: 'wrong password', has: control, lacks: { ...crdbs, allowForce: true } },
  { power: 'long wait', has: { ...crdbs, profile: 'full' }, lacks: crdbs },
] as const)('$power', ({ power, has, lacks }) => {
  expect(whyOutOfReach({ needs: [power] }, has)).toBeUndefined();
  expect(whyOutOfReach({ needs: [power] }, lacks)).toEqual(expect.any(String));
});

const row = (name: string, more: Partial<Check> = {}): Check => ({
  clause: 'a.clause',
  name,
  suite: 'a',
  moment: 'between',
  dependsOn: [],
  run: async () => [],
  ...more,
});

describe('a clause that can be proven in two ways', () => {
  const book = new Map([
    [
      'a.clause',
      [
        row('always'),
        row('aged', { way: 'ageing', needs: ['age'] }),
        row('waited', { way: 'waiting', needs: ['no ageing'] }),
        row('waited long', { way: 'waiting', needs: ['no ageing', 'long wait'], sharpens: true }),
      ],
    ],
  ]);
  const planned = (reach: RunPowers) => plannedChecks(book, ['a.clause'], reach).map(({ name }) => name);

  test('is planned in the way that is within reach', () => {
    expect(planned(control)).toEqual(['always', 'aged']);
    expect(planned(crdbs)).toEqual(['always', 'waited']);
  });

  test('names all its rows where no way is wholly within reach', () => {
    const long = book.get('a.clause')?.map(({ sharpens: _, ...check }) => check) ?? [];
    expect(plannedChecks(new Map([['a.clause', long]]), ['a.clause'], crdbs)).toHaveLength(4);
  });
});

test.each([
  { what: 'a needed row is out of reach', checks: [{ verdict: 'pass' }, { verdict: 'skip' }], is: 'skip' },
  {
    what: 'a sharpening row is out of reach',
    checks: [{ verdict: 'pass' }, { verdict: 'skip', sharpens: true }],
    is: 'pass',
  },
  {
    what: 'a sharpening row fails',
    checks: [{ verdict: 'pass' }, { verdict: 'fail', sharpens: true }],
    is: 'fail',
  },
  { what: 'nothing but a sharpening row', checks: [{ verdict: 'skip', sharpens: true }], is: 'skip' },
] as const)('$what: $is', ({ checks, is }) => {
  expect(clauseVerdict(checks)).toBe(is);
});
