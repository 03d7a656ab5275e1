/** What the oracle needs to know of a run. */
import type { OracleOptions } from '../judge/oracle/histories.ts';
import { defaultRetentionS, type Settings } from '../model/settings.ts';
import type { ProvisionerName } from '../provision/provisioner.ts';

/** The beginning of `sentFor` of everything that an exploration sends. */
export const explorationName = 'exploration';

export const oracleSettings = ({
  settings: { graceS, settleS },
  provisioner,
}: {
  readonly settings: Pick<Settings, 'graceS' | 'settleS'>;
  readonly provisioner: ProvisionerName;
}): OracleOptions => ({
  settings: { graceMs: graceS * 1000, settleMs: settleS * 1000, defaultTtlS: defaultRetentionS },
  unknown: provisioner === 'control' ? 'absent' : 'unseen',
});
