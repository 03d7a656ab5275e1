/** What the oracle needs to know of a run. */
import { oracleTimes } from '../judge/oracle/guard.ts';
import type { OracleOptions } from '../judge/oracle/histories.ts';
import type { Settings } from '../model/settings.ts';
import type { ProvisionerName } from '../provision/provisioner.ts';

/** The beginning of `sentFor` of everything that an exploration sends. */
export const explorationName = 'exploration';

export const oracleSettings = ({
  settings,
  provisioner,
}: {
  readonly settings: Pick<Settings, 'graceS' | 'settleS'>;
  readonly provisioner: ProvisionerName;
}): OracleOptions => ({
  settings: oracleTimes(settings),
  unknown: provisioner === 'control' ? 'absent' : 'unseen',
});
