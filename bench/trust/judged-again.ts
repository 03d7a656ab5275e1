/** The same evidence comes to the same verdicts: of every wrong server and every faithful variant. */
import { gather } from '../../harness/assemble.ts';
import { everyExchange } from '../../harness/charges.ts';
import { type Evidence, judgeAgain } from '../../harness/judge-again.ts';
import { mutants } from '../../harness/reference/mutants.ts';
import type { RulesInTime } from '../../harness/reference/rules.ts';
import { variants } from '../../harness/reference/variants.ts';
import { rehearse, withoutNetwork } from '../../harness/rehearsal.ts';
import { shuffled } from '../../harness/shuffle.ts';
import type { CheckRecord } from '../../harness/verdict.ts';
import type { Proof } from './proof.ts';

const servers: readonly { readonly id: string; readonly rules: RulesInTime }[] = [...mutants, ...variants];

export const judgedAgain: Proof = {
  id: 'judged-again',
  claims: 'A run judged again from its evidence, offline, comes to the same records, word for word',
  sizes: { quick: 30, long: servers.length },
  seed: 1,
  async prove(size, seed) {
    const against: string[] = [];
    let tookMs = 0;
    for (const { id, rules } of shuffled(servers, seed).slice(0, size)) {
      const { checks, exchanges } = gather(
        await rehearse((clock) => withoutNetwork({ clock, rules }), { settings: { seed } }),
      );
      const kept = JSON.stringify({ target, run: { ...run, seed }, exchanges });
      const fromMs = performance.now();
      const again = gather(await judgeAgain(JSON.parse(kept), clausesOf(checks)));
      tookMs += performance.now() - fromMs;
      against.push(...differences(checks, again.checks).map((difference) => `${id}: ${difference}`));
    }
    const perSecond = Math.floor((1000 * size) / tookMs);
    return {
      measured: `${size} of ${servers.length} servers, ${against.length} records otherwise; ${perSecond} runs judged a second`,
      against,
    };
  },
};

const target: Evidence['target'] = {
  name: 'reference',
  url: 'http://reference.invalid',
  server: null,
  provisioner: 'control',
  capabilities: ['queued', 'running', 'committing', 'finished', 'failed', 'age', 'cancel_failure'],
};

const run: Evidence['run'] = {
  id: 'rehearsal',
  startedAt: '2026-01-01T00:00:00Z',
  durationMs: 0,
  profile: 'quick',
  seed: 1,
  settings: {},
  stallMs: 0,
  cutShort: null,
  harnessVersion: '0',
  docsVersion: '7.8',
  hashes: { suites: '', openapi: '', clauses: '' },
};

const clausesOf = (checks: readonly CheckRecord[]): readonly string[] => [
  ...new Set(checks.filter(({ suite }) => suite !== everyExchange).map(({ clause }) => clause)),
];

/** Records that one of the two has alone. */
function differences(before: readonly CheckRecord[], after: readonly CheckRecord[]): readonly string[] {
  const [told, retold] = [before, after].map((all) => new Set(all.map((check) => JSON.stringify(check))));
  const lacking = [...(told ?? [])].filter((record) => !retold?.has(record));
  const added = [...(retold ?? [])].filter((record) => !told?.has(record));
  return [...lacking.map((record) => `lacks ${record}`), ...added.map((record) => `has ${record}`)];
}
