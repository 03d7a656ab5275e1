/** Every mutant that the suites must detect. */
import type { Mutant } from './mutant.ts';
import { authMutants } from './mutants-auth.ts';
import { cancelMutants } from './mutants-cancel.ts';
import { cancelEffectMutants } from './mutants-cancel-effects.ts';
import { expiryMutants } from './mutants-expiry.ts';
import { idMutants } from './mutants-ids.ts';
import { listMutants } from './mutants-list.ts';
import { loginMutants } from './mutants-login.ts';
import { orderMutants } from './mutants-order.ts';
import { pastMutants } from './mutants-past.ts';
import { publishedMutants } from './mutants-published.ts';
import { readMutants } from './mutants-read.ts';
import { seldomMutants } from './mutants-seldom.ts';
import { statusMutants } from './mutants-status.ts';
import { ttlMutants } from './mutants-ttl.ts';

export type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...listMutants,
  ...readMutants,
  ...statusMutants,
  ...expiryMutants,
  ...ttlMutants,
  ...cancelMutants,
  ...cancelEffectMutants,
  ...authMutants,
  ...loginMutants,
  ...idMutants,
  ...seldomMutants,
  ...pastMutants,
  ...orderMutants,
  ...publishedMutants,
];
