/**
 * Clusters that keep the contract in different ways, as data: what real ones were seen to do, or may do by the docs.
 * Tasks are made by `/v1/crdbs`. None may be called non-conformant.
 */
import { contractBut, type RulesChange } from './contract.ts';

import { type CrdbsOptions, takingS } from './crdbs-options.ts';
import type { ClusterOptions } from './reference.ts';
import { singleVariants, type VariantId } from './variants.ts';

export interface ClusterVariant {
  /** One line for people: what is different. */
  readonly says: string;
  readonly crdbs?: Partial<CrdbsOptions>;
  /** What of the task API is different: a variant by its id, or rules. */
  readonly api?: VariantId | RulesChange;
  /** Why a run proves less on it. */
  readonly fewer?: string;
}

const oneSecond = takingS(1);
const aYearS = 365 * 24 * 3600;

export const clusterVariants: readonly ClusterVariant[] = [
  { says: 'operations of 1 s' },
  { says: 'operations of 6 s', crdbs: { takesMs: takingS(6) } },
  { says: 'operations of 20 s', crdbs: { takesMs: takingS(20) } },
  { says: 'operations of 300 ms', crdbs: { takesMs: takingS(0.3) } },
  { says: 'a creation takes five times as long', crdbs: { slower: { create: 5, update: 1, remove: 1 } } },
  { says: 'an update takes three times as long', crdbs: { slower: { create: 1, update: 3, remove: 1 } } },
  { says: 'a removal takes four times as long', crdbs: { slower: { create: 1, update: 1, remove: 4 } } },
  { says: 'operations on different databases run one by one', crdbs: { acrossDatabases: 'one by one' } },
  {
    says: 'most of an operation is its commit',
    crdbs: { takesMs: { ...oneSecond, running: 200, committing: 800 } },
  },
  {
    says: 'operations wait for half a second before they start',
    crdbs: { takesMs: { ...oneSecond, queued: 500 } },
  },
  { says: 'the licence has room for two databases and one creation', crdbs: { shards: 3 } },
  { says: 'the list of databases is an array', crdbs: { list: 'array' } },
  { says: 'an accepted operation shows its guid', crdbs: { accepted: 'with guid' } },
  { says: 'refusals are problem documents', crdbs: { refusalBody: 'problem' }, api: 'problem-refusals' },
  {
    says: 'no operation is accepted beside one that runs',
    crdbs: { whileBusy: 'refused' },
    fewer: 'no task can be queued behind others',
  },
  {
    says: 'X-Result-TTL is refused where a task is made (RS171560)',
    crdbs: { resultTtl: 'refused' },
    fewer: 'no task has a TTL from its creation',
  },
  {
    says: 'tasks made with X-Result-TTL fail (RS171560)',
    crdbs: { resultTtl: 'fails the task' },
    fewer: 'no task has a TTL from its creation',
  },
  {
    says: 'the leader changes three times',
    crdbs: { leaderless: [10, 30, 50].map((s) => ({ fromMs: s * 1000, forMs: 1500 })) },
  },
  {
    says: 'a read shows no progress',
    api: { read: { rewriteVerbose: ({ progress: _, ...task }) => task } },
    fewer: 'a commit phase is not recognised',
  },
  { says: 'ended tasks are listed', api: 'ended-in-list' },
  { says: 'queued tasks are listed', api: 'queued-in-list' },
  {
    says: 'a status is kept for 1 s at least',
    api: {
      retention: {
        creationTtl: { makes: (_, given) => Math.max(1, given) },
        readTtl: { makes: (_, header) => Math.max(1, header) },
      },
    },
  },
  { says: 'retention is counted in whole seconds', api: 'whole-second-clock' },
  { says: 'expired tasks are removed once a second', api: 'reaper' },
  { says: 'failed tasks are kept for a year', api: { retention: { share: { failed: aYearS / 500 } } } },
  {
    says: 'cancelled tasks are kept for ever',
    api: { retention: { share: { cancelled: Number.POSITIVE_INFINITY } } },
  },
  { says: 'a cancelled task ends after 3 s', api: 'cancel-in-3-s' },
  { says: 'bodies show little more than id and status', api: 'minimal-bodies' },
  { says: 'every reply takes 200 ms', api: 'slow' },
  { says: 'a cancel of an ended task is refused with 409', api: 'ended-is-409' },
];

/** The cluster of a variant, as the reference takes it. Operations take 1 s where the variant says nothing. */
export function variantCluster({ crdbs, api = {} }: ClusterVariant): Pick<ClusterOptions, 'crdbs' | 'rules'> {
  const change = typeof api === 'string' ? (singleVariants.find(({ id }) => id === api)?.change ?? {}) : api;
  return { crdbs: { takesMs: oneSecond, ...crdbs }, rules: contractBut(change) };
}
