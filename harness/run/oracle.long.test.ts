/** The oracle at length: what it detects without the suites' expectations, and that it accuses no faithful server. */
import { describe, expect, test } from 'vitest';
import { effectClauses } from '../judge/oracle/effects.ts';
import { judgeHistory } from '../judge/oracle/oracle.ts';
import type { Exchange } from '../model/exchange.ts';
import { random } from '../model/settings.ts';
import { mutants } from '../reference/mutants.ts';
import { variants } from '../reference/variants.ts';
import { simulate, withoutNetwork } from '../simulate/simulation.ts';
import { loadContract } from './contract.ts';
import { oracleSettings } from './oracle-settings.ts';
import { gather } from './report.ts';

const { register } = await loadContract();
const settings = { graceS: 2, settleS: 10 };
const options = oracleSettings({ settings, provisioner: 'control' });
const overNetwork = variants.filter(({ onTheWire }) => !onTheWire);

test.each(overNetwork)('$id, explored: $says', async ({ rules }) => {
  for (const seed of [11, 12]) {
    const events = await simulate((clock) => withoutNetwork({ clock, rules }), {
      selection: [],
      settings: { exploreS: 3, seed },
    });
    const accused = gather(events).checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
    expect(accused).toEqual([]);
  }
});

describe('clean evidence stays clean, however weak it becomes', () => {
  /** Wider brackets, lost answers, observations left out, another order of the records. */
  function weakened(exchanges: readonly Exchange[], seed: number): readonly Exchange[] {
    const draw = random(seed);
    return exchanges
      .filter(({ operation, request }) => {
        const isObservation = operation === 'read' || operation === 'list';
        return !isObservation || request.headers['X-Result-TTL'] !== undefined || draw() > 0.4;
      })
      .map((exchange) => ({
        ...exchange,
        sentAt: exchange.sentAt - 300 * draw(),
        receivedAt: exchange.receivedAt + 300 * draw(),
        ...(draw() < 0.15 ? { lost: 'given up' } : {}),
      }))
      .sort(() => draw() - 0.5);
  }
  const weak = oracleSettings({ settings: { graceS: 10, settleS: 30 }, provisioner: 'control' });

  test.each(overNetwork)('$id', async ({ rules }) => {
    const { exchanges } = gather(await simulate((clock) => withoutNetwork({ clock, rules })));
    for (let seed = 1; seed <= 29; seed++) {
      const { violations } = judgeHistory(weakened(exchanges, seed), weak);
      expect(violations.map(({ clause, task }) => `${clause} ${task}`)).toEqual([]);
    }
  });
});

/** The clauses that the state machine knows: those that it can uphold, and those that rule an effect out. */
async function ruleClauses(): Promise<ReadonlySet<string>> {
  const { exchanges } = gather(await simulate((clock) => withoutNetwork({ clock })));
  return new Set([...judgeHistory(exchanges, options).upheld.keys(), ...effectClauses]);
}

test('mutants that break a rule: by the evidence of a run of the suites, or by exploring', async () => {
  const clauses = await ruleClauses();
  const known = mutants.filter(({ killedBy, profile }) => {
    const isMust = killedBy.some((id) => register.byId.get(id)?.level === 'must');
    return isMust && profile === undefined && killedBy.every((id) => clauses.has(id));
  });
  const missed: string[] = [];
  for (const { id, rules } of known) {
    const start = (clock: Parameters<Parameters<typeof simulate>[0]>[0]) => withoutNetwork({ clock, rules });
    const { exchanges } = gather(await simulate(start));
    if (judgeHistory(exchanges, options).violations.length > 0) continue;
    const { checks } = gather(await simulate(start, { selection: [], settings: { exploreS: 3 } }));
    if (!checks.some(({ verdict }) => verdict === 'fail')) missed.push(id);
  }
  console.log(`${known.length - missed.length} of ${known.length} mutants; missed: ${missed.join(' ')}`);
  expect(missed.length / known.length).toBeLessThan(0.05);
});
