/** The same evidence comes to the same verdicts: of every wrong server and every faithful variant. */
import { mutants } from '../../harness/reference/mutants.ts';
import type { RulesInTime } from '../../harness/reference/rules.ts';
import { variants } from '../../harness/reference/variants.ts';
import { gather } from '../../harness/run/assemble.ts';
import { judgeAgain } from '../../harness/run/judge-again.ts';
import { shuffled } from '../../harness/run/shuffle.ts';
import { simulate, withoutNetwork } from '../../harness/simulate/simulation.ts';
import { clausesOf, differences, run, target } from '../../harness/testing/evidence-samples.ts';
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
        await simulate((clock) => withoutNetwork({ clock, rules }), { settings: { seed } }),
      );
      const kept = JSON.stringify({ target: target('control'), run: { ...run, seed }, exchanges });
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
