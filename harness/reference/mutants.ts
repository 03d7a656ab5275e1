/** Every wrong server that the harness must convict. */
import type { Mutant } from './mutant.ts';
import { answerMutants } from './mutants/answers.ts';
import { authMutants } from './mutants/auth.ts';
import { cancelAnswerMutants } from './mutants/cancel-answers.ts';
import { cancelEffectMutants } from './mutants/cancel-effects.ts';
import { expiryMutants } from './mutants/expiry.ts';
import { identityMutants } from './mutants/identity.ts';
import { listMutants } from './mutants/list.ts';
import { narrowCancelMutants } from './mutants/narrow-cancels.ts';
import { narrowCredentialMutants } from './mutants/narrow-credentials.ts';
import { narrowListMutants } from './mutants/narrow-lists.ts';
import { narrowReadMutants } from './mutants/narrow-reads.ts';
import { narrowRetentionMutants } from './mutants/narrow-retention.ts';
import { orderMutants } from './mutants/order.ts';
import { publishedMutants } from './mutants/published.ts';
import { rareMutants } from './mutants/rare.ts';
import { statusMutants } from './mutants/status.ts';
import { ttlMutants } from './mutants/ttl.ts';
import { verboseMutants } from './mutants/verbose.ts';

export type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...answerMutants,
  ...listMutants,
  ...statusMutants,
  ...verboseMutants,
  ...expiryMutants,
  ...ttlMutants,
  ...cancelAnswerMutants,
  ...cancelEffectMutants,
  ...authMutants,
  ...identityMutants,
  ...orderMutants,
  ...publishedMutants,
  ...narrowReadMutants,
  ...narrowCancelMutants,
  ...narrowCredentialMutants,
  ...narrowRetentionMutants,
  ...narrowListMutants,
  ...rareMutants,
];
