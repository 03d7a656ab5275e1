/** A bad network is nobody's fault: a faithful server behind one is accused of nothing, and most of it is proven. */
import type { CheckRecord } from '../../harness/model/verdict.ts';
import { runOver, type Tried } from './network/run.ts';
import { drawnWeather, inWords, isQuick } from './network/weather.ts';
import type { Proof, Proven } from './proof.ts';
import { sideBySide } from './side-by-side.ts';

const provenShare = 0.8;
/** Runs mostly wait. */
const atOnce = 16;

export const badNetworks: Proof = {
  id: 'bad-networks',
  claims: `Behind a bad network a faithful server is accused of nothing, at least ${provenShare * 100} % of the must clauses are proven, each doubt says what the network did, and nothing is left on the server`,
  sizes: { quick: 4, long: 200 },
  seed: 1,
  prove: async (size, seed): Promise<Proven> => {
    const against: string[] = [];
    const sum = { proven: 0, total: 0, exchanges: 0, lost: 0, tried: 0, whole: 0 };
    await sideBySide(seeds(size, seed), atOnce, async (drawn) => {
      const weather = drawnWeather(drawn);
      const tried = await runOver({ weather, seed: drawn });
      against.push(...complaints(tried).map((line) => `seed ${drawn} (${inWords(weather)}): ${line}`));
      sum.proven += tried.summary.must.proven;
      sum.total += tried.summary.must.total;
      sum.exchanges += tried.exchanges.length;
      sum.lost += tried.exchanges.filter(({ lost }) => lost !== undefined).length;
      sum.whole += tried.verdict === 'conformant' ? 1 : 0;
      sum.tried++;
    });
    const share = sum.proven / sum.total;
    if (!(share >= provenShare)) against.push(`only ${percent(share)} of the must clauses were proven`);
    return {
      measured: `${sum.tried} runs with ${percent(sum.lost / sum.exchanges)} of ${sum.exchanges} exchanges lost: ${percent(share)} of the must clauses proven, ${sum.whole} runs proven whole`,
      against,
    };
  },
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** So many seeds; where they are few, those first whose runs take seconds. */
function seeds(size: number, from: number): readonly number[] {
  const all = Array.from({ length: Math.max(size, 200) }, (_, index) => from + index);
  const quick = all.filter((seed) => isQuick(drawnWeather(seed)));
  return [...quick, ...all.filter((seed) => !quick.includes(seed))].slice(0, size);
}

/** What speaks against it, a line each. */
function complaints({ checks, leftBehind, ended }: Tried): readonly string[] {
  return [
    ...checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(inShort),
    ...checks
      .filter((check) => check.verdict === 'inconclusive' && !namesTheNetwork(check, ended))
      .map((check) => `says nothing of the network: ${inShort(check)}`),
    ...(leftBehind > 0 && ended === undefined ? [`${leftBehind} tasks were left on the server`] : []),
  ];
}

const inShort = ({ verdict, clause, name, reason }: CheckRecord): string =>
  `${verdict} ${clause} (${name}): ${reason}`;

/** How losses are worded; a slow answer's doubt is that it came too late to prove anything. */
const losses = /ECONN|EPIPE|socket hang up|aborted|no answer within|Parse Error|too near to the expiry/;

/** Where a check stands on another one, its reason holds that one's. */
const namesTheNetwork = ({ reason }: CheckRecord, ended: string | undefined): boolean =>
  losses.test(reason) || (ended !== undefined && reason.includes('cut short') && losses.test(ended));
